"""A small certificate authority on disk, and real servers on loopback: OpenSSL's, nginx and Python's own."""

import http.server
import select
import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from OpenSSL import SSL

HOST = "localhost"
NOW = datetime.now(UTC)  # the servers and this machine's OpenSSL go by the real clock, so these certificates do too


@dataclass(frozen=True)
class Pair:
    """A certificate with its key, and both as files (the certificate with its chain)."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey
    cert_file: str
    key_file: str


class Lab:
    """Makes certificates into a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.root = self.make("Webhook Root", ca=True)
        self.intermediate = self.make("Webhook Issuing", issuer=self.root, ca=True)
        self.server = self.make(HOST, issuer=self.intermediate, chain=[self.intermediate])
        self.client = self.make("dip.example", issuer=self.root, usage=ExtendedKeyUsageOID.CLIENT_AUTH)
        self.stranger = self.make("stranger.example", usage=ExtendedKeyUsageOID.CLIENT_AUTH)

    def make(
        self,
        name: str,
        *,
        issuer: Pair | None = None,
        ca: bool = False,
        usage: x509.ObjectIdentifier = ExtendedKeyUsageOID.SERVER_AUTH,
        start: timedelta = timedelta(days=-1),
        days: int = 90,
        chain: list[Pair] | None = None,
        san: str | None = None,
    ) -> Pair:
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer.certificate.subject if issuer else subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(NOW + start)
            .not_valid_after(NOW + start + timedelta(days=days))
            .add_extension(x509.BasicConstraints(ca, None), True)
        )
        if not ca:
            builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(san or name)]), False)
            builder = builder.add_extension(x509.ExtendedKeyUsage([usage]), False)
        certificate = builder.sign(issuer.key if issuer else key, SHA256())
        number = len(list(self.folder.iterdir()))
        cert_file, key_file = self.folder / f"{number}.crt", self.folder / f"{number}.key"
        above = [each.certificate for each in chain or []]
        cert_file.write_bytes(b"".join(each.public_bytes(Encoding.PEM) for each in [certificate, *above]))
        key_file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        return Pair(certificate, key, str(cert_file), str(key_file))


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Lab:
    return Lab(tmp_path_factory.mktemp("webhook-lab"))


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@contextmanager
def openssl_server(pair: Pair, *options: str, chain: Pair | None = None) -> Iterator[int]:
    """`openssl s_server`, ready when it says ACCEPT. Answers every GET with a page (-www)."""
    port = free_port()
    command = ["openssl", "s_server", "-accept", f"127.0.0.1:{port}", "-cert", pair.cert_file, "-key", pair.key_file]
    bundle = [*(["-cert_chain", chain.cert_file] if chain else []), "-www", "-no-CApath", "-no-CAfile"]
    running = subprocess.Popen([*command, *bundle, *options], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        assert running.stdout is not None
        for line in running.stdout:
            if line.startswith(b"ACCEPT"):
                break
        else:
            raise RuntimeError("openssl s_server did not start")
        drain = threading.Thread(target=running.stdout.read, daemon=True)
        drain.start()
        yield port
    finally:
        running.kill()
        running.wait()


@contextmanager
def nginx_server(folder: Path, pair: Pair, settings: str) -> Iterator[int]:
    """Debian's nginx with one TLS site; `settings` stand in its server block."""
    program = shutil.which("nginx") or shutil.which("/usr/sbin/nginx")
    assert program, "install nginx-light"
    port = free_port()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "nginx.conf").write_text(
        f"""daemon off; pid {folder}/pid; error_log {folder}/error.log; worker_processes 1; user root;
        events {{ worker_connections 32; }}
        http {{ access_log off; client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f;
          uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
          server {{ listen 127.0.0.1:{port} ssl; server_name {HOST}; ssl_certificate {pair.cert_file};
            ssl_certificate_key {pair.key_file}; {settings} }} }}"""
    )
    running = subprocess.Popen([program, "-c", str(folder / "nginx.conf"), "-e", str(folder / "error.log")])
    try:
        _wait_for(port, running)
        yield port
    finally:
        running.terminate()
        running.wait()


def _wait_for(port: int, running: subprocess.Popen[bytes]) -> None:
    """Until something listens; there is nothing else to wait for with nginx."""
    for _ in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        assert running.poll() is None, "nginx did not start"
        time.sleep(0.02)
    raise RuntimeError("nginx did not listen")


class _Handler(http.server.BaseHTTPRequestHandler):
    status, headers_sent, seen = 200, {}, None  # type: ignore[var-annotated]

    def do_GET(self) -> None:
        if self.seen is not None:
            self.seen.append(self.command)
        self.send_response(self.status)
        for name, value in self.headers_sent.items():
            self.send_header(name, value)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_POST = do_GET

    def date_time_string(self, timestamp: int | None = None) -> str:
        return str(self.headers_sent.get("X-Date") or super().date_time_string())

    def log_message(self, *_: object) -> None:
        return


@contextmanager
def python_server(
    pair: Pair,
    *,
    trust: Pair | None = None,
    optional: bool = False,
    maximum: ssl.TLSVersion | None = None,
    status: int = 200,
    headers: dict[str, str] | None = None,
    seen: list[str] | None = None,
) -> Iterator[int]:
    """Python's http.server behind its ssl module."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pair.cert_file, pair.key_file)
    if maximum:
        context.maximum_version = maximum
    if trust:
        context.verify_mode = ssl.CERT_OPTIONAL if optional else ssl.CERT_REQUIRED
        context.load_verify_locations(trust.cert_file)
    handler = type("Handler", (_Handler,), {"status": status, "headers_sent": headers or {}, "seen": seen})

    class Quiet(http.server.ThreadingHTTPServer):
        def finish_request(self, request: socket.socket, client_address: object) -> None:
            try:
                with context.wrap_socket(request, server_side=True) as secured:
                    super().finish_request(secured, client_address)
            except (ssl.SSLError, OSError):
                return  # a client that was refused, which is what is tested

    server = Quiet(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def late_asking_server(pair: Pair, trust: Pair) -> Iterator[int]:
    """TLS 1.3 that asks for a client certificate only after the request (post-handshake authentication), and insists."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pair.cert_file, pair.key_file)
    context.load_verify_locations(trust.cert_file)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.verify_mode, context.post_handshake_auth = ssl.CERT_REQUIRED, True

    def speak(connection: socket.socket) -> None:
        with connection, suppress(OSError), context.wrap_socket(connection, server_side=True) as spoken:
            if not spoken.recv(4096):
                return
            spoken.verify_client_post_handshake()
            spoken.do_handshake()  # sends the request
            spoken.setblocking(False)
            while not spoken.getpeercert():
                select.select([spoken], [], [], 5)
                with suppress(ssl.SSLWantReadError):
                    spoken.recv(1)
            spoken.setblocking(True)
            spoken.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

    with _serving(speak) as port:
        yield port


@contextmanager
def renegotiating_server(pair: Pair, trust: Pair, *, insists: bool) -> Iterator[int]:
    """TLS 1.2 that asks for a client certificate by renegotiation, once it has the request, as IIS and Apache may."""
    context = SSL.Context(SSL.TLS_SERVER_METHOD)
    context.set_max_proto_version(SSL.TLS1_2_VERSION)
    context.use_certificate_chain_file(pair.cert_file)
    context.use_privatekey_file(pair.key_file)
    context.load_verify_locations(trust.cert_file)
    context.set_options(SSL.OP_NO_TICKET)
    context.set_session_cache_mode(SSL.SESS_CACHE_OFF)
    asks = SSL.VERIFY_PEER | (SSL.VERIFY_FAIL_IF_NO_PEER_CERT if insists else 0)

    def speak(connection: socket.socket) -> None:
        spoken = SSL.Connection(context, connection)
        spoken.set_accept_state()
        with connection, suppress(SSL.Error):
            spoken.do_handshake()
            spoken.recv(4096)
            spoken.set_verify(asks, lambda *checked: bool(checked[-1]))
            spoken.renegotiate()
            spoken.do_handshake()
            connection.setblocking(False)
            while spoken.renegotiate_pending():
                select.select([connection], [], [], 5)
                with suppress(SSL.WantReadError):
                    spoken.recv(1, socket.MSG_PEEK)
            connection.setblocking(True)
            spoken.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            spoken.shutdown()

    with _serving(speak) as port:
        yield port


@contextmanager
def _serving(speak: Callable[[socket.socket], None]) -> Iterator[int]:
    """A thread for each who comes; all are waited for at the end."""
    listening = socket.create_server(("127.0.0.1", 0))
    listening.settimeout(0.05)
    stop = threading.Event()
    talks: list[threading.Thread] = []

    def serve() -> None:
        while not stop.is_set():
            with suppress(TimeoutError):  # nobody has come
                talks.append(threading.Thread(target=speak, args=(listening.accept()[0],)))
                talks[-1].start()

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield int(listening.getsockname()[1])
    finally:
        stop.set()
        thread.join()
        for each in talks:
            each.join()
        listening.close()


@contextmanager
def raw_server(answer: bytes) -> Iterator[int]:
    """Something that is no TLS server: says its piece to whoever comes, and closes."""
    listening = socket.create_server(("127.0.0.1", 0))
    stop = threading.Event()

    def serve() -> None:
        listening.settimeout(0.05)
        while not stop.is_set():
            try:
                connection, _ = listening.accept()
            except TimeoutError:
                continue
            with connection:
                connection.recv(4096)
                connection.sendall(answer)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield int(listening.getsockname()[1])
    finally:
        stop.set()
        thread.join()
        listening.close()


@contextmanager
def dripping_server(beginning: bytes, pair: Pair | None = None) -> Iterator[int]:
    """Sends a beginning and then a byte now and then without end, to everybody who comes; over TLS with a certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    if pair:
        context.load_cert_chain(pair.cert_file, pair.key_file)
    stop = threading.Event()

    def drip(connection: socket.socket) -> None:
        with connection, suppress(OSError):  # the client has had enough
            spoken = context.wrap_socket(connection, server_side=True) if pair else connection
            with spoken:
                spoken.sendall(beginning)
                while not stop.wait(0.02):
                    spoken.sendall(b"x")

    with _serving(drip) as port:
        try:
            yield port
        finally:
            stop.set()


@cache
def port_of_nobody() -> int:
    return free_port()
