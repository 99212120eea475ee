"""Measures a DNS diagnosis: round trips, CPU, queries, one silent server, and many domains at once.

`python tests/bench/dns_diagnosis.py` prints one JSON object. The name servers run in a process of their own, so that
their CPU does not count; delays are simulated there. Compare figures of one run with each other only.
"""

import asyncio
import gc
import importlib.util
import json
import multiprocessing
import resource
import statistics
import sys
import time
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from engine.dns import Claim, Options, RootServer, diagnose  # noqa: E402  # after the path is set
from engine.dns.gather.wire import decode_kept  # noqa: E402  # the same

MANY = 200


def scripted() -> Any:
    """The module with the scripted name servers of tests/dns."""
    spec = importlib.util.spec_from_file_location("dns_worlds", ROOT / "tests" / "dns" / "conftest.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["dns_worlds"] = module
    spec.loader.exec_module(module)
    return module


def serve(pipe: Connection) -> None:
    """Serves a signed world with four servers, and a second domain with one of its four servers dead."""

    async def run() -> None:
        worlds = scripted()
        world = worlds._base(signed=True)
        world.memo = {}
        four = [world.address(number) for number in range(1, 5)]
        names = "\n".join(f"@ NS ns{number}.dns.example." for number in range(1, 5))
        world.zone("dns.example", "", four)
        world.zone("northwind.example", f'{names}\n@ TXT "{worlds.TOKEN}"', four)
        world.zone("deadwind.example", f'@ TXT "{worlds.TOKEN}"', [*four[:3], world.address(9)])
        world.dead.add(world.address(9))
        for number in range(MANY):
            world.zone(f"many{number}.example", f'{names}\n@ TXT "{worlds.TOKEN}"' if number % 2 else names, four)
        world.build()
        await world.start()
        pipe.send((world.port, world.options().trust_anchor))
        while True:
            if pipe.poll():
                world.delay = pipe.recv()
                pipe.send("ok")
            await asyncio.sleep(0.005)

    asyncio.run(run())


async def measure(pipe: Connection) -> dict[str, Any]:
    worlds = scripted()
    port, anchor = pipe.recv()

    def options(**changes: Any) -> Options:
        roots = (RootServer(worlds.dns.name.from_text("a.root.example."), (worlds.World.ROOT,)),)
        settings = {"root_hints": roots, "trust_anchor": anchor, "resolvers": (), "allow_private": True, "port": port}
        return Options(**(settings | changes))

    def delay(seconds: float) -> None:
        pipe.send(seconds)
        pipe.recv()

    async def one(domain: str, **changes: Any) -> tuple[float, float, Any]:
        wall, cpu = time.perf_counter(), time.process_time()
        diagnosis = await diagnose(Claim.parse(domain, worlds.TOKEN), options(**changes), worlds.NOW)
        return time.perf_counter() - wall, time.process_time() - cpu, diagnosis

    figures: dict[str, Any] = {}
    await one("northwind.example")
    first = []
    for _ in range(15):
        decode_kept.cache_clear()
        first.append((await one("northwind.example"))[1])
    figures["healthy_never_seen_before"] = {"cpu_ms": round(statistics.median(first) * 1000, 1)}
    runs = [await one("northwind.example") for _ in range(15)]
    figures["healthy_again"] = {
        "verdict": runs[0][2].verdict,
        "queries": runs[0][2].queries,
        "wall_ms": round(statistics.median(wall for wall, _, _ in runs) * 1000, 1),
        "cpu_ms": round(statistics.median(cpu for _, cpu, _ in runs) * 1000, 1),
    }
    for name, rtt in (("healthy_at_20_ms", 0.02), ("healthy_at_200_ms", 0.2)):
        delay(rtt)
        walls = []
        for _ in range(5):
            decode_kept.cache_clear()
            walls.append((await one("northwind.example"))[0])
        wall = statistics.median(walls)
        figures[name] = {"wall_ms": round(wall * 1000, 1), "round_trips": round(wall / rtt, 2)}
    delay(0.02)
    decode_kept.cache_clear()
    time_out = 1.0
    rest = (await one("northwind.example"))[0]
    wall, _, diagnosis = await one("deadwind.example", timeout_seconds=time_out)
    figures["one_of_four_silent"] = {
        "verdict": diagnosis.verdict,
        "wall_ms": round(wall * 1000, 1),
        "allowed_ms": round((1.1 * time_out + rest) * 1000, 1),
    }
    delay(0.0)
    alone = {number: (await one(f"many{number}.example"))[2].verdict for number in range(0, MANY, 7)}
    memory = []
    for _ in range(3):
        started = time.perf_counter()
        together = await asyncio.gather(*(one(f"many{number}.example", timeout_seconds=2) for number in range(MANY)))
        wall = time.perf_counter() - started
        gc.collect()
        memory.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
    verdicts = [diagnosis.verdict for _, _, diagnosis in together]
    figures["two_hundred_at_once"] = {
        "wall_s": round(wall, 2),
        "same_as_alone": all(verdicts[number] == verdict for number, verdict in alone.items()),
        "right": sum(verdict == ("ready" if number % 2 else "wrong") for number, verdict in enumerate(verdicts)),
        "peak_memory_mb_after_each_round": memory,
    }
    return figures


def main() -> None:
    ours, theirs = multiprocessing.get_context("spawn").Pipe()
    server = multiprocessing.get_context("spawn").Process(target=serve, args=(theirs,), daemon=True)
    server.start()
    try:
        print(json.dumps(asyncio.run(measure(ours)), indent=2))
    finally:
        server.terminate()
        server.join()


if __name__ == "__main__":
    main()
