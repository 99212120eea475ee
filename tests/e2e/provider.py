"""What is outside Slack in the stories: the DNS provider's panel, and a certification authority of our own."""

from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from bot.demo_authority import demo_authority
from sandbox.driver import Workspace

TOKEN = "_globalsign-domain-verification=8gqZtT3wYkQ1bXnV5rJm0aLhC7dEfG2sUiOpK9-4HY"


async def add_txt(workspace: Workspace, domain: str, value: str, *, name: str = "@") -> None:
    """As the DNS contact does in the provider's panel."""
    form = {"name": name, "type": "TXT", "value": value, "ttl": "300"}
    await panel(workspace, f"zones/{domain}/records", form)


async def panel(workspace: Workspace, path: str, form: dict[str, str]) -> None:
    async with workspace.session.post(f"/dns/{path}", data=form, allow_redirects=False) as answer:
        assert answer.status == 303, await answer.text()


async def delete_records(workspace: Workspace, domain: str) -> None:
    async with workspace.session.get("/dns/state.json") as answer:
        state = await answer.json()
    for record in state["zones"][domain]["records"]:
        if record["type"] == "TXT":
            await panel(workspace, f"zones/{domain}/records/{record['id']}/delete", {})


class Authority:
    """Issues a certificate for a CSR, as GlobalSign does behind the DIP portal: names from the request, not the CSR."""

    def __init__(self, now: datetime, folder: Path | None = None) -> None:
        """The demo's own authority, which its bot knows, where its folder is given; else one that somebody made himself."""
        self.now = now
        if folder is None:
            self.key = rsa.generate_private_key(65537, 2048)
            self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Example Issuing CA")])
            self.chain = ""
            return
        demo_authority(folder / "ca")
        self.chain = (folder / "ca" / "issuing.pem").read_text("ascii")
        self.key = serialization.load_pem_private_key((folder / "ca" / "issuing.key").read_bytes(), None)
        self.name = x509.load_pem_x509_certificate(self.chain.encode()).subject

    def issue(
        self,
        csr: x509.CertificateSigningRequest,
        host: str,
        *,
        days: int = 300,
        usages: tuple[str, ...] = ("client", "server"),
    ) -> str:
        usage = [_USAGES[name] for name in usages]
        key_usage = x509.KeyUsage(
            digital_signature=True,
            content_commitment=False,
            key_encipherment=True,
            data_encipherment=False,
            key_agreement=False,
            key_cert_sign=False,
            crl_sign=False,
            encipher_only=False,
            decipher_only=False,
        )
        certificate = (
            x509.CertificateBuilder()
            .subject_name(csr.subject)
            .issuer_name(self.name)
            .public_key(csr.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(self.now - timedelta(hours=1))
            .not_valid_after(self.now + timedelta(days=days))
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(key_usage, critical=True)
            .add_extension(x509.ExtendedKeyUsage(usage), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), critical=False)
            .sign(self.key, hashes.SHA256())
        )
        return certificate.public_bytes(serialization.Encoding.PEM).decode() + self.chain


_USAGES = {
    "client": ExtendedKeyUsageOID.CLIENT_AUTH,
    "server": ExtendedKeyUsageOID.SERVER_AUTH,
    "ocsp": ExtendedKeyUsageOID.OCSP_SIGNING,
}


def make_csr(
    host: str, organisation: str, key: rsa.RSAPrivateKey | None = None
) -> tuple[x509.CertificateSigningRequest, str]:
    """A CSR with this key, or a new one of its own, and its PEM text."""
    names = [
        x509.NameAttribute(NameOID.COUNTRY_NAME, "GB"),
        x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation),
        x509.NameAttribute(NameOID.COMMON_NAME, host),
    ]
    csr = (
        x509.CertificateSigningRequestBuilder()
        .subject_name(x509.Name(names))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .sign(key or rsa.generate_private_key(65537, 2048), hashes.SHA256())
    )
    return csr, csr.public_bytes(serialization.Encoding.PEM).decode()
