"""Names, numbers and ids: what counts as the same company, and what any text becomes."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Struct, field

from engine.store.names import cleaned, name_key, number_key, short_id, storable

ANY_TEXT = st.text(st.characters(), max_size=80)  # lone surrogates and NUL included


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Northwind Energy Ltd", "NORTHWIND  ENERGY LIMITED"),
        ("Northwind Energy Ltd.", "northwind, energy (Ltd)"),
        ("Ｎｏｒｔｈｗｉｎｄ Ltd", "Northwind Limited"),
        ("Smith & Co", "Smith Co"),
        ("Straße GmbH", "STRASSE GMBH"),
        ("Big Public Limited Company", "Big PLC"),
    ],
)
def test_names_of_one_company_are_the_same(one: str, other: str):
    assert name_key(one) == name_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Northwind Energy Ltd", "Northwind Energy Plc"),
        ("Northwind 1 Ltd", "Northwind 2 Ltd"),
        ("Limited", ""),
        ("!!!", "???"),
        ("Éclair", "Eclair"),
    ],
)
def test_names_that_only_look_alike_stay_apart(one: str, other: str):
    assert name_key(one) != name_key(other)


@pytest.mark.parametrize(
    ("typed", "key"), [("1234567", "01234567"), (" sc 123 456 ", "SC123456"), ("012345678", "012345678")]
)
def test_a_company_number_is_compared_as_companies_house_writes_it(typed: str, key: str):
    assert number_key(typed) == key


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Northwind Energy Ltd", "NE"),
        ("Northwind", "NR"),
        ("Aioue", "AI"),
        ("Éclair Öl", "EO"),
        ("E", "EX"),
        ("电力", "XX"),
        ("", "XX"),
    ],
)
def test_a_short_id_begins_with_two_letters_of_the_name(name: str, letters: str):
    assert short_id(name, lambda size: b"\x05" * size).startswith(f"{letters}-")


@settings(max_examples=200, deadline=None)
@given(ANY_TEXT, st.binary(min_size=8, max_size=8))
def test_any_name_and_any_randomness_give_an_id_that_can_be_said(name: str, randomness: bytes):
    assert re.fullmatch(r"[A-Z]{2}-[2-9A-HJKMNP-TV-Z]{4}", short_id(name, lambda _: randomness))


@settings(max_examples=200, deadline=None)
@given(ANY_TEXT)
def test_any_text_becomes_one_that_can_be_stored_and_stays_the_same_then(text: str):
    kept = storable(text)
    assert "\x00" not in kept.encode().decode()
    assert storable(kept) == kept
    assert len(kept) == len(text)
    assert name_key(text) == name_key(kept)


class Sample(Struct, frozen=True):
    name: str
    rows: tuple[dict[str, str], ...] = ()
    inner: "Sample | None" = None
    number: int = 1
    words: dict[str, str] = field(default_factory=dict)


def test_cleaning_reaches_every_text_of_a_command_and_leaves_a_clean_one_as_it_is():
    clean = Sample("a", ({"k": "v"},), Sample("b"), 2, {"x": "y"})
    assert cleaned(clean) is clean
    dirty = Sample("a\x00", ({"k\ud800": "v\x00"},), Sample("\udfff"), 2, {"x": "\x00"})
    assert cleaned(dirty) == Sample("a�", ({"k�": "v�"},), Sample("�"), 2, {"x": "�"})
