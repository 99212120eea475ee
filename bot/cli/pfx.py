"""`dipper pfx make|show|split|convert`: PFX files on the Certificate Admin's own machine. Nothing leaves it."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

    from engine.pki.model import Item, Password
    from engine.pki.pfx import Opened

app = typer.Typer(no_args_is_help=True, help="Make, look into, split and convert PFX files, on this machine.")
Json = Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")]


class _Bad(Exception):
    """The input does not do; the message is for the person. Exit code 11."""


@app.command("make")
def make(
    key: Annotated[Path, typer.Option(help="The private key.")],
    cert: Annotated[Path, typer.Option(help="Your own certificate.")],
    out: Annotated[Path, typer.Option(help="The PFX to make.")],
    chain: Annotated[list[Path] | None, typer.Option(help="The issuers' certificates (repeat).")] = None,
    password_file: Annotated[Path | None, typer.Option(help="A file with the password for the PFX.")] = None,
    key_password_file: Annotated[Path | None, typer.Option(help="A file with the password of the key.")] = None,
    encoding: Annotated[str, typer.Option(help="modern (AES) or legacy (3DES, for old systems).")] = "modern",
    friendly_name: Annotated[str, typer.Option(help="The name that key stores show.")] = "dip",
    as_json: Json = False,
) -> None:
    """Put a key, its certificate and the chain into one PFX."""
    from bot.cli.pki_files import Wrong, ask_password, must_not_exist, password_from, refuse, write_new
    from engine.pki.pfx import make_pfx

    try:
        if encoding not in ("modern", "legacy"):
            refuse(f"--encoding {encoding}: modern or legacy is expected")
        must_not_exist(out)
        private = _load_key(key, password_from(key_password_file))
        leaf, others = _certificates_for(private, [cert, *(chain or ())])
        password = password_from(password_file) or ask_password("Password for the PFX", twice=True)
        if password is None or not password.reveal():
            refuse("--password-file is missing, or the password is empty")
        data = make_pfx(private, leaf, others, password.reveal(), encoding == "legacy", friendly_name)
        write_new(out, data, private=True)
    except Wrong as wrong:
        _exit(wrong, 2)
    except _Bad as bad:
        _exit(bad, 11)
    names = [each.subject.rfc4514_string() for each in (leaf, *others)]
    _tell({"schema": "dipper.pfx/1", "out": str(out), "encoding": encoding, "certificates": names}, as_json)


@app.command("show")
def show(
    file: Annotated[Path, typer.Argument(help="The PFX.")],
    password_file: Annotated[Path | None, typer.Option(help="A file with its password.")] = None,
    as_json: Json = False,
) -> None:
    """Say what is inside a PFX. No key is written or shown."""
    from bot.cli.pki_files import Wrong, password_from, read_bytes
    from engine.pki.facts import read_certificate

    try:
        opened = _open(file, read_bytes(file), password_from(password_file))
    except Wrong as wrong:
        _exit(wrong, 2)
    except _Bad as bad:
        _exit(bad, 11)
    certificates = [read_certificate(der) for der in opened.certificates]
    document: dict[str, Any] = {
        "schema": "dipper.pfx/1",
        "file": str(file),
        "encryption": list(opened.ciphers),
        "legacy": "legacy-encryption" in opened.traits,
        "friendly_name": opened.friendly_name,
        "keys": [_label(each) for each in opened.keys],
        "certificates": [
            {"subject": each.subject.text(), "issuer": each.issuer.text(), "not_after": each.not_after.isoformat()}
            for each in certificates
        ],
        "key_fits": [_spki(each) == certificates[0].key.spki for each in opened.keys] if certificates else [],
    }
    _tell(document, as_json)


@app.command("split")
def split(
    file: Annotated[Path, typer.Argument(help="The PFX.")],
    out: Annotated[Path, typer.Option(help="The folder for key.pem, cert.pem and chain.pem.")],
    password_file: Annotated[Path | None, typer.Option(help="A file with its password.")] = None,
    key_password_file: Annotated[
        Path | None, typer.Option(help="A file with the password to seal the key with.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Take a PFX apart into PEM files. The key is for your eyes only."""
    from bot.cli.pki_files import Wrong, must_not_exist, password_from, read_bytes, write_new

    try:
        sealing = password_from(key_password_file)
        opened = _open(file, read_bytes(file), password_from(password_file))
        parts = _parts(opened, sealing)
        for name in parts:
            must_not_exist(out / name)
        _folder(out)
        for name, data in parts.items():
            write_new(out / name, data, private=name == "key.pem")
    except Wrong as wrong:
        _exit(wrong, 2)
    except _Bad as bad:
        _exit(bad, 11)
    _tell({"schema": "dipper.pfx/1", "out": str(out), "files": list(parts)}, as_json)


@app.command("convert")
def convert(
    files: Annotated[list[Path], typer.Argument(help="Certificates, bundles or requests, in any form.")],
    to: Annotated[str, typer.Option(help="pem, der or p7b.")],
    out: Annotated[Path, typer.Option(help="The file to write.")],
    password_file: Annotated[
        Path | None, typer.Option(help="A file with the password, if a PFX is among them.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Write certificates in another form, in the order of the chain. Keys are left out."""
    from bot.cli.pki_files import Wrong, must_not_exist, password_from, refuse, write_new

    try:
        if to not in ("pem", "der", "p7b"):
            refuse(f"--to {to}: pem, der or p7b is expected")
        must_not_exist(out)
        items = _in_chain_order(_public_items(files, password_from(password_file)))
        write_new(out, _encoded(items, to), private=False)
    except Wrong as wrong:
        _exit(wrong, 2)
    except _Bad as bad:
        _exit(bad, 11)
    subjects = [each.value.subject.text() for each in items if each.value]
    _tell({"schema": "dipper.pfx/1", "out": str(out), "to": to, "items": subjects}, as_json)


def _open(file: Path, data: bytes, password: "Password | None") -> "Opened":
    from bot.cli.pki_files import ask_password
    from engine.pki.pfx import open_pfx
    from engine.pki.read import container_bytes

    _must_be_pfx(file, data)
    der = container_bytes(data)
    opened = open_pfx(der, password.reveal() if password else None)
    if opened.problem == "locked" and (asked := ask_password(f"Password of {file}")):
        opened = open_pfx(der, asked.reveal())
    if opened.problem:
        raise _Bad(f"{file}: {opened.words}{_HELP.get(opened.problem, '')}")
    return opened


_HELP = {
    "locked": "; give it with --password-file",
    "wrong-password": "; mind the keyboard's layout, and that the first line of the file is taken as it stands",
    "empty-or-absent-password": "; to open it give --password-file with an empty file, then make it again with one",
    "damaged": "; take it again from where it was made, as an attachment and not as text",
}


def _must_be_pfx(file: Path, data: bytes) -> None:
    """Says what the file is where it is well known and no PFX. Raises _Bad then."""
    from engine.pki import Context, NamedBytes
    from engine.pki.read import read

    kinds = [item.kind for item in read(NamedBytes(file.name, data), Context())]
    if kinds and not {"pkcs12", "unknown"} & set(kinds):
        words = " and ".join(dict.fromkeys(_KINDS.get(kind, kind.upper()) for kind in kinds))
        raise _Bad(f"{file}: no PFX, but {words}; `dipper check cert` reads it")


_KINDS = {
    "csr": "a certificate request",
    "certificate": "a certificate",
    "pkcs7": "a PKCS#7 bundle",
    "private_key": "a private key",
    "public_key": "a public key",
    "openssh": "a key for SSH",
    "jks": "a Java key store",
    "ocsp": "an OCSP answer",
}


def _parts(opened: "Opened", sealing: "Password | None") -> dict[str, bytes]:
    from cryptography.hazmat.primitives.serialization import (
        BestAvailableEncryption,
        Encoding,
        NoEncryption,
        PrivateFormat,
    )
    from cryptography.x509 import load_der_x509_certificate

    parts: dict[str, bytes] = {}
    if sealing is not None and not sealing.reveal():
        raise _Bad("the password to seal the key with is empty")
    for key in opened.keys:
        seal = BestAvailableEncryption(sealing.reveal()) if sealing else NoEncryption()
        parts["key.pem"] = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, seal)
    pems = [load_der_x509_certificate(der).public_bytes(Encoding.PEM) for der in opened.certificates]
    if pems:
        parts["cert.pem"] = pems[0]
    if pems[1:]:
        parts["chain.pem"] = b"".join(pems[1:])
    if not parts:
        raise _Bad("there is neither a key nor a certificate in it")
    return parts


def _load_key(path: Path, password: "Password | None") -> Any:
    """The private key itself, since a PFX needs it; everything else in Dipper keeps public halves only."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import load_der_private_key, load_pem_private_key

    from bot.cli.pki_files import ask_password, read_bytes

    data = read_bytes(path)
    load = load_pem_private_key if b"-----BEGIN" in data else load_der_private_key
    try:
        return load(data, password.reveal() if password else None)
    except TypeError:
        if password is not None:  # a password for a key that needs none
            return load(data, None)
        if asked := ask_password(f"Password of {path}"):
            return _load_key(path, asked)
        raise _Bad(f"{path}: the key is encrypted; give --key-password-file") from None
    except (ValueError, UnsupportedAlgorithm):
        words = "its password is wrong, or it is damaged" if password else "no private key that can be read"
        raise _Bad(f"{path}: {words}") from None


def _certificates_for(key: Any, paths: list[Path]) -> "tuple[Certificate, list[Certificate]]":
    """The certificate of this key, and the others in the order of the chain."""
    from cryptography.x509 import load_der_x509_certificate

    from engine.pki.chain import build
    from engine.pki.facts import Certificate as Facts

    items = _public_items(paths, None)
    spki = _spki(key)
    own = [item for item in items if isinstance(item.value, Facts) and item.value.key.spki == spki]
    if not own:
        raise _Bad(f"{paths[0]}: the certificate is not the one of this key")
    rest = [item for item in items if isinstance(item.value, Facts) and item.value.der != own[0].der]
    from datetime import UTC, datetime

    built = build([own[0], *rest], None, datetime.now(UTC))
    ordered = list(built[0].certificates[1:]) if built else []
    left_over = [item.value for item in rest if item.value not in ordered]
    others = [each.der for each in (*ordered, *left_over) if each is not None]
    return load_der_x509_certificate(own[0].der), [load_der_x509_certificate(der) for der in others]


def _public_items(paths: list[Path], password: "Password | None") -> "list[Item]":
    """The certificates and requests in the files; anything damaged is refused rather than left out."""
    from bot.cli.pki_files import ask_password, read_files, silence_deprecations
    from engine.pki import Context
    from engine.pki.read import read

    silence_deprecations()
    found = []
    for named in read_files(paths):
        items = read(named, Context(place="machine", password=password))
        if password is None and any(item.problem == "locked" for item in items):
            asked = ask_password(f"Password of {named.name}")
            items = read(named, Context(place="machine", password=asked)) if asked else items
        if trouble := next((item for item in items if item.problem), None):
            raise _Bad(f"{named.name}: {trouble.detail}{_HELP.get(trouble.problem or '', '')}")
        public = [item for item in items if item.kind in ("certificate", "csr")]
        if not public:
            raise _Bad(f"{named.name}: there is no certificate or request in it")
        found += public
    return found


def _in_chain_order(items: "list[Item]") -> "list[Item]":
    """Each thing once, the holder's certificate before its issuers; what is in no chain comes last."""
    from datetime import UTC, datetime

    from engine.pki.chain import build

    unique = list({item.der: item for item in items}.values())
    rank = {
        each.der: place
        for chain in build(unique, None, datetime.now(UTC))[:1]
        for place, each in enumerate(chain.certificates)
    }
    return sorted(unique, key=lambda item: rank.get(item.der, len(rank)))


def _encoded(unique: "list[Item]", to: str) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding, pkcs7
    from cryptography.x509 import load_der_x509_certificate

    from engine.pki.read.text import armour

    if to == "der":
        if len(unique) != 1:
            raise _Bad(f"DER holds one thing, and there are {len(unique)}; use pem or p7b, or give one file")
        return unique[0].der
    if to == "p7b":
        if any(item.kind == "csr" for item in unique):
            raise _Bad("a P7B holds certificates only, and there is a request among these")
        return pkcs7.serialize_certificates([load_der_x509_certificate(item.der) for item in unique], Encoding.PEM)
    return b"".join(armour(item.der, "CERTIFICATE REQUEST" if item.kind == "csr" else "CERTIFICATE") for item in unique)


def _spki(key: Any) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return bytes(key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))


def _label(key: Any) -> str:
    from engine.pki.public_key import read_key

    return read_key(_spki(key)).label


def _folder(path: Path) -> None:
    from bot.cli.pki_files import Wrong

    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as failed:
        raise Wrong(f"{path}: {failed.strerror or 'cannot be made'}") from None


def _exit(trouble: Exception, code: int) -> NoReturn:
    typer.echo(str(trouble), err=True)
    raise typer.Exit(code) from None


def _tell(document: dict[str, Any], as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(document, indent=2, ensure_ascii=False))
        return
    for name, value in document.items():
        if name == "schema":
            continue
        label = name.replace("_", " ")
        if isinstance(value, list):
            typer.echo(f"{label}: {'' if value else 'none'}")
            for each in value:
                shown = (
                    "; ".join(f"{key.replace('_', ' ')} {text}" for key, text in each.items())
                    if isinstance(each, dict)
                    else each
                )
                typer.echo(f"  {shown}")
        else:
            typer.echo(f"{label}: {value}")


if __name__ == "__main__":
    app()
