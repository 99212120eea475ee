"""wrong-country (C6): the country is no ISO 3166 code.

Seen as: for example C=UK, a lower-case code, the country's name, or XX, which stands for none.
Fix: use GB for the United Kingdom (and IE for Ireland), in capitals.
Source: RFC 5280 appendix A; ISO 3166-1. Confidence: sourced.

UK is what everybody says, and not the code: authorities refuse it or replace it.

attribute-too-long (C6): part of the subject is longer than allowed.

Seen as: a common name, organisation or unit of more than 64 characters, or a country of other than 2.
Fix: shorten it. A long company name is cut the way GlobalSign's vetting shows it; the full host name goes into a
dNSName.
Source: RFC 5280 appendix A.1, upper bounds. Confidence: sourced.

Authorities refuse such a request.

string-type (C6): part of the subject is written in a type of string that it must not have.

Seen as: for example a country as UTF8String, or text as TeletexString or BMPString.
Fix: make the request again with `string_mask = utf8only` (openssl's default), or with `dipper csr`.
Source: RFC 5280 section 4.1.2.4. Confidence: sourced.

Old types of string are read differently by different software, so that two names look alike and are not.

empty-subject (C6): the subject is empty.

Seen as: no attribute in the subject and no alternative name.
Fix: give at least the organisation, the country and a host name.
Source: RFC 5280 section 4.1.2.6. Confidence: sourced.

There is nothing that could be certified.

empty-attribute (C6): part of the subject is empty or blank.

Seen as: an attribute without text, or with blanks around it.
Fix: leave the attribute out (answer a single dot to openssl's question), or write its text without blanks.
Source: RFC 5280 section 4.1.2.4; GlobalSign policy patterns. Confidence: inferred.

Patterns of a policy do not match it, and a name with blanks is another name than the one that was vetted.

default-left-in (C6): part of the subject is what openssl puts there where nobody answers.

Seen as: for example O=Internet Widgits Pty Ltd, ST=Some-State, L=Default City.
Fix: make the request again and answer each question, or leave the attribute out with a single dot.
Source: openssl.cnf as OpenSSL and Red Hat ship it. Confidence: sourced.

It is nobody's name, and vetting cannot confirm it.

repeated-attribute (C6): part of the subject occurs twice.

Seen as: two common names, two organisations or two countries.
Fix: give each once; further hosts go into the alternative names.
Source: CA/Browser Forum Baseline Requirements 7.1.2.7.6; GlobalSign Atlas API has one value for each. Confidence:
sourced.

The API has room for one of each, and readers differ in which of the two they take.

organisation-differs (C6): the organisation is not the vetted name.

Seen as: O= other than the name given.
Fix: write the organisation as it was vetted. In Atlas the name comes from the identity, so what the request says may
be ignored.
Source: GlobalSign Atlas: the subject is filled from the vetted identity. Confidence: inferred.

Letter case and punctuation do not matter here; another name does.
"""

import re
from collections import Counter
from collections.abc import Iterator

from engine.findings import Finding
from engine.pki.case import Case, is_authority
from engine.pki.facts import Attribute, Certificate, Csr
from engine.pki.wording import codes

APPLIES = frozenset({"csr", "certificate"})
report = codes(__doc__)

UPPER_BOUNDS = {"CN": 64, "O": 64, "OU": 64, "L": 128, "ST": 128, "C": 2, "serialNumber": 64, "emailAddress": 255}
PRINTABLE_ONLY = frozenset({"C", "serialNumber", "jurisdictionC"})
DEFAULTS = frozenset({"Internet Widgits Pty Ltd", "Some-State", "Default City", "Default Company Ltd"})
UNIQUE_IDENTIFIER = "2.5.4.45"
"""x500UniqueIdentifier, the one attribute that is no text (RFC 2256 section 5.46)."""
IA5_ONLY = frozenset({"emailAddress", "DC"})
COUNTRIES = frozenset(
    [
        "AD",
        "AE",
        "AF",
        "AG",
        "AI",
        "AL",
        "AM",
        "AO",
        "AQ",
        "AR",
        "AS",
        "AT",
        "AU",
        "AW",
        "AX",
        "AZ",
        "BA",
        "BB",
        "BD",
        "BE",
        "BF",
        "BG",
        "BH",
        "BI",
        "BJ",
        "BL",
        "BM",
        "BN",
        "BO",
        "BQ",
        "BR",
        "BS",
        "BT",
        "BV",
        "BW",
        "BY",
        "BZ",
        "CA",
        "CC",
        "CD",
        "CF",
        "CG",
        "CH",
        "CI",
        "CK",
        "CL",
        "CM",
        "CN",
        "CO",
        "CR",
        "CU",
        "CV",
        "CW",
        "CX",
        "CY",
        "CZ",
        "DE",
        "DJ",
        "DK",
        "DM",
        "DO",
        "DZ",
        "EC",
        "EE",
        "EG",
        "EH",
        "ER",
        "ES",
        "ET",
        "FI",
        "FJ",
        "FK",
        "FM",
        "FO",
        "FR",
        "GA",
        "GB",
        "GD",
        "GE",
        "GF",
        "GG",
        "GH",
        "GI",
        "GL",
        "GM",
        "GN",
        "GP",
        "GQ",
        "GR",
        "GS",
        "GT",
        "GU",
        "GW",
        "GY",
        "HK",
        "HM",
        "HN",
        "HR",
        "HT",
        "HU",
        "ID",
        "IE",
        "IL",
        "IM",
        "IN",
        "IO",
        "IQ",
        "IR",
        "IS",
        "IT",
        "JE",
        "JM",
        "JO",
        "JP",
        "KE",
        "KG",
        "KH",
        "KI",
        "KM",
        "KN",
        "KP",
        "KR",
        "KW",
        "KY",
        "KZ",
        "LA",
        "LB",
        "LC",
        "LI",
        "LK",
        "LR",
        "LS",
        "LT",
        "LU",
        "LV",
        "LY",
        "MA",
        "MC",
        "MD",
        "ME",
        "MF",
        "MG",
        "MH",
        "MK",
        "ML",
        "MM",
        "MN",
        "MO",
        "MP",
        "MQ",
        "MR",
        "MS",
        "MT",
        "MU",
        "MV",
        "MW",
        "MX",
        "MY",
        "MZ",
        "NA",
        "NC",
        "NE",
        "NF",
        "NG",
        "NI",
        "NL",
        "NO",
        "NP",
        "NR",
        "NU",
        "NZ",
        "OM",
        "PA",
        "PE",
        "PF",
        "PG",
        "PH",
        "PK",
        "PL",
        "PM",
        "PN",
        "PR",
        "PS",
        "PT",
        "PW",
        "PY",
        "QA",
        "RE",
        "RO",
        "RS",
        "RU",
        "RW",
        "SA",
        "SB",
        "SC",
        "SD",
        "SE",
        "SG",
        "SH",
        "SI",
        "SJ",
        "SK",
        "SL",
        "SM",
        "SN",
        "SO",
        "SR",
        "SS",
        "ST",
        "SV",
        "SX",
        "SY",
        "SZ",
        "TC",
        "TD",
        "TF",
        "TG",
        "TH",
        "TJ",
        "TK",
        "TL",
        "TM",
        "TN",
        "TO",
        "TR",
        "TT",
        "TV",
        "TW",
        "TZ",
        "UA",
        "UG",
        "UM",
        "US",
        "UY",
        "UZ",
        "VA",
        "VC",
        "VE",
        "VG",
        "VI",
        "VN",
        "VU",
        "WF",
        "WS",
        "YE",
        "YT",
        "ZA",
        "ZM",
        "ZW",
        "XX",
    ]
)
"""ISO 3166-1 alpha-2, and XX, which the Baseline Requirements allow for disputed places."""


def judge(case: Case) -> Iterator[Finding]:
    for item in case.items:
        value = item.value
        if value is None or (isinstance(value, Certificate) and is_authority(value)):
            continue
        attributes = value.subject.attributes
        for attribute in attributes:
            yield from _judge(attribute, isinstance(value, Csr), item.file)
        if not attributes and not value.names.all():
            yield report("empty-subject", "error", "no name at all", item.file)
        if len({attribute.oid for attribute in attributes}) < len(attributes):
            counts = Counter(attribute.short for attribute in attributes)
            for short in (each for each in ("CN", "O", "C") if counts[each] > 1):
                yield report("repeated-attribute", "warning", f"{short} occurs {counts[short]} times", item.file)
        if case.context.organisation:
            for text in value.subject.all("O"):
                if fold(text) != fold(case.context.organisation):
                    yield report("organisation-differs", "warning", f"O={text}", item.file)


def _judge(attribute: Attribute, asked: bool, file: str) -> Iterator[Finding]:
    short, text = attribute.short, attribute.text
    limit = UPPER_BOUNDS.get(short)
    if short == "C" and text not in COUNTRIES:
        yield report("wrong-country", "error", f"C={text[:40]}", file)
    elif short == "C" and text == "XX":
        seen = "C=XX, which some systems put there where nobody said a country"
        yield report("wrong-country", "warning", seen, file)
    elif limit and len(text) > limit:
        seen = f"{short} has {len(text)} characters, {limit} are allowed"
        yield report("attribute-too-long", "error", seen, file)
    if text in DEFAULTS:
        yield report("default-left-in", "warning", f"{short}={text}", file)
    if not text or text != text.strip():
        yield report("empty-attribute", "warning", f"{short}={text[:40]!r}", file)
    if bad := _wrong_type(attribute):
        yield report("string-type", "error" if asked else "warning", f"{short} is written as {bad}", file)


def _wrong_type(attribute: Attribute) -> str | None:
    kind = attribute.string_type
    if kind in ("UTF8String", "PrintableString"):
        wrong = kind == "UTF8String" and attribute.short in PRINTABLE_ONLY
        if kind == "PrintableString" and not _PRINTABLE.match(attribute.text):
            return "PrintableString, with characters that it cannot have"
        return kind if wrong else None
    if attribute.oid == UNIQUE_IDENTIFIER and kind == "tag 0x03":
        return None
    return None if kind == "IA5String" and attribute.short in IA5_ONLY else kind


def fold(organisation: str) -> str:
    """A company's name for comparing: without case, punctuation and the spelling of its legal form."""
    words = re.sub(r"[^\w\s&]|_", " ", organisation.casefold()).replace("&", " and ").split()
    forms = {"limited": "ltd", "company": "co", "incorporated": "inc"}
    return " ".join(forms.get(word, word) for word in words)


_PRINTABLE = re.compile(r"[A-Za-z0-9 '()+,./:=?-]*\Z")
