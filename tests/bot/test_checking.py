"""What is shared in a thread: read from Slack's file host only, never with the token elsewhere, and no secret ever kept."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from sqlalchemy import select

from bot.checking import MAX_FILE_BYTES, Checking, DownloadFailed, Unreadable, as_kept, content_of
from bot.house import House
from engine.checks import Checks
from engine.dns import Options
from engine.process.model import Environment
from engine.store.tables import checks, due, files, journal, texts
from sandbox.driver import Workspace
from sandbox.driver_seen import Thread

CHANNEL = "C0ONBOARDING"
KEY = ec.generate_private_key(ec.SECP256R1())
PRIVATE_PEM = KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
CSR = (
    x509.CertificateSigningRequestBuilder()
    .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "northwind.example")]))
    .sign(KEY, hashes.SHA256())
    .public_bytes(Encoding.PEM)
)


@pytest.fixture
async def thread(house: House, workspace: Workspace, start: Callable[..., Awaitable[Any]]) -> Thread:
    """The thread of an onboarding whose Steps 4 and 6 are next."""
    await start(house, now_at=4)
    task = house.delivery
    house.supervisor.keep("delivery", task.run)
    await task.until_idle()
    [card] = [one for one in await workspace.messages("dip-onboarding") if "Northwind Energy Ltd" in one.text]
    return card.thread


@pytest.fixture
def checking(house: House) -> Checking:
    return house.checking


async def shared(house: House, workspace: Workspace, thread: Thread, name: str, content: bytes) -> str:
    """Carl shares a file, Slack says so, and the sweeps do what is due."""
    file_id = await workspace.user("carl").upload(name, content, to=thread)
    await house.desk.note_file("T0NORTHWIND", CHANNEL, file_id, "U0CARL", once=f"event:{file_id}")
    await house.errands.idle()  # what a commit makes due at once is swept as an errand
    while await house.sweeps.sweep():
        await house.sweeps.settle()
        await house.errands.idle()
    await house.sweeps.settle()
    await house.delivery.until_idle()
    return file_id


async def types(house: House) -> list[str]:
    return list(
        await house.desk.read(lambda c: c.execute(select(journal.c.type).order_by(journal.c.number)).scalars().all())
    )


async def kept(house: House) -> str:
    """Every text and body that the database holds, in one string."""

    def read(connection: Any) -> str:
        found: list[object] = []
        for column in (journal.c.data, texts.c.body, checks.c.body, files.c.body):
            found += connection.execute(select(column)).scalars().all()
        return "\n".join(map(str, found))

    return await house.desk.read(read)


async def test_a_request_shared_in_the_thread_is_read_without_being_asked(house, workspace, thread):
    await shared(house, workspace, thread, "site.csr", CSR)
    assert "MaterialRead" in await types(house)
    assert "northwind.example" in await kept(house)


async def test_a_file_of_another_kind_is_left_alone(house, workspace, thread):
    await shared(house, workspace, thread, "minutes.docx", b"hello")
    assert not {"MaterialRead", "MaterialHandedIn", "SecretSeen"} & set(await types(house))


async def test_a_file_outside_any_onboardings_thread_is_left_alone(house, workspace, thread):
    parent = await workspace.user("carl").post("dip-onboarding", "something else")
    before = await types(house)
    await shared(house, workspace, parent.thread, "site.csr", CSR)
    assert await types(house) == before
    assert await house.desk.read(lambda c: c.execute(select(due).where(due.c.onboarding == "")).all()) == []


@pytest.mark.parametrize("name", ["site.csr", "site.pem", "site.crt"])
async def test_a_private_key_under_any_name_is_refused_and_nothing_of_it_kept(house, workspace, thread, name):
    await shared(house, workspace, thread, name, CSR + PRIVATE_PEM)
    body = PRIVATE_PEM.decode().splitlines()[1]
    assert body not in await kept(house)
    assert any("Secret" in one for one in await types(house))


@pytest.mark.parametrize("name", ["site.pfx", "site.p12", "site.key", "site.ppk", "site.jks"])
async def test_what_is_named_like_a_key_is_refused_without_being_downloaded(house, workspace, thread, name):
    await shared(house, workspace, thread, name, b"\x30\x82 not looked at")
    assert any("Secret" in one for one in await types(house))


async def test_a_file_beyond_a_megabyte_is_not_downloaded_and_that_is_said(house, workspace, thread):
    await shared(house, workspace, thread, "big.pem", b"x" * (MAX_FILE_BYTES + 1))
    assert "MaterialRead" in await types(house)
    assert "too-large" in await kept(house)


class Host:
    """A web server that is not Slack's file host, and notes the tokens it was shown."""

    def __init__(self) -> None:
        self.tokens: list[str | None] = []
        self.address = ""
        self.answer: Callable[[], web.StreamResponse] = lambda: web.Response(body=CSR)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.tokens.append(request.headers.get("Authorization"))
        return self.answer()


@pytest.fixture
async def host() -> AsyncIterator[Host]:
    made = Host()
    application = web.Application()
    application.router.add_get("/{path:.*}", made.handle)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    made.address = f"127.0.0.1:{runner.addresses[0][1]}"
    yield made
    await runner.cleanup()


def hosted_at(house: House, *hosts: str) -> Checking:
    slack = house.settings.slack.model_copy(update={"file_hosts": hosts})
    return Checking(house.desk, Checks(Options()), house.client, slack, house.clock)


def told_by_slack(host: Host, **more: Any) -> dict[str, Any]:
    return {"id": "F1", "name": "a.csr", "size": 10, "url_private_download": f"http://{host.address}/a.csr"} | more


@pytest.mark.parametrize(
    "address",
    [
        "http://{host}/a.csr",
        "http://files.slack.com@{host}/a.csr",
        "//{host}/a.csr",
        "",
        "file:///etc/passwd",
        "http://files.slack.com/a.csr",
    ],
)
async def test_the_token_never_goes_to_another_host(house, host, address):
    checking = hosted_at(house, "files.slack.com")
    with pytest.raises(DownloadFailed):
        await checking._download(told_by_slack(host, url_private_download=address.format(host=host.address)))
    assert host.tokens == []


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_no_redirect_is_followed_with_the_token_nor_read_as_the_file(house, host, status):
    host.answer = lambda: web.Response(
        status=status, headers={"Location": f"http://{host.address}/elsewhere"}, body=CSR
    )
    with pytest.raises(DownloadFailed):
        await hosted_at(house, host.address)._download(told_by_slack(host))
    assert len(host.tokens) == 1


async def test_a_page_instead_of_the_file_means_a_missing_scope(house, host):
    host.answer = lambda: web.Response(text="<html>Sign in</html>", content_type="text/html")
    with pytest.raises(DownloadFailed) as caught:
        await hosted_at(house, host.address)._download(told_by_slack(host))
    assert caught.value.why is Unreadable.NOT_ALLOWED


async def test_a_large_file_arrives_whole(house, host):
    content = CSR + b"x" * (700 * 1024)
    host.answer = lambda: web.Response(body=content)
    assert await hosted_at(house, host.address)._download(told_by_slack(host)) == content


async def test_a_file_that_grows_on_the_way_is_cut_off(house, host):
    host.answer = lambda: web.Response(body=b"x" * (MAX_FILE_BYTES + 1))
    with pytest.raises(DownloadFailed):
        await hosted_at(house, host.address)._download(told_by_slack(host))


async def test_the_token_is_shown_to_slacks_own_host_as_a_header(house, host):
    assert await hosted_at(house, host.address)._download(told_by_slack(host)) == CSR
    assert host.tokens == [f"Bearer {house.settings.slack.bot_token.get_secret_value()}"]


async def test_pasted_material_answers_with_a_report_or_the_kind_of_secret(checking):
    assert (await checking.material(CSR, "a.csr"))["report"]
    assert await checking.material(PRIVATE_PEM, "a.pem") == {"secret": "a private key"}


async def test_a_domain_that_is_none_is_answered_in_words(checking):
    assert "bad_input" in await checking.dns("not a domain", None)


async def test_a_key_that_the_companys_other_track_used_before_is_named_with_its_place(house, workspace, thread, start):
    await shared(house, workspace, thread, "uit.csr", CSR)
    again = await start(house, now_at=6, environment=Environment.PRODUCTION)
    await house.delivery.until_idle()
    [card] = [
        one for one in await workspace.messages("dip-onboarding") if "Northwind Energy Ltd, Production" in one.text
    ]
    await shared(house, workspace, card.thread, "live.csr", CSR)
    query = select(checks.c.body).where(checks.c.onboarding == again.state.id)
    found = await house.desk.read(lambda c: c.execute(query).scalars().all())
    assert any("key-used-again" in body and "UIT, Step" in body and "uit.csr" in body for body in found)


async def test_the_same_request_shared_again_in_its_own_step_is_not_called_used_again(house, workspace, thread):
    for name in ("first.csr", "second.csr"):
        await shared(house, workspace, thread, name, CSR)
    found = await house.desk.read(lambda c: c.execute(select(checks.c.body)).scalars().all())
    assert len(found) == 2
    assert not any("key-used-again" in body for body in found)


def test_what_is_no_text_is_kept_byte_by_byte():
    der = x509.load_pem_x509_csr(CSR).public_bytes(Encoding.DER)
    for data in (CSR, der, b""):
        assert content_of(as_kept("a.csr", data, 6, "R1")) == data
