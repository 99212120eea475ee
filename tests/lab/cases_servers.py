"""Faults of delegation and of name servers: classes D13 to D15, D23, D24 and D30."""

# ruff: noqa: E501  # tables: one case a line reads better than one field a line

from datetime import timedelta
from typing import Any

from lab.cases import HOLDS, Case, one
from lab.world import Leaf

OLDER = {"serial": 9, "records": ""}
HALF: dict[str, Any] = {"zone": {"on": ("a", "k", "b"), "copies": {"b": OLDER}}}
APART = {"mname": "ns1.elsewhere.com.", "rname": "dns.elsewhere.com.", "refresh": 7200, "records": ""}


def _with(host: str) -> dict[str, object]:
    return {"on": ("k", host)}


SERVER_CASES: tuple[Case, ...] = (
    one("D13", "secondary-lag", "lag", HOLDS, verdict="not_yet", who="nobody", word="copies the zone from the others", servers=("b",), eta=timedelta(seconds=900), **HALF),
    one(
        "D13", "secondary-lag", "wrapped", HOLDS, verdict="not_yet", who="nobody", word="copies the zone from the others", servers=("b",), eta=timedelta(seconds=1200),
        zone={"on": ("a", "b"), "serial": 5, "refresh": 1200, "copies": {"b": {"serial": 4294967290, "records": ""}}},
    ),
    one("D13", "newer-serial-lost-record", "lost", HOLDS, word="again where the zone is edited", servers=("b",), zone={"on": ("a", "b"), "copies": {"b": {"serial": 11, "records": ""}}}),
    one("D13", "same-serial-differs", "same-serial", HOLDS, word="serial rises", servers=("b",), zone={"on": ("a", "b"), "copies": {"b": {"records": ""}}}),
    one("D13", "two-providers", "two-homes", HOLDS, word="provider of b.hosts.com", servers=("b",), zone={"on": ("a", "b"), "copies": {"b": APART}}),
    one(
        "D14", "edited-old-provider", "old-home", "", word="provider of k.hosts.com", servers=("a",), more=("delegation-differs",),
        zone={"on": ("k",), "ns": ("k.hosts.com.", "a.hosts.com."), "delegated": "old-home.co.uk. NS k.hosts.com.", "copies": {"a": {"records": HOLDS}}},
    ),
    one(
        "D14", "delegation-differs", "differs", HOLDS, verdict="ready", word="at the registrar", servers=None,
        zone={"ns": ("a.hosts.com.", "k.hosts.com.", "b.hosts.com."), "delegated": "differs.co.uk. NS a.hosts.com.", "on": ("a", "k", "b")},
    ),
    one(
        "D14", "glue-differs", "glue", f"{HOLDS}\nns1 A {{a}}", verdict="ready", word="at the registrar", servers=None,
        zone={"on": ("a", "k"), "ns": ("ns1",), "delegated": "glue.co.uk. NS ns1.glue.co.uk.\nns1.glue.co.uk. A {k}"},
    ),
    one(
        "D14", "server-without-address", "no-address", HOLDS, verdict="ready", word="Correct the name server", servers=None,
        zone={"on": ("a",), "ns": ("a.hosts.com.", "gone.hosts.com.")},
    ),
    one("D14", "no-server-found", "no-server", HOLDS, verdict="broken", word="at the registrar", servers=None, zone={"on": ("a",), "ns": ("gone.hosts.com.",)}),
    Case(
        "no-server-found", "D14", "circle-one.co.uk",
        (
            Leaf("circle-one.co.uk", HOLDS, ns=("ns.circle-two.co.uk.",), delegated="circle-one.co.uk. NS ns.circle-two.co.uk."),
            Leaf("circle-two.co.uk", HOLDS, ns=("ns.circle-one.co.uk.",), delegated="circle-two.co.uk. NS ns.circle-one.co.uk."),
        ),
        (Leaf("circle-one.co.uk", HOLDS), Leaf("circle-two.co.uk")),
        verdict="broken", word="at the registrar", servers=None,
    ),
    Case(
        "cut-on-some-servers", "D14", "dip.cut.co.uk",
        (
            Leaf("cut.co.uk", on=("a", "b"), copies={"b": {"delegates": False, "records": 'dip TXT "old"'}}),
            Leaf("dip.cut.co.uk", HOLDS, on=("k",)),
        ),
        (Leaf("cut.co.uk", on=("a", "b")), Leaf("dip.cut.co.uk", HOLDS, on=("k",))),
        word="zone above the same on all its servers", servers=("b",),
    ),
    one("D15", "server-silent", "silent", HOLDS, verdict="ready", who="dns_provider", word="down or blocks us", servers=("silent",), zone=_with("silent")),
    one("D15", "server-silent", "wrong-id", HOLDS, verdict="ready", who="dns_provider", word="down or blocks us", servers=("wrong-id",), zone=_with("wrong-id")),
    one("D15", "server-closed", "closed", HOLDS, verdict="ready", who="dns_provider", word="Start the name server", servers=("closed",), zone=_with("closed")),
    one("D15", "server-refused", "refused", HOLDS, verdict="ready", who="dns_provider", word="Set up the zone", servers=("a",), zone={"on": ("k", "a"), "absent": frozenset({"a"})}),
    one("D15", "server-failing", "failing", HOLDS, verdict="ready", who="dns_provider", word="repair the zone there", servers=("b",), zone={"on": ("k", "b"), "fileless": frozenset({"b"})}),
    one("D15", "server-not-authoritative", "lame", HOLDS, verdict="ready", who="dns_provider", word="Set up the zone", servers=("no-aa",), zone=_with("no-aa")),
    one("D15", "server-answers-from-cache", "cache", HOLDS, verdict="ready", who="dns_provider", word="Set up the zone", servers=("cache",), zone=_with("cache")),
    one("D15", "server-refers-upward", "upward", HOLDS, verdict="ready", who="dns_provider", word="Set up the zone", servers=("upward",), zone=_with("upward")),
    one("D15", "server-malformed", "garbled", HOLDS, verdict="ready", who="dns_provider", word="repair it", servers=("garbled",), zone=_with("garbled")),
    one("D15", "forged-answers", "forged", HOLDS, verdict="ready", who="network_admin", word="in between", servers=("forged",), zone=_with("forged")),
    one("D15", "tcp-refused", "no-tcp", HOLDS, verdict="ready", who="dns_provider", word="TCP port 53", servers=("udp-only",), zone=_with("udp-only")),
    one("D15", "no-server-answers", "all-refuse", HOLDS, verdict="broken", who="dns_provider", word="Repair the name servers", zone={"absent": frozenset({"a", "k"})}),
    one("D15", "no-server-answers", "all-silent", HOLDS, verdict="broken", who="dns_provider", word="Repair the name servers", servers=("silent", "closed"), zone={"on": ("silent", "closed")}),
    one(
        "D15", "server-private-address", "private", HOLDS, verdict="unknown", who="network_admin", word="Allow private addresses", servers=None,
        asks=lambda world: {"allow_private": False}, asks_right=lambda world: {},
    ),
    one("D15", "limit-reached", "limits", HOLDS, verdict="unknown", who="dns_provider", word="Check again", servers=None, asks=lambda world: {"max_queries": 12}, asks_right=lambda world: {}),
    one("D23", "caa-query-breaks", "caa-silent", HOLDS, verdict="ready", who="dns_provider", word="software", servers=("caa-silent",), zone=_with("caa-silent")),
    one("D23", "caa-query-breaks", "caa-notimp", HOLDS, verdict="ready", who="dns_provider", word="software", servers=("caa-notimp",), zone=_with("caa-notimp")),
    one("D24", "edns-broken", "edns-drop", HOLDS, verdict="ready", who="dns_provider", word="firewall", servers=("edns-drop",), zone=_with("edns-drop")),
    one("D24", "edns-broken", "edns-error", HOLDS, verdict="ready", who="dns_provider", word="firewall", servers=("edns-error",), zone=_with("edns-error")),
    one("D24", "edns-ignored", "no-opt", HOLDS, verdict="ready", who="dns_provider", word="software", servers=("no-opt",), zone=_with("no-opt")),
    one("D24", "cookie-not-borne", "cookie-drop", HOLDS, verdict="ready", who="dns_provider", word="software", servers=("cookie-drop",), zone=_with("cookie-drop")),
    one("D24", "cookie-not-borne", "cookie-error", HOLDS, verdict="ready", who="dns_provider", word="software", servers=("cookie-error",), zone=_with("cookie-error")),
    one("D24", "case-not-kept", "lower", HOLDS, verdict="ready", who="dns_provider", word="software", servers=("lower-case",), zone=_with("lower-case")),
    one("D30", "answers-change", "flapping", HOLDS, verdict="unknown", who="dns_provider", word="hold the same zone", servers=("flapping",), zone={"on": ("k", "flapping"), "copies": {"b": {"records": ""}}}),
    one("D30", "answers-get-lost", "limited", HOLDS, verdict="ready", who="dns_provider", word="rate limiting", servers=("limited",), zone=_with("limited")),
)  # fmt: skip
