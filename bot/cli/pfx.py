"""`dipper pfx make|show|split|convert`: PFX files on the Certificate Admin's own machine. Nothing leaves it."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from bot.cli.pfx_input import HELP, Bad, certificates_for, load_key, public_items, spki_of

if TYPE_CHECKING:
    from engine.pki.model import Item, Password
    from engine.pki.pfx import Opened

app = typer.Typer(no_args_is_help=True, help="Make, look into, split and convert PFX files, on this machine.")
Json = Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")]


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
        private = load_key(key, password_from(key_password_file))
        leaf, others, strangers = certificates_for(private, [cert, *(chain or ())])
        password = password_from(password_file) or ask_password("Password for the PFX", twice=True)
        if password is None or not password.reveal():
            refuse("--password-file is missing, or the password is empty")
        data = make_pfx(private, leaf, others, password.reveal(), encoding == "legacy", friendly_name)
        write_new(out, data, private=True)
    except Wrong as wrong:
        _exit(wrong, 2)
    except Bad as bad:
        _exit(bad, 11)
    for stranger in strangers:
        typer.echo(
            f"Warning: {stranger} issued nothing in the chain of your certificate; it was put in all the same", err=True
        )
    if not password.reveal().isascii():
        typer.echo("Warning: Java opens a PFX only if its password is plain ASCII, and this one is not", err=True)
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
    except Bad as bad:
        _exit(bad, 11)
    _tell_of_more(file, opened)
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
        "key_fits": [spki_of(each) == certificates[0].key.spki for each in opened.keys] if certificates else [],
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
    except Bad as bad:
        _exit(bad, 11)
    _tell_of_more(file, opened)
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
        items = _in_chain_order(public_items(files, password_from(password_file)))
        write_new(out, _encoded(items, to), private=False)
    except Wrong as wrong:
        _exit(wrong, 2)
    except Bad as bad:
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
        raise Bad(f"{file}: {opened.words}{HELP.get(opened.problem, '')}")
    return opened


def _tell_of_more(file: Path, opened: "Opened") -> None:
    if "several-keys" in opened.traits:
        typer.echo(f"Warning: {file} holds more than one private key; only the first is taken", err=True)


def _must_be_pfx(file: Path, data: bytes) -> None:
    """Says what the file is where it is well known and no PFX. Raises Bad then."""
    from engine.pki import Context, NamedBytes
    from engine.pki.read import read

    items = read(NamedBytes(file.name, data), Context())
    kinds = [item.kind for item in items]
    if items and items[0].problem in ("foreign", "empty", "nothing"):
        raise Bad(f"{file}: no PFX: {items[0].detail}")
    if kinds and not {"pkcs12", "unknown"} & set(kinds):
        words = " and ".join(dict.fromkeys(_KINDS.get(kind, kind.upper()) for kind in kinds))
        raise Bad(f"{file}: no PFX, but {words}; `dipper check cert` reads it")


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
        raise Bad("the password to seal the key with is empty")
    for key in opened.keys:
        seal = BestAvailableEncryption(sealing.reveal()) if sealing else NoEncryption()
        parts["key.pem"] = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, seal)
    pems = [load_der_x509_certificate(der).public_bytes(Encoding.PEM) for der in opened.certificates]
    if pems:
        parts["cert.pem"] = pems[0]
    if pems[1:]:
        parts["chain.pem"] = b"".join(pems[1:])
    if not parts:
        raise Bad("there is neither a key nor a certificate in it")
    return parts


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
            raise Bad(f"DER holds one thing, and there are {len(unique)}; use pem or p7b, or give one file")
        return unique[0].der
    if to == "p7b":
        if any(item.kind == "csr" for item in unique):
            raise Bad("a P7B holds certificates only, and there is a request among these")
        return pkcs7.serialize_certificates([load_der_x509_certificate(item.der) for item in unique], Encoding.PEM)
    return b"".join(armour(item.der, "CERTIFICATE REQUEST" if item.kind == "csr" else "CERTIFICATE") for item in unique)


def _label(key: Any) -> str:
    from engine.pki.public_key import read_key

    return read_key(spki_of(key)).label


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
