"""The provider's panel: what people type, what the panel makes of it, and what the name servers then say."""

import json
from pathlib import Path
from typing import Any

import pytest

from sandbox.dns import start_dns
from sandbox.dns_state import BadInput, BadState, Habits, Provider, published_name, published_value

ZONE = "northwind.example"
TOKEN = "_globalsign-domain-verification=8gqZ0aBcDeFgHiJkLmNoPqRsTuVwXyZ4HYT"
SPF = b"v=spf1 mx -all"
GOOD = Habits(appends_zone=False)


async def post(panel: Any, path: str, **form: str) -> int:
    async with panel.post(f"/dns/{path}", data=form, allow_redirects=False) as response:
        return int(response.status)


async def add(panel: Any, name: str = "@", value: str = TOKEN, **more: str) -> int:
    form = {"type": "TXT", "name": name, "value": value, "ttl": "300", **more}
    return await post(panel, f"zones/{ZONE}/records", **form)


async def test_a_record_added_with_at_is_seen_at_the_domain_itself_on_both_servers(world: Any, panel: Any) -> None:
    assert await add(panel) == 303
    for server in ("ns1", "ns2"):
        assert await world.texts(server, ZONE) == {SPF, TOKEN.encode()}


async def test_a_panel_that_appends_the_zone_puts_a_full_name_one_level_too_deep(world: Any, panel: Any) -> None:
    assert await add(panel, name=ZONE) == 303
    assert await world.texts("ns1", f"{ZONE}.{ZONE}") == {TOKEN.encode()}
    assert await world.texts("ns1", ZONE) == {SPF}


async def test_quotes_and_the_cut_are_habits_of_their_own(world: Any, panel: Any) -> None:
    assert await post(panel, "settings", adds_quotes="on", delay="0") == 303
    assert await add(panel, value="short") == 303
    assert await post(panel, "settings", trims_value="on", delay="0") == 303
    assert await add(panel, value="x" * 300) == 303
    assert await world.texts("ns1", ZONE) == {SPF, b'"short"', b"x" * 255}


async def test_a_long_value_is_split_into_strings_when_the_panel_does_not_cut(world: Any, panel: Any) -> None:
    assert await add(panel, value="y" * 600) == 303
    assert b"y" * 600 in await world.texts("ns1", ZONE)


@pytest.mark.parametrize(
    ("typed", "habits", "full"),
    [
        ("@", Habits(), f"{ZONE}."),
        ("", GOOD, f"{ZONE}."),
        ("_dip", Habits(), f"_dip.{ZONE}."),
        (f"_dip.{ZONE}", Habits(), f"_dip.{ZONE}.{ZONE}."),
        (f"_dip.{ZONE}", GOOD, f"_dip.{ZONE}."),
        (f"{ZONE}.", GOOD, f"{ZONE}."),
        ("WWW", GOOD, f"www.{ZONE}."),
        (f"not{ZONE}", GOOD, f"not{ZONE}.{ZONE}."),
    ],
)
def test_a_name_is_published_as_the_panel_understands_it(typed: str, habits: Habits, full: str) -> None:
    assert published_name(typed, ZONE, habits) == full


@pytest.mark.parametrize("typed", ["a b", "ü", "a..b", "x" * 64, "brightwater.example.", "back\\046slash", "a." * 130])
def test_what_is_no_name_is_refused_with_a_reason(typed: str) -> None:
    with pytest.raises(BadInput, match=r"name|belong"):
        published_name(typed, ZONE, GOOD)


def test_a_pair_of_quotes_is_taken_off_by_a_good_panel_and_a_single_one_stays() -> None:
    assert published_value(' "a b" ', GOOD) == "a b"
    assert published_value('"a', GOOD) == '"a'
    with pytest.raises(BadInput):
        published_value("  ", GOOD)


async def test_ns2_copies_when_the_delay_is_over(world: Any, panel: Any) -> None:
    assert await post(panel, "settings", delay="900") == 303
    assert await add(panel) == 303
    assert TOKEN.encode() in await world.texts("ns1", ZONE)
    world.clock.advance(seconds=899)
    assert await world.texts("ns2", ZONE) == {SPF}
    world.clock.advance(seconds=1)
    assert await world.texts("ns2", ZONE) == {SPF, TOKEN.encode()}


async def test_ns2_waits_for_the_button_when_told_so_and_its_serial_shows_it(world: Any, panel: Any) -> None:
    assert await post(panel, "settings", delay="manual") == 303
    assert await add(panel) == 303
    world.clock.advance(days=9)
    new, old = [(await world.ask(server, ZONE, "SOA")).answer[0][0].serial for server in ("ns1", "ns2")]
    assert new > old
    assert await post(panel, f"zones/{ZONE}/copy") == 303
    assert await world.texts("ns2", ZONE) == {SPF, TOKEN.encode()}


async def test_a_new_setting_of_the_delay_does_not_take_back_what_ns2_has(world: Any, panel: Any) -> None:
    assert await add(panel) == 303
    assert await post(panel, "settings", delay="manual") == 303
    assert TOKEN.encode() in await world.texts("ns2", ZONE)


async def test_a_deleted_record_is_gone_and_deleting_it_again_is_refused(world: Any, panel: Any) -> None:
    assert await add(panel) == 303
    async with panel.get("/dns/state.json") as response:
        [record] = [r for r in (await response.json())["zones"][ZONE]["records"] if r["value"] == TOKEN]
    assert await post(panel, f"zones/{ZONE}/records/{record['id']}/delete") == 303
    assert await world.texts("ns1", ZONE) == {SPF}
    assert await post(panel, f"zones/{ZONE}/records/{record['id']}/delete") == 400


async def test_a_domain_made_on_the_page_is_delegated_and_signed(world: Any, panel: Any) -> None:
    assert (await world.ask("tld", "brightwater.example")).rcode() == 3
    assert await post(panel, "zones", domain="Brightwater.example.") == 303
    referral = await world.ask("tld", "brightwater.example", dnssec=True)
    assert {int(rrset.rdtype) for rrset in referral.authority} == {2, 43, 46}
    for server in ("ns1", "ns2"):
        assert (await world.ask(server, "brightwater.example", "SOA")).answer


@pytest.mark.parametrize(
    "domain", ["", "example", "a.b.example", "brightwater.test", "-a.example", "nic.example", ZONE, "é.example"]
)
async def test_a_domain_that_cannot_be_had_is_refused(panel: Any, domain: str) -> None:
    assert await post(panel, "zones", domain=domain) == 400


@pytest.mark.parametrize(
    "form",
    [
        {"type": "A", "value": "999.1.1.1"},
        {"type": "MX", "value": "mail"},
        {"type": "NS", "value": "ns.example."},
        {"type": "CNAME", "value": "x.example."},
        {"name": "www", "type": "TXT"},
        {"ttl": "7"},
        {"ttl": "9" * 5000},
        {"value": ""},
        {"value": "x" * 4097},
        {"value": SPF.decode()},
    ],
)
async def test_a_record_that_cannot_be_is_refused_and_what_was_typed_stays(panel: Any, form: dict[str, str]) -> None:
    sent = {"type": "TXT", "name": "@", "value": TOKEN, "ttl": "300", **form}
    async with panel.post(f"/dns/zones/{ZONE}/records", data=sent) as response:
        page = await response.text()
    assert response.status == 400
    assert 'role="alert"' in page
    assert sent["value"][:200] in page


async def test_what_people_type_never_becomes_markup_and_no_script_may_run(panel: Any) -> None:
    evil = "<script>alert(1)</script>\"'"
    assert await add(panel, value=evil) == 303
    async with panel.get(f"/dns/zones/{ZONE}") as response:
        page = await response.text()
        policy = response.headers["Content-Security-Policy"]
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "default-src 'none'" in policy
    assert "script-src" not in policy


async def test_a_page_of_another_site_cannot_use_the_panel(panel: Any) -> None:
    for headers in ({"Origin": "http://attacker.example"}, {"Host": "attacker.example"}):
        async with panel.post("/dns/zones", data={"domain": "evil.example"}, headers=headers) as response:
            assert response.status == 403
    async with panel.get("/dns/state.json") as response:
        assert "evil.example" not in (await response.json())["zones"]


async def test_an_unknown_domain_gets_a_page_that_says_so(panel: Any) -> None:
    async with panel.get("/dns/zones/nobody.example") as response:
        assert response.status == 404
        assert "no domain nobody.example" in await response.text()


async def test_a_restart_keeps_records_settings_and_keys(world: Any, panel: Any, tmp_path: Path) -> None:
    assert await post(panel, "settings", adds_quotes="on", delay="manual") == 303
    assert await add(panel, value="kept") == 303
    again = await start_dns(tmp_path / "dns.json", port=0, clock=world.clock, trust_anchor_file=tmp_path / "again.key")
    try:
        assert again.provider.state == world.service.provider.state
        assert (tmp_path / "again.key").read_text() == (tmp_path / "root.key").read_text()
    finally:
        await again.stop()


def test_the_state_file_holds_keys_and_is_for_its_owner_alone(tmp_path: Path, clock: Any) -> None:
    Provider(tmp_path / "dns.json", clock)
    assert (tmp_path / "dns.json").stat().st_mode & 0o077 == 0
    assert "keys" in json.loads((tmp_path / "dns.json").read_text())


@pytest.mark.parametrize("text", ["", "{", "[]", '{"created_at": "soon"}'])
def test_a_broken_state_file_is_named_with_what_to_do(tmp_path: Path, clock: Any, text: str) -> None:
    (tmp_path / "dns.json").write_text(text)
    with pytest.raises(BadState, match=r"dns\.json: .* Move the file away"):
        Provider(tmp_path / "dns.json", clock)


def test_serials_always_rise_and_carry_the_date(tmp_path: Path, clock: Any) -> None:
    provider = Provider(tmp_path / "dns.json", clock)
    serials = [provider.hosted(ZONE).newest.serial]
    for number in range(150):
        provider.copy_to_ns2(ZONE)
        record = provider.add_record(ZONE, "@", "TXT", str(number), 300)
        provider.delete_record(ZONE, record.id)
        serials.append(provider.hosted(ZONE).newest.serial)
    assert serials == sorted(set(serials))
    clock.advance(days=400)
    provider.add_record(ZONE, "@", "TXT", "later", 300)
    assert provider.hosted(ZONE).newest.serial // 100 == int(clock.now.strftime("%Y%m%d"))
