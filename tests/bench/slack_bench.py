"""What the bot does for people in Slack, measured through real sockets: clicks, status, start, memory, and a crash.

The Slack side is the lean driver of `slack_side`, not the local workspace: that checks every payload and keeps it, which
would be measured in the bot's place. Bots run in processes of their own, on another CPU than driver and database.
Dipper's outbox works while clicks are counted, at Slack's pace of one message a second and channel, over 10 channels.
"""

import asyncio
import shutil
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from services import postgres

from tests.bench.bots import BARE, DIPPER, EAGER, Bot
from tests.bench.clicks import Press, Round, any_presses, one_round, presses, quantile, status_command, timed
from tests.bench.slack_side import SlackSide
from tests.bench.stock import Clicked, Witness, compare, fill, firm

SQLITE, POSTGRESQL = "SQLite", "PostgreSQL"
TRANSPORTS = ("socket", "http")
WITNESSED = 20  # every so many acknowledgements one is looked for at once by a second connection
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Size:
    """How much is measured. `rounds` of `seconds` each, for every number of clicks `at_once` and every bot."""

    many: int
    few: int
    rounds: int
    seconds: float
    at_once: tuple[int, ...]
    asks: int
    starts: int
    crash_after: int  # acknowledged clicks


FULL = Size(many=10_000, few=10, rounds=5, seconds=1.2, at_once=(1, 16, 64, 256), asks=200, starts=5, crash_after=1500)
QUICK = Size(many=300, few=10, rounds=1, seconds=0.3, at_once=(1, 16), asks=10, starts=1, crash_after=60)


class Stock:
    """Filled databases of both kinds, copied for each use so that every bot begins with the same."""

    def __init__(self, folder: Path, size: Size, server: postgres.Postgres | None) -> None:
        self._folder = folder
        self._server = server
        self._sizes = {"many": size.many, "few": size.few}
        self._copies = 0

    def copy(self, kind: str, how_many: str) -> str:
        self._copies += 1
        if kind == SQLITE:
            original, copy = self._folder / f"{how_many}.db", self._folder / f"copy{self._copies}.db"
            if not original.exists():
                fill(f"sqlite:///{original}", self._sizes[how_many])
            shutil.copy(original, copy)
            return f"sqlite:///{copy}"
        if self._server is None:
            raise RuntimeError("there is no PostgreSQL to copy in")
        if how_many not in self._filled():
            fill(self._server.create(how_many), self._sizes[how_many])
            (self._folder / f"{how_many}.postgresql").touch()
        return self._server.create(f"copy{self._copies}", template=how_many)

    def _filled(self) -> set[str]:
        return {path.stem for path in self._folder.glob("*.postgresql")}


def private_postgres(stack: ExitStack, say: Say) -> postgres.Postgres | None:
    """A server of our own that flushes to disk at every commit, as one in use does; the tests' own does not."""
    try:
        server = stack.enter_context(postgres.running())
    except RuntimeError as error:
        say(f"PostgreSQL is left out: {error}")
        return None
    server.stop("fast")
    options = f"-c listen_addresses='' -c unix_socket_directories='{server.folder}' -c fsync=on -c max_connections=40"
    log = str(server.folder / "log")
    server.run("pg_ctl", "-D", str(server.folder / "data"), "-w", "-s", "-l", log, "-o", options, "start")
    return server


class Bench:
    """Runs the parts and keeps their figures. Figures of one run may be compared with each other, and with no other's."""

    def __init__(self, folder: Path, size: Size, stock: Stock, side: SlackSide, say: Say) -> None:
        self._size = size
        self._stock = stock
        self._side = side
        self._say = say
        self._log = folder / "bots.log"

    async def everything(self, databases: Sequence[str], transports: Sequence[str]) -> dict[str, Any]:
        combinations = [(database, transport) for database in databases for transport in transports]
        figures: dict[str, Any] = {"clicks": [], "status": [], "start": [], "memory": [], "crash": []}
        for database, transport in combinations:
            await self._clicks(database, transport, figures)
        self._say(f"\n/dip status, one at a time   {'p50 ms':>8} {'p99 ms':>8}")
        for database, transport in combinations:
            figures["status"].append(await self._status(database, transport))
        self._say(f"\nstart to first ack           {'Dipper':>8} {'bare':>8}  ratio")
        for database, transport in combinations:
            figures["start"].append(await self._start(database, transport))
        self._say("\nkilled while 16 click at once, every tenth click delivered twice")
        for database, transport in combinations:
            figures["crash"].append(await self._crash(database, transport))
        return figures

    def _bot(self, kind: str, transport: str, database: str = "") -> Bot:
        return Bot.start(self._side, kind, transport, self._log, database=database)

    async def _clicks(self, database: str, transport: str, figures: dict[str, Any]) -> None:
        url = await asyncio.to_thread(self._stock.copy, database, "many")
        supply = presses(self._size.many)
        bots = [self._bot(DIPPER, transport, url), self._bot(BARE, transport), self._bot(EAGER, transport)]
        try:
            for bot in bots:
                await bot.ready()
                await self._warm(bot, supply if bot.kind == DIPPER else any_presses())
            idle = bots[0].rss_mib()
            self._say(f"\n{database}, {_named(transport)}")
            self._say(
                f"{'bot':<18} at once  clicks/s   p50 ms   p99 ms  CPU us  failed  ratio p99 ratio  messages  driver  others"
            )
            acknowledged: list[Clicked] = []
            for at_once in self._size.at_once:
                rounds = await self._rounds(bots, supply, at_once, acknowledged)
                figures["clicks"] += [self._told(database, transport, kind, rounds) for kind in (DIPPER, BARE, EAGER)]
            after = bots[0].rss_mib()
            self._say(
                f"{'memory of Dipper':<18} {idle:.0f} MiB idle, {after:.0f} MiB after {len(acknowledged):,} clicks"
            )
        finally:
            for bot in bots:
                await bot.stop()
        compared = compare(url, acknowledged)
        self._say(
            f"{'in the record':<18} {compared.acknowledged:,} acknowledged, {compared.lost} lost, {compared.doubled} doubled"
        )
        figures["memory"].append({"database": database, "transport": transport, "idle_mib": idle, "after_mib": after})
        figures["clicks"].append({"database": database, "transport": transport, "record": asdict(compared)})

    async def _warm(self, bot: Bot, supply: Iterator[Press]) -> None:
        await one_round(bot, supply, 4, min(0.3, self._size.seconds), self._side.calls)
        bot.pause()

    async def _rounds(
        self, bots: Sequence[Bot], supply: Iterator[Press], at_once: int, acknowledged: list[Clicked]
    ) -> list[Round]:
        """The bots take turns; whoever is not measured is stopped, so that its outbox does not disturb the others."""
        rounds = []
        for _ in range(self._size.rounds):
            for bot in bots:
                bot.go_on()
                own = supply if bot.kind == DIPPER else any_presses()
                one, seen = await one_round(bot, own, at_once, self._size.seconds, self._side.calls)
                bot.pause()
                rounds.append(one)
                if bot.kind == DIPPER:
                    acknowledged += seen
        return rounds

    def _told(self, database: str, transport: str, kind: str, rounds: Sequence[Round]) -> dict[str, Any]:
        """Medians over the rounds; the ratio is that of each round to bare Bolt's of the same turn."""
        mine = [one for one in rounds if one.bot == kind]
        bare = [one for one in rounds if one.bot == BARE]
        middle = {
            name: statistics.median(getattr(one, name) for one in mine)
            for name in ("per_second", "p50_ms", "p99_ms", "cpu_us_a_click", "driver_cpu", "foreign_cpu", "messages")
        }
        ratio = statistics.median(
            one.per_second / max(other.per_second, 1e-9) for one, other in zip(mine, bare, strict=True)
        )
        p99 = statistics.median(one.p99_ms / max(other.p99_ms, 1e-9) for one, other in zip(mine, bare, strict=True))
        failed = sum(one.failed for one in mine)
        self._say(
            f"{kind:<18} {mine[0].at_once:>7} {middle['per_second']:>9,.0f} {middle['p50_ms']:>8.1f} "
            f"{middle['p99_ms']:>8.1f} {middle['cpu_us_a_click']:>7.0f} {failed:>7} {ratio:>6.2f} {p99:>9.2f} "
            f"{middle['messages']:>9.0f} {middle['driver_cpu']:>7.2f} {middle['foreign_cpu']:>7.2f}"
        )
        return {
            "database": database,
            "transport": transport,
            "bot": kind,
            "at_once": mine[0].at_once,
            **middle,
            "failed": failed,
            "ratio_to_bare": ratio,
            "p99_to_bare": p99,
            "rounds": [one.as_json() for one in mine],
        }

    async def _status(self, database: str, transport: str) -> dict[str, Any]:
        """The two take turns, so that what else runs here hits both."""
        bots = [
            self._bot(DIPPER, transport, await asyncio.to_thread(self._stock.copy, database, how))
            for how in ("many", "few")
        ]
        took: tuple[list[float], list[float]] = ([], [])
        try:
            for bot in bots:
                await bot.ready()
            for number in range(self._size.asks):
                at = firm(number % self._size.few)
                for bot, times in zip(bots, took, strict=True):
                    times.append(await timed(bot.line, status_command(at, number), at.short_id))
        finally:
            for bot in bots:
                await bot.stop()
        p50 = [quantile(times, 0.5) * 1000 for times in took]
        p99 = [quantile(times, 0.99) * 1000 for times in took]
        for index, count in enumerate((self._size.many, self._size.few)):
            self._say(
                f"{database}, {_named(transport)}: of {count:,}".ljust(36) + f"{p50[index]:>8.1f} {p99[index]:>8.1f}"
            )
        self._say(f"{'':<36}ratio of p50 {p50[0] / p50[1]:.2f}")
        return {
            "database": database,
            "transport": transport,
            "many": {"p50_ms": p50[0], "p99_ms": p99[0]},
            "few": {"p50_ms": p50[1], "p99_ms": p99[1]},
            "ratio_of_p50": p50[0] / p50[1],
        }

    async def _start(self, database: str, transport: str) -> dict[str, Any]:
        url, supply = await asyncio.to_thread(self._stock.copy, database, "many"), presses(self._size.many)
        seconds = {
            kind: [await self._to_first_ack(kind, transport, url, supply) for _ in range(self._size.starts)]
            for kind in (DIPPER, BARE)
        }
        ours, theirs = (statistics.median(seconds[kind]) for kind in (DIPPER, BARE))
        self._say(
            f"{database}, {_named(transport)}".ljust(28) + f"{ours:>7.2f} s {theirs:>6.2f} s {ours / theirs:>6.2f}"
        )
        return {
            "database": database,
            "transport": transport,
            "dipper_s": ours,
            "bare_s": theirs,
            "ratio": ours / theirs,
        }

    async def _to_first_ack(self, kind: str, transport: str, url: str, supply: Iterator[Press]) -> float:
        bot = self._bot(kind, transport, url if kind == DIPPER else "")
        try:
            await bot.ready()
            while await bot.line.ask(next(supply).delivery) is None:
                if bot.process.poll() is not None:
                    raise RuntimeError(f"{kind} ended with {bot.process.returncode}; its log says why")
            return time.perf_counter() - bot.began
        finally:
            await bot.stop()

    async def _crash(self, database: str, transport: str) -> dict[str, Any]:
        """Nothing that was acknowledged may be missing after a kill, and nothing be there twice."""
        url, supply = await asyncio.to_thread(self._stock.copy, database, "many"), presses(self._size.many)
        bot, witness = self._bot(DIPPER, transport, url), Witness(url)
        acknowledged: list[Clicked] = []
        try:
            await bot.ready()
            rest = [_press_until_killed(bot, supply, acknowledged, witness, self._size.crash_after) for _ in range(16)]
            await asyncio.gather(*rest)
        finally:
            await bot.stop()
            witness.close()
        compared = compare(url, acknowledged)
        again = await self._to_first_ack(DIPPER, transport, url, supply)
        self._say(
            f"{database}, {_named(transport)}".ljust(28)
            + f"{compared.acknowledged:,} acknowledged: {compared.lost} lost, "
            f"{compared.doubled} doubled, {witness.missing} of {witness.asked} not yet committed when acknowledged; "
            f"chains {'hold' if compared.chain_holds else 'BROKEN'}; back after {again:.1f} s"
        )
        seen = {"witnessed": witness.asked, "uncommitted_when_acknowledged": witness.missing}
        return {"database": database, "transport": transport, **asdict(compared), **seen, "back_after_s": again}


async def _press_until_killed(
    bot: Bot, supply: Iterator[Press], acknowledged: list[Clicked], witness: Witness, after: int
) -> None:
    """Whoever sees the last of so many acknowledgements kills the bot, while the others' presses are under way."""
    while bot.process.returncode is None:
        press = next(supply)
        if len(acknowledged) % 10 == 0:
            answers = await asyncio.gather(bot.line.ask(press.delivery), bot.line.ask(press.delivery))
        else:
            answers = [await bot.line.ask(press.delivery)]
        if any(answers):
            acknowledged.append(press.leaves)
            if len(acknowledged) % WITNESSED == 1:
                witness.look(press.leaves.key)
            if len(acknowledged) == after:
                bot.kill()


def _named(transport: str) -> str:
    return "Socket Mode" if transport == "socket" else "signed HTTP"
