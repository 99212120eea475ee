"""A key, a PFX and a password go in by every way there is; afterwards no sixteen bytes of them are anywhere, in any encoding."""

import base64
import json
import logging
import sqlite3
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from e2e import walk
from e2e.provider import Authority
from e2e.stage import CHANNEL, Stage, stage
from sqlalchemy import Connection
from sqlalchemy import text as sql

from bot.logs import set_up_logging
from bot.settings import LogSettings
from engine.pki import shipped
from engine.pki.keys import Wish, generate, request
from engine.pki.pfx import make_pfx
from tests.pki.leaking import Secrets, private_numbers

pytestmark = pytest.mark.e2e

PASSWORD = "Tr0ub4dor-and-3-more-words"
SAID_IN_TEXT = f"the PFX password: {PASSWORD}"


@dataclass(frozen=True)
class Material:
    """What must not be in a chat, and the CSR of the same key, which may be there."""

    key: rsa.RSAPrivateKey
    pfx: bytes
    csr: str

    @property
    def pem(self) -> str:
        return self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()

    @property
    def der(self) -> bytes:
        return self.key.private_bytes(Encoding.DER, PrivateFormat.TraditionalOpenSSL, NoEncryption())

    def texts(self) -> dict[str, str]:
        """The dresses that can be typed or pasted."""
        return {
            "key with the line ends of Windows": self.pem.replace("\n", "\r\n"),
            "key in base64 alone": base64.b64encode(self.der).decode(),
            "key behind its request": self.csr + self.pem,
            "pfx in base64": base64.b64encode(self.pfx).decode(),
            "password": SAID_IN_TEXT,
        }

    def files(self) -> dict[str, bytes]:
        sealed = self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(PASSWORD.encode()))
        return {
            "dip.key": self.pem.encode(),
            "dip.pem": self.der,
            "dip.csr": (self.csr + self.pem).encode(),
            "dip.pfx": self.pfx,
            "dip.crt": self.pfx,
            "sealed.pem": sealed,
            "wide.pem": self.pem.encode("utf-16"),
            "note.pem": SAID_IN_TEXT.encode(),
        }

    def secrets(self) -> list[bytes]:
        return [*private_numbers(self.key), self.pfx, PASSWORD.encode()]


async def test_no_sixteen_bytes_of_a_secret_stay_anywhere_by_whatever_way_it_came(tmp_path, capfd):
    async with stage(tmp_path) as scene:
        material = _material(Authority(await scene.workspace.now()))
        nowhere = Secrets(material.secrets())
        assert all(nowhere.found_in(text) for text in material.texts().values())
        set_up_logging(LogSettings(level="debug", format="json"))
        logging.getLogger("markdown_it").setLevel(logging.INFO)  # ten lines for every line of every template
        await walk.start(scene, at=6)
        await scene.tick("carl", 6, "Note which certificate")

        for text in material.texts().values():
            await _typed(scene, text)
        for name, content in material.files().items():
            await scene.person("carl").upload(name, content, to=await scene.thread())
            await scene.quiet()
        told = await scene.person("carl").direct_message("You posted")
        assert not nowhere.found_in(told.text)

        await scene.house.desk.read(_into_the_file)
        said = json.dumps([await scene.workspace.payloads(), await _answers(scene)])
        assert len(said) > 10_000
        assert not nowhere.found_in(said)
        _nothing_in(tmp_path, nowhere)
        logging.getLogger("bot.story").debug("the end of the story")
    out, err = capfd.readouterr()
    assert "the end of the story" in err
    assert not nowhere.found_in(out + err)


def _material(authority: Authority) -> Material:
    key = generate("rsa:2048")
    assert isinstance(key, rsa.RSAPrivateKey)
    wish = Wish(shipped("dual-purpose"), walk.COMPANY, "GB", (walk.HOST,))
    text = request(wish, key).decode()
    certificate = authority.issue(x509.load_pem_x509_csr(text.encode()), walk.HOST)
    pfx = make_pfx(key, x509.load_pem_x509_certificate(certificate.encode()), [], PASSWORD.encode(), False, "dip")
    return Material(key, pfx, text)


async def _typed(scene: Stage, text: str) -> None:
    """Into two forms, two commands, two mentions, and by both shortcuts on a message."""
    carl, thread = scene.person("carl"), await scene.thread()
    await carl.click("Waiting on…", in_=await scene.step_message(6))
    errors = await carl.try_submit({"Whom does the step wait for?": "GlobalSign", "What for?": text})
    assert errors, text[:30]
    await carl.close_modal(all_=True)
    await carl.command("/dip check cert", channel=CHANNEL)
    view = await carl.modal()
    errors = await carl.try_submit({view.labels[0]: text})
    assert errors, text[:30]
    await carl.close_modal(all_=True)
    for command in ("/dip check cert", "/dip status"):
        await carl.command(f"{command} {text}", channel=CHANNEL)
    await carl.mention(f"status {text}", thread=thread)
    await carl.mention(text)
    posted = await carl.reply(thread, text)
    for shortcut in ("check_material", "attach_evidence"):
        await carl.shortcut(shortcut, posted)
        if await carl.view():
            await carl.close_modal(all_=True)
    await scene.quiet()


def _into_the_file(connection: Connection) -> None:
    """What is only in the write-ahead log is copied; both files are looked at."""
    connection.execute(sql("PRAGMA wal_checkpoint(PASSIVE)"))


async def _answers(scene: Stage) -> list[object]:
    """What the bot answered to clicks, forms and commands, beside the calls that it made."""
    return [delivery["response"] for delivery in await scene.workspace.deliveries()]


def _nothing_in(folder: Path, nowhere: Secrets) -> None:
    files = list(folder.glob("dipper.db*"))
    assert any(file.name == "dipper.db" for file in files)
    for file in files:
        content = file.read_bytes()
        assert not nowhere.found_in(content), file.name
    with sqlite3.connect(folder / "dipper.db") as database:
        dumped = "\n".join(database.iterdump())
    assert "secret" in dumped  # the incidents are recorded, without their content
    assert not nowhere.found_in(dumped)
