"""TLS alerts in words: what the server meant, and what to look at. Codes: RFC 8446 section 6 and RFC 5246 section 7.2."""

CAUSES = {
    10: (
        "unexpected_message",
        "the server and this client do not understand each other; something in between may interfere",
    ),
    20: ("bad_record_mac", "the connection was damaged on its way"),
    22: ("record_overflow", "the connection was damaged on its way"),
    40: (
        "handshake_failure",
        "no common cipher or version; with TLS 1.2 also: the server insists on a client certificate",
    ),
    41: ("no_certificate", "the server insists on a client certificate"),
    42: ("bad_certificate", "the client certificate is missing, damaged, or its signature does not fit"),
    43: (
        "unsupported_certificate",
        "the client certificate has a kind of key or a usage that the server does not take",
    ),
    44: ("certificate_revoked", "the client certificate is revoked"),
    45: ("certificate_expired", "the client certificate has ended, or the server's clock is wrong"),
    46: ("certificate_unknown", "the server refuses the client certificate and does not say why"),
    47: ("illegal_parameter", "the server and this client do not understand each other"),
    48: ("unknown_ca", "the server does not know the issuer of the client certificate: add the issuer to its list"),
    49: ("access_denied", "the client certificate is valid and not allowed here"),
    50: ("decode_error", "the server and this client do not understand each other"),
    51: (
        "decrypt_error",
        "a signature of the handshake does not fit: key and certificate of the client do not belong together",
    ),
    70: ("protocol_version", "no TLS version in common"),
    71: ("insufficient_security", "the server insists on stronger ciphers"),
    80: ("internal_error", "the server has an error of its own: look into its log"),
    86: ("inappropriate_fallback", "something in between lowers the TLS version"),
    90: ("user_canceled", "the server gave up"),
    109: ("missing_extension", "the server and this client do not understand each other"),
    112: ("unrecognized_name", "the server has no site of this name"),
    113: ("bad_certificate_status_response", "a stapled revocation answer is damaged"),
    116: ("certificate_required", "the server insists on a client certificate"),
    120: ("no_application_protocol", "the server does not speak the application protocol that was offered"),
}

CERTIFICATE_CAUSES = frozenset({40, 41, 42, 43, 44, 45, 46, 48, 49, 116})
"""Alerts by which servers refuse a client that gives no certificate, or the wrong one."""


def words(code: int) -> str:
    """The alert's name and its cause."""
    name, cause = CAUSES.get(code, (f"alert {code}", "an alert that is not described anywhere"))
    return f"{name}: {cause}"
