"""Real name servers from the system's packages, run as processes of the tests on loopback addresses.

Each writes its configuration and its log into a folder of its own, is awaited by asking it, and is ended by the test.
"""

import shutil
import signal
import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.opcode
import dns.query
import dns.rcode
import dns.rdatatype
import dns.zone

START_SECONDS = 20.0
"""How long a server may take until it answers: far more than any needs, so that a busy machine fails no test."""
_PATH = "/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin"
_PACKAGES = {
    "nsd": "nsd",
    "knotd": "knot",
    "named": "bind9",
    "unbound": "unbound",
    "delv": "bind9-dnsutils",
    "drill": "ldnsutils",
    "pebble": "pebble",
    "setpriv": "util-linux",
    "unshare": "util-linux",
    "ip": "iproute2",
}


class MissingTool(RuntimeError):
    """A program that the lab needs is not installed; the message names the package."""


def tool(command: str) -> str:
    """The full path of a program. Raises MissingTool with the package to install."""
    found = shutil.which(command, path=_PATH)
    if found is None:
        raise MissingTool(f"{command} is missing: install {_PACKAGES[command]} (apt-get install {_PACKAGES[command]})")
    return found


@dataclass
class Process(ABC):
    """One program in a folder of its own, listening at `address` and `port`."""

    folder: Path
    address: str
    port: int
    _running: subprocess.Popen[bytes] | None = field(default=None, init=False)

    @abstractmethod
    def command(self) -> list[str]:
        """Writes the configuration and gives the command that runs in the foreground."""

    @abstractmethod
    def answers(self) -> bool:
        """Whether it does its work yet."""

    def launch(self) -> None:
        """Starts the program without waiting for it."""
        self.folder.mkdir(parents=True, exist_ok=True)
        command = [tool("setpriv"), "--pdeathsig", "TERM", "--", *self.command()]  # never outlives a killed test run
        with (self.folder / "log").open("ab") as log:
            self._running = subprocess.Popen(
                command, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )

    def wait(self) -> None:
        """Waits until it answers. Raises RuntimeError with the end of its log if it does not."""
        deadline = time.monotonic() + START_SECONDS
        while not self.answers():
            ended = self._running is None or self._running.poll() is not None
            if ended or time.monotonic() > deadline:
                raise RuntimeError(f"{type(self).__name__} at {self.address}@{self.port} does not start:\n{self.log()}")

    def log(self) -> str:
        """The last lines that it wrote."""
        return "\n".join((self.folder / "log").read_text("utf-8", "replace").splitlines()[-20:])

    def stop(self) -> None:
        """Ends the program and waits for its end."""
        if self._running is None:
            return
        self._running.terminate()
        try:
            self._running.wait(5)
        except subprocess.TimeoutExpired:
            self._running.kill()
            self._running.wait()
        self._running = None

    def signal(self, number: signal.Signals) -> None:
        """Sends a signal to the running program."""
        if self._running is None:
            raise RuntimeError(f"{type(self).__name__} is not running")
        self._running.send_signal(number)


@dataclass
class Authority(Process):
    """A server of zones. `zones` maps each origin, without final dot, to its zone file; None: configured, but no file."""

    zones: Mapping[str, str | None] = field(default_factory=dict)
    refresh_log: int = field(default=0, init=False)

    def write_zones(self) -> dict[str, Path]:
        """Writes the zone files and gives the path of each; a zone without text has a path where nothing is."""
        paths = {}
        for number, (origin, text) in enumerate(sorted(self.zones.items())):
            paths[origin] = self.folder / f"zone-{number}"
            if text is not None:
                paths[origin].write_text(text, "utf-8")
        return paths

    def answers(self) -> bool:
        """Whether the last zone that has a file is served: servers open their sockets before they read all files."""
        ready = [origin for origin, text in sorted(self.zones.items()) if text is not None]
        return all(serial_at(self.address, self.port, origin) is not None for origin in (ready[-1:] if ready else []))

    def replace(self, zones: Mapping[str, str | None]) -> None:
        """Serves other contents of the same zones; returns when it does. Serials must rise."""
        self.zones = zones
        paths = self.write_zones()
        wanted = {origin: _serial_in(paths[origin], origin) for origin, text in zones.items() if text is not None}
        self.signal(signal.SIGHUP)
        deadline = time.monotonic() + START_SECONDS
        while any(serial_at(self.address, self.port, origin) != serial for origin, serial in wanted.items()):
            if time.monotonic() > deadline:
                raise RuntimeError(f"{type(self).__name__} does not load the new zones:\n{self.log()}")


def ask(address: str, port: int, name: str, kind: str, *, seconds: float = 0.2) -> dns.message.Message | None:
    """The answer to one question with EDNS and DO, None if none comes in time."""
    query = dns.message.make_query(name, kind, want_dnssec=True)
    try:
        return dns.query.udp(query, address, port=port, timeout=seconds)
    except (dns.exception.DNSException, OSError):
        return None


def serial_at(address: str, port: int, origin: str) -> int | None:
    """The serial of a zone as this server has it; None if it does not answer for the zone."""
    answer = ask(address, port, origin + ".", "SOA", seconds=0.05)
    if answer is None or answer.rcode() != dns.rcode.NOERROR:
        return None
    serials = [int(rdata.serial) for rrset in answer.answer if rrset.rdtype == dns.rdatatype.SOA for rdata in rrset]
    return serials[0] if serials else None


def _serial_in(path: Path, origin: str) -> int:
    made = dns.zone.from_file(str(path), origin=origin + ".", relativize=False, check_origin=False)
    return int(made.find_rdataset(made.origin or dns.name.root, "SOA")[0].serial)


def run_all(processes: Iterable[Process]) -> None:
    """Starts all at once, then waits for each; ends all if one fails."""
    started = list(processes)
    try:
        for process in started:
            process.launch()
        for process in started:
            process.wait()
    except BaseException:
        for process in started:
            process.stop()
        raise


@dataclass
class Nsd(Authority):
    """NSD. Rate limiting and remote control are off."""

    addresses: tuple[str, ...] = ()

    def command(self) -> list[str]:
        paths = self.write_zones()
        zones = "\n".join(
            f'zone:\n  name: "{origin or "."}"\n  zonefile: "{path}"\n  provide-xfr: 127.0.0.0/8 NOKEY'
            for origin, path in paths.items()
        )
        listening = "\n".join(f"  ip-address: {each}@{self.port}" for each in self.addresses or (self.address,))
        (self.folder / "nsd.conf").write_text(
            f"""server:
{listening}
  username: ""
  chroot: ""
  zonesdir: "{self.folder}"
  database: ""
  pidfile: "{self.folder}/pid"
  xfrdfile: "{self.folder}/xfrd"
  zonelistfile: "{self.folder}/zonelist"
  server-count: 1
  rrl-ratelimit: 0
  hide-version: yes
  minimal-responses: yes
  verbosity: 1
remote-control:
  control-enable: no
{zones}
""",
            "utf-8",
        )
        return [tool("nsd"), "-d", "-c", str(self.folder / "nsd.conf")]


@dataclass
class Knot(Authority):
    """Knot DNS with zones signed elsewhere."""

    def command(self) -> list[str]:
        paths = self.write_zones()
        zones = "\n".join(f'  - domain: "{origin or "."}."\n    file: "{path}"' for origin, path in paths.items())
        (self.folder / "knot.conf").write_text(
            f"""server:
  listen: {self.address}@{self.port}
  rundir: "{self.folder}"
  udp-workers: 1
  tcp-workers: 1
  background-workers: 1
log:
  - target: stderr
    any: info
database:
  storage: "{self.folder}"
template:
  - id: default
    storage: "{self.folder}"
    zonefile-sync: -1
    journal-content: none
    semantic-checks: off
zone:
{zones}
""",
            "utf-8",
        )
        return [tool("knotd"), "-c", str(self.folder / "knot.conf")]


@dataclass
class KnotSecondary(Process):
    """Knot DNS as a secondary of one zone: it transfers from `primary` when it is notified or its refresh time is over."""

    origin: str = ""
    primary: str = ""

    def command(self) -> list[str]:
        (self.folder / "knot.conf").write_text(
            f"""server:
  listen: {self.address}@{self.port}
  rundir: "{self.folder}"
database:
  storage: "{self.folder}"
remote:
  - id: primary
    address: {self.primary}@{self.port}
acl:
  - id: anybody-here
    address: 127.0.0.0/8
    action: notify
zone:
  - domain: "{self.origin}."
    storage: "{self.folder}"
    master: primary
    acl: anybody-here
""",
            "utf-8",
        )
        return [tool("knotd"), "-c", str(self.folder / "knot.conf")]

    def answers(self) -> bool:
        return serial_at(self.address, self.port, self.origin) is not None

    def notify(self) -> None:
        """Tells it that the zone has changed; returns when it has the primary's serial."""
        message = dns.message.make_query(f"{self.origin}.", "SOA")
        message.set_opcode(dns.opcode.NOTIFY)
        message.flags |= dns.flags.AA
        wanted = serial_at(self.primary, self.port, self.origin)
        dns.query.udp(message, self.address, port=self.port, timeout=5)
        deadline = time.monotonic() + START_SECONDS
        while serial_at(self.address, self.port, self.origin) != wanted:
            if time.monotonic() > deadline:
                raise RuntimeError(f"the secondary does not follow:\n{self.log()}")


@dataclass
class Bind(Authority):
    """BIND as a server of zones, strict about DNS cookies. It listens only at addresses that an interface really has."""

    addresses: tuple[str, ...] = ()

    def command(self) -> list[str]:
        paths = self.write_zones()
        zones = "\n".join(
            f'zone "{origin or "."}" {{ type primary; file "{path}"; }};' for origin, path in paths.items()
        )
        four = " ".join(f"{each};" for each in self.addresses or (self.address,) if ":" not in each)
        six = " ".join(f"{each};" for each in self.addresses or (self.address,) if ":" in each)
        (self.folder / "named.conf").write_text(
            f"""options {{
  directory "{self.folder}"; pid-file none; session-keyfile none; managed-keys-directory "{self.folder}";
  listen-on port {self.port} {{ {four or "none;"} }};
  listen-on-v6 port {self.port} {{ {six or "none;"} }};
  recursion no; notify no; check-integrity no; minimal-responses yes; dnssec-validation no;
  check-names primary ignore; zone-statistics none; empty-zones-enable no; require-server-cookie yes;
}};
controls {{ }};
{zones}
""",
            "utf-8",
        )
        return [tool("named"), "-g", "-n", "1", "-c", str(self.folder / "named.conf")]
