"""The serial number: the announced one, in an allowed form."""

import pytest

from tests.pki.conftest import codes, der, issue, look
from tests.pki.test_csr_signature import swapped

CERTIFICATE = issue(serial=0x0102AF)


@pytest.mark.parametrize("announced", ["0102AF", "102af", "01:02:AF", "0x0102af", "000102AF"])
def test_the_announced_serial_in_any_spelling_is_the_same(announced: str) -> None:
    assert "serial-differs" not in codes(CERTIFICATE.pem, expect_serial=announced)
    assert look(CERTIFICATE.pem).items[0].item.value.serial_hex == "0102AF"  # type: ignore[union-attr]


@pytest.mark.parametrize("announced", ["0102AE", "102AF0", "0"])
def test_another_serial_is_reported(announced: str) -> None:
    assert "serial-differs" in codes(CERTIFICATE.pem, expect_serial=announced)


@pytest.mark.parametrize("malformed", [b"\x02\x03\x00\x00\x00", b"\x02\x03\x81\x02\xaf"])
def test_zero_and_negative_serials_are_malformed(malformed: bytes) -> None:
    assert "serial-malformed" in codes(swapped(der(CERTIFICATE.pem), b"\x02\x03\x01\x02\xaf", malformed))
    assert "serial-malformed" not in codes(CERTIFICATE.pem)


def test_without_an_announcement_nothing_differs() -> None:
    assert "serial-differs" not in codes(CERTIFICATE.pem)
