"""Faults of the record itself, of names and of what was typed: classes D1 to D12, D26 to D29 and D31."""

# ruff: noqa: E501  # tables: one case a line reads better than one field a line

from datetime import timedelta

from lab.cases import GLUE, HOLDS, Case, one
from lab.world import VALUE, Leaf

from engine.dns import LogEntry, ResolverAddress

TOKEN = VALUE.partition("=")[2]
OLD = f"{VALUE[:32]}ZZyyXXwwVVuuTTssRRqqPPooNNmmLLkkJJhhGGffEE"
LOOP = "here CNAME there\nthere CNAME here"
LONG = tuple(
    Leaf(
        f"chain{side}.co.uk",
        "\n".join(f"c{n} CNAME c{n + 1}.chain{1 - side}.co.uk." for n in range(side, 14, 2)),
        on=(host,),
    )
    for side, host in enumerate(("a", "k"))
)
"""CNAMEs that lead to and fro between two zones on different servers, so that each is a step of its own."""
SPF = '@ TXT "v=spf1 -all"'


def _txt(value: str) -> str:
    return f'@ TXT "{value}"'


RECORD_CASES: tuple[Case, ...] = (
    one("D1", "doubled-zone", "doubled", f'doubled.co.uk TXT "{VALUE}"', word="type `@`"),
    one("D1", "doubled-zone", "doubled-part", f'doubled-part TXT "{VALUE}"', word="type `@`"),
    one("D1", "doubled-zone", "doubled-below", f'dip.doubled-below.co.uk TXT "{VALUE}"', below="dip", word="`dip`"),
    one("D2", "literal-at-sign", "at-sign", f'\\@ TXT "{VALUE}"', word="leave the name field empty"),
    one("D2", "wrong-host-name", "at-www", f'www TXT "{VALUE}"', word="name `@`"),
    one("D2", "wrong-host-name", "at-dnsauth", f'_dnsauth TXT "{VALUE}"', word="Move the record to at-dnsauth.co.uk"),
    one("D2", "wrong-host-name", "at-prefix", f'_globalsign-domain-verification TXT "{VALUE}"', word="name `@`"),
    one("D2", "wrong-host-name", "at-acme", f'_acme-challenge TXT "{VALUE}"', word="name `@`"),
    one("D2", "wrong-level", "level", f"{HOLDS}\ndip A 192.0.2.1", below="dip", word="`dip`"),
    Case(
        "value-in-other-zone",
        "D3",
        "wanted.co.uk",
        (Leaf("wanted.co.uk", SPF), Leaf("sister.com", HOLDS)),
        (Leaf("wanted.co.uk", HOLDS), Leaf("sister.com")),
        word="Move the record to wanted.co.uk",
        servers=None,
        asks=lambda world: {"company_domains": ("sister.com",)},
    ),
    Case(
        "shadowed-by-delegation",
        "D3",
        "dip.shadow.co.uk",
        (
            Leaf(
                "shadow.co.uk", GLUE, on=("a", "b"), ns=("ns1", "ns2"),
                copies={"b": {"delegates": False, "records": f'{GLUE}\ndip TXT "{VALUE}"'}},
            ),
            Leaf("dip.shadow.co.uk", SPF, on=("k",)),
        ),
        (Leaf("shadow.co.uk", on=("a", "b")), Leaf("dip.shadow.co.uk", HOLDS, on=("k",))),
        word="in the zone dip.shadow.co.uk",
        named=("ns2.shadow.co.uk. {b}",),
        more=("cut-on-some-servers",),
    ),
    one("D4", "quotes-in-value", "quotes", _txt(f'\\"{VALUE}\\"'), word="without any quotes"),
    one("D4", "quotes-in-value", "smart", _txt(f"“{VALUE}”"), word="without any quotes"),
    one("D4", "blanks-in-value", "blank", _txt(f"{VALUE} "), word="without blanks"),
    one("D4", "blanks-in-value", "newline", _txt(f"{VALUE}\\013\\010"), word="without blanks"),
    one("D4", "invisible-characters", "nbsp", _txt(f"{VALUE}\\194\\160"), word="straight into the panel"),
    one("D4", "invisible-characters", "zero-width", _txt(f"\\226\\128\\139{VALUE}"), word="straight into the panel"),
    one("D5", "value-in-two-records", "halves", f"{_txt(VALUE[:40])}\n{_txt(VALUE[40:])}", word="one TXT record"),
    one("D5", "value-split-with-blank", "split", f'@ TXT "{VALUE[:40]} " "{VALUE[40:]}"', word="one string"),
    one("D6", "prefix-missing", "token-only", _txt(TOKEN), word="whole value"),
    one("D6", "prefix-doubled", "twice", _txt(VALUE[:32] + VALUE), word="once"),
    one("D6", "prefix-without-underscore", "underscore", _txt(VALUE[1:]), word="leading underscore"),
    one("D6", "name-pasted-with-value", "pasted", _txt(f"Name: @ Value: {VALUE}"), word="value alone"),
    one("D6", "value-inside-spf", "in-spf", _txt(f"v=spf1 {VALUE} -all"), word="out of the SPF record"),
    one("D6", "value-merged-with-other-text", "merged", _txt(f"{VALUE} google-site-verification=1"), word="its own"),
    one("D7", "case-changed", "case", _txt(VALUE.lower()), word="Copy the value"),
    one("D7", "value-mistyped", "typo", _txt(VALUE.replace("0", "O")), word="Copy the value"),
    one("D7", "value-cut-off", "cut-off", _txt(VALUE[:-9]), word="whole value"),
    one("D7", "url-encoded", "encoded", _txt(VALUE.replace("=", "%3D")), word="Copy the value"),
    one("D7", "padding-added", "padded", _txt(VALUE + "=="), word="Copy the value"),
    one("D8", "earlier-value", "earlier", _txt(OLD), word="shows now", asks=lambda world: {"previous": (OLD,)}),
    one("D8", "value-of-another-claim", "foreign", _txt(OLD), word="shows now"),
    one(
        "D8", "token-expired", "expired-token", HOLDS, word="Ask for a new value", who="certificate_admin", servers=None,
        asks=lambda world: {"assert_by": world.now - timedelta(hours=1)},
        asks_right=lambda world: {"assert_by": world.now + timedelta(days=20)},
    ),
    one(
        "D8", "token-expires-soon", "ends-soon", HOLDS, verdict="ready", word="before then", who="certificate_admin", servers=None,
        asks=lambda world: {"assert_by": world.now + timedelta(days=2)},
        asks_right=lambda world: {"assert_by": world.now + timedelta(days=20)},
    ),
    one("D9", "value-in-other-type", "spf-type", f'@ SPF "{VALUE}"', word="Delete that SPF record"),
    one("D9", "value-in-other-type", "caa-type", f'@ CAA 0 issue "{VALUE}"', word="Delete that CAA record"),
    one("D9", "value-in-other-type", "cname-type", f"dip CNAME {TOKEN}.com.", below="dip", word="TXT record", more=("cname-dangling",)),
    one(
        "D9", "answer-too-large", "too-large",
        "\n".join([HOLDS, *(f'@ TXT "{n} {"x" * 200}"' for n in range(12))]),
        verdict="broken", who="dns_provider", word="Repair the name servers", servers=("udp-only",), zone={"on": ("udp-only",)},
    ),
    one("D10", "cname-followed", "target-lacks", 'dip CNAME there\nthere TXT "else"', below="dip", word="Add the value at there.target-lacks.co.uk"),
    one("D10", "cname-loop", "loop", LOOP, below="here", verdict="broken", word="out of the circle"),
    Case(
        "cname-chain-too-long", "D10", "c0.chain0.co.uk", LONG, (Leaf("chain0.co.uk", f'c0 TXT "{VALUE}"'),),
        verdict="broken", word="directly", servers=("a",),
    ),
    one("D10", "cname-dangling", "dangling", "dip CNAME nobody.is-not-there.co.uk.", below="dip", word="existing name"),
    one("D10", "cname-dangling", "dangling-dname", "old DNAME nowhere.com.", below="dip.old", right=f'dip.old TXT "{VALUE}"', word="the DNAME at old.dangling-dname.co.uk"),
    one("D10", "cname-beside-other-data", "apex-alias", SPF, word="emove the CNAME", servers=("apex-cname",), zone={"on": ("apex-cname",)}),
    one(
        "D10", "cname-on-some-servers", "half-alias", f'dip TXT "{VALUE}"', below="dip", word="same on all its servers", servers=("k",),
        zone={"copies": {"k": {"records": "dip CNAME there.half-alias.co.uk."}}},
    ),
    one("D11", "wildcard-not-the-name", "wild", f'* TXT "{VALUE}"', word="itself, name `@`"),
    one("D11", "wildcard-gives-value", "wild-gives", f'* TXT "{VALUE}"', below="dip", verdict="ready", who="nobody", word="safer", servers=None),
    one("D11", "wildcard-hides-absence", "wild-hides", '* TXT "parked here"', below="dip", word="name `dip`", servers=None, more=("value-not-among-txt",)),
    one("D12", "nxdomain", "nothing", SPF, below="dip", word="named `dip`"),
    one("D12", "no-txt-record", "no-txt", "dip A 192.0.2.1", below="dip", word="named `dip`"),
    one("D12", "no-txt-record", "bare", "", word="named `@`"),
    one("D12", "empty-non-terminal", "ent", 'www.dip TXT "x"', below="dip", word="named `dip`"),
    one("D12", "value-not-among-txt", "others", SPF, word="named `@`"),
    one(
        "D26", "value-only-inside", "inside-only", SPF, word="public zone", servers=None,
        zone={"copies": {"b": {"records": HOLDS}}},
        asks=lambda world: {"system_resolver": ResolverAddress(world.address("b"), world.port)}, asks_right=lambda world: {},
    ),
    one(
        "D26", "internal-zone", "inside-too", HOLDS, verdict="ready", who="nobody", word="public zone", servers=None,
        zone={"copies": {"b": {"records": SPF, "mname": "dc1.corp.example."}}},
        asks=lambda world: {"system_resolver": ResolverAddress(world.address("b"), world.port)}, asks_right=lambda world: {},
    ),
    one("D27", "input-normalised", "typed", HOLDS, verdict="ready", who="nobody", word="portal shows", servers=None, typed=" https://Typed.co.uk:443/path. "),
    one("D27", "input-normalised", "typed-mail", HOLDS, verdict="ready", who="nobody", word="portal shows", servers=None, typed="it@typed-mail.co.uk"),
    one("D27", "input-normalised", "xn--bcher-kva", HOLDS, verdict="ready", who="nobody", word="portal shows", servers=None, typed="bücher.co.uk"),
    one("D27", "input-doubtful", "xn--strae-oqa", HOLDS, verdict="ready", who="certificate_admin", word="portal shows", servers=None, typed="straße.co.uk"),
    one("D27", "input-doubtful", "typed-www", f'{HOLDS}\nwww TXT "{VALUE}"', verdict="ready", who="certificate_admin", word="portal shows", servers=None, typed="www.typed-www.co.uk"),
    Case("public-suffix", "D28", "co.uk", (), (Leaf("own.co.uk", HOLDS),), who="certificate_admin", word="own domain", servers=None, right_domain="own.co.uk"),
    Case("not-registered", "D28", "held.co.uk", (), (Leaf("held.co.uk", HOLDS),), word="ask the registrar", servers=None),
    Case(
        "platform-name", "D28", "northwind.uk.com", (Leaf("uk.com"), Leaf("northwind.uk.com", HOLDS)), (Leaf("uk.com"), Leaf("moved.co.uk", HOLDS)),
        verdict="ready", who="certificate_admin", word="own domain", servers=None, right_domain="moved.co.uk",
    ),
    Case(
        "parked", "D28", "parked.co.uk",
        (Leaf("sedoparking.com", "ns1 A {b}", on=("b",)), Leaf("parked.co.uk", '* TXT "for sale"\n@ TXT "for sale"', on=("b",), ns=("ns1.sedoparking.com.",))),
        (Leaf("parked.co.uk", HOLDS),), word="DNS host where records can be added", servers=None,
    ),
    one("D29", "record-removed", "removed", SPF, word="TXT record again", asks=lambda world: {"verified_at": world.now - timedelta(days=9)}, more=("value-not-among-txt",)),
    one("D29", "ttl-zero", "zero", f'@ 0 TXT "{VALUE}"', verdict="ready", word="five minutes", servers=None),
    one("D29", "ttl-very-long", "week", f'@ 604800 TXT "{VALUE}"', verdict="ready", word="hour", servers=None),
    one("D31", "already-verified", "verified", HOLDS, verdict="ready", who="nobody", word="Nothing to do", servers=None, asks=lambda world: {"status": "VERIFIED"}, asks_right=lambda world: {}),
    one(
        "D31", "log-disagrees", "disagrees", HOLDS, verdict="ready", who="certificate_admin", word="support", servers=None,
        asks=lambda world: {"log": (LogEntry("ERROR", "no such record", world.now - timedelta(days=2)),)}, asks_right=lambda world: {},
    ),
)  # fmt: skip
