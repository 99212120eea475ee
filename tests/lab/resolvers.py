"""Validating resolvers, each started with an empty cache and our own root and trust anchor."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import dns.rcode
from lab.servers import Process, ask, tool


@dataclass
class BindResolver(Process):
    """BIND as a validating resolver that goes down from the lab's root itself. `authority_port`: where servers listen."""

    authority_port: int = 53
    roots: tuple[tuple[str, str], ...] = ()
    anchor: str = ""

    def command(self) -> list[str]:
        hints = "\n".join(f". 3600 NS {name}\n{name} 3600 A {address}" for name, address in self.roots)
        (self.folder / "hints").write_text(hints + "\n", "utf-8")
        tag, algorithm, digest_type, digest = self.anchor.split(" ", 3)
        (self.folder / "named.conf").write_text(
            f"""options {{
  directory "{self.folder}"; pid-file none; session-keyfile none; managed-keys-directory "{self.folder}";
  port {self.authority_port};
  listen-on port {self.port} {{ {self.address}; }}; listen-on-v6 {{ none; }};
  recursion yes; allow-query {{ any; }}; dnssec-validation yes; empty-zones-enable no;
  qname-minimization off; max-cache-size 16m; resolver-query-timeout 10000;
}};
controls {{ }};
trust-anchors {{ . static-ds {tag} {algorithm} {digest_type} "{digest.replace(" ", "")}"; }};
zone "." {{ type hint; file "{self.folder}/hints"; }};
""",
            "utf-8",
        )
        return [tool("named"), "-g", "-n", "1", "-c", str(self.folder / "named.conf")]

    def answers(self) -> bool:
        answer = ask(self.address, self.port, ".", "NS", seconds=0.1)
        return answer is not None and answer.rcode() == dns.rcode.NOERROR


@dataclass
class Unbound(Process):
    """Unbound as a validating resolver. It asks port 53 only, so each zone of the lab is named to it as a stub."""

    stubs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    anchor: str = ""
    authority_port: int = 53
    source: str = ""
    serve_expired: bool = False

    def command(self) -> list[str]:
        stubs = "\n".join(
            f'stub-zone:\n  name: "{origin or "."}"\n'
            + "\n".join(f"  stub-addr: {address}@{self.authority_port}" for address in addresses)
            for origin, addresses in self.stubs.items()
        )
        source = f"  outgoing-interface: {self.source}\n" if self.source else ""
        stale = "  serve-expired: yes\n  serve-expired-ttl: 86400\n" if self.serve_expired else ""
        anchors = f'  trust-anchor: ". DS {self.anchor}"\n' if self.anchor else ""
        (self.folder / "unbound.conf").write_text(
            f"""server:
  interface: {self.address}
  port: {self.port}
  username: ""
  chroot: ""
  directory: "{self.folder}"
  pidfile: "{self.folder}/pid"
  use-syslog: no
  logfile: ""
  verbosity: 1
  num-threads: 1
  do-daemonize: no
  do-not-query-localhost: no
  access-control: 127.0.0.0/8 allow
  module-config: "validator iterator"
  ede: yes
  val-log-level: 2
  qname-minimisation: no
  aggressive-nsec: no
  msg-cache-size: 4m
  rrset-cache-size: 8m
  prefetch: no
{source}{stale}{anchors}remote-control:
  control-enable: no
{stubs}
""",
            "utf-8",
        )
        return [tool("unbound"), "-d", "-c", str(self.folder / "unbound.conf")]

    def answers(self) -> bool:
        answer = ask(self.address, self.port, ".", "NS", seconds=0.1)
        return answer is not None and answer.rcode() == dns.rcode.NOERROR
