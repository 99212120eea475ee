"""wrong-password (C14): the password does not open the file.

Seen as: the file's own check value does not fit the password.
Fix: try the password that was set when the file was made; mind the keyboard's layout and a line end in the password
file.
Source: RFC 7292 section 4. Confidence: measured.

The portal will not open it with this password either.

password-needed (C14): the file is protected and no password was given.

Seen as: an encrypted key or PFX.
Fix: give the password with --password-file, or type it when asked. It is not stored or shown.
Source: RFC 7292; RFC 5958. Confidence: measured.

What is inside cannot be checked without it.

empty-or-absent-password (C14): the PFX was made with an empty password, or with none, which are not the same.

Seen as: the check value fits an empty or an absent password.
Fix: make it again with a password: `dipper pfx split`, then `dipper pfx make`.
Source: RFC 7292 appendix B.1. Confidence: measured.

Systems differ in what they take an empty password for, so that the file opens here and not there.

damaged-file (C14): the file is damaged.

Seen as: its structure ends early, makes no sense, or its base64 is broken.
Fix: take it again from where it was made. Send binary files as attachments, and copy text whole, from BEGIN to END.
Source: RFC 7468; ITU-T X.690. Confidence: measured.

Nothing can be read from it with certainty.

legacy-encryption (C14): the PFX is encrypted in an old way.

Seen as: RC2 or 3DES with SHA-1.
Fix: if a system refuses it, convert it: `dipper pfx split`, then `dipper pfx make --encoding modern`.
Source: OpenSSL 3 migration guide; RFC 8018. Confidence: sourced.

OpenSSL 3 and FIPS systems do not open it without help. Old Windows and Java need it just so.

not-supported (C14): the file needs something that is not supported here.

Seen as: an unknown cipher, key derivation or kind of key.
Fix: convert a PFX on the machine that made it (`openssl pkcs12 -legacy -in FILE -out FILE.pem`); make an unusual key anew.
Source: RFC 7292; RFC 9579. Confidence: measured.

Other systems may have the same difficulty.

several-keys (C14): the PFX holds more than one private key.

Seen as: two key bags or more.
Fix: make one with the single key and its chain: `dipper pfx split`, then `dipper pfx make`.
Source: Elexon DIP Step 4: the API credential is one certificate with its key. Confidence: inferred.

Which of them a system takes is a matter of luck.

no-key (C14): the PFX has no private key.

Seen as: certificates only.
Fix: make it on the machine that has the key: `dipper pfx make --key FILE --cert FILE`.
Source: Elexon DIP Step 4. Confidence: inferred.

It cannot be used to identify yourself, which is what the DIP wants it for.

no-chain (C14): the PFX has no issuer's certificate.

Seen as: the holder's certificate alone, whose issuer is somebody else.
Fix: make it with the chain that came with the certificate: `dipper pfx make --chain FILE`.
Source: RFC 5246 section 7.4.2. Confidence: inferred.

The other side may not know the intermediate certificate.

no-certificate (C14): there is no certificate in the container.

Seen as: a key or nothing at all.
Fix: make it with the certificate that was issued for the key.
Source: RFC 7292; RFC 5652. Confidence: measured.

There is nothing in it that says who you are.

java-key-store (C14): this is a Java key store.

Seen as: the first bytes of a JKS or JCEKS file.
Fix: convert it on your machine: `keytool -importkeystore -srckeystore FILE -destkeystore FILE.p12 -deststoretype
PKCS12`, then check that.
Source: Java's keytool. Confidence: measured.

The portal takes PFX (PKCS#12), and this program reads that only.

ssh-key (C14): this is a key for SSH.

Seen as: OpenSSH's own format.
Fix: make a key for the certificate with `dipper csr`; do not use your SSH key for it.
Source: RFC 4716; OpenSSH PROTOCOL.key. Confidence: sourced.

GlobalSign and the DIP cannot read this format, and a key for logging in should do nothing else.

key-format-not-read (C14): a private key in a format that is not read here.

Seen as: PuTTY or JWK.
Fix: convert it on your machine (puttygen: Conversions, Export OpenSSH key), or better make a new one with `dipper
csr`.
Source: RFC 7517; PuTTY documentation. Confidence: measured.

It cannot be checked in this form.

not-of-this-trade (C14): this is something else altogether.

Seen as: an archive, a document, a picture, a program; an empty or a huge file; text without anything in it.
Fix: give the file that the key tool or the portal made: .csr, .pem, .cer, .crt, .p7b or .pfx. Unpack an archive first.
Source: RFC 7468. Confidence: measured.

There is nothing in it to check.
"""

from collections.abc import Iterator

from engine.findings import Finding, Severity
from engine.pki.case import Case
from engine.pki.facts import Certificate
from engine.pki.model import Item
from engine.pki.wording import codes

APPLIES = frozenset({"private_key", "pkcs12", "pkcs7", "openssh", "jks", "unknown"})
report = codes(__doc__)

_PROBLEMS = {
    "wrong-password": "wrong-password",
    "empty-or-absent-password": "empty-or-absent-password",
    "damaged": "damaged-file",
    "unsupported": "not-supported",
    "not-opened": "key-format-not-read",
    "ssh-public": "ssh-key",
    "foreign": "not-of-this-trade",
    "nothing": "not-of-this-trade",
    "empty": "not-of-this-trade",
    "huge": "not-of-this-trade",
}


_WITHOUT_PASSWORD = {
    "empty-password": "it opens with an empty password",
    "absent-password": "it opens without any password",
}


def judge(case: Case) -> Iterator[Finding]:
    """Where nothing at all was recognised, the answer is "unknown" and not "bad": then what was seen is a warning."""
    unread: Severity = "error" if any(item.kind != "unknown" for item in case.items) else "warning"
    for item in case.items:
        if item.problem == "refused":
            continue
        if item.problem == "locked":
            yield report("password-needed", "warning", item.detail, item.file)
        elif code := _PROBLEMS.get(item.problem or ""):
            yield report(code, unread, item.detail or item.kind, item.file)
        elif item.kind == "openssh":
            yield report("ssh-key", "warning", "an OpenSSH key", item.file)
        if item.kind == "jks" and case.context.place == "machine":
            yield report("java-key-store", "error", item.detail, item.file)
        if item.kind == "pkcs12":
            yield from _inside(case, item)
        elif item.kind == "pkcs7" and not any(_is_in(each, item) for each in case.items):
            yield report("no-certificate", "error", "an empty PKCS#7 bundle", item.file)


def _inside(case: Case, item: Item) -> Iterator[Finding]:
    if "legacy-encryption" in item.traits:
        yield report("legacy-encryption", "warning", item.detail, item.file)
    if item.problem:
        return
    for trait, words in _WITHOUT_PASSWORD.items():
        if trait in item.traits:
            yield report("empty-or-absent-password", "warning", words, item.file)
    if "several-keys" in item.traits:
        yield report("several-keys", "error", "more than one key", item.file)
    certificates = [each.value for each in case.items if _is_in(each, item) and isinstance(each.value, Certificate)]
    if "no-key" in item.traits:
        yield report("no-key", "error", f"{len(certificates)} certificates and no key", item.file)
    if not certificates:
        yield report("no-certificate", "error", "no certificate", item.file)
    elif len(certificates) == 1 and not certificates[0].self_issued and "no-key" not in item.traits:
        yield report("no-chain", "warning", f"the issuer is {certificates[0].issuer.text()}", item.file)


def _is_in(each: Item, container: Item) -> bool:
    return each.file == container.file and each.container == container.kind
