"""Many domains at once: no answer is lost, and each verdict is the same as alone."""

import asyncio
from pathlib import Path

from engine.dns import Claim, diagnose

T = "_globalsign-domain-verification=8gqZr-2mX_4HYTabcdefghijklmnopqrstuvwxyz01"
MANY = 24


def open_files():
    return len(list(Path("/proc/self/fd").iterdir()))


async def test_many_domains_at_once_get_the_verdicts_they_get_alone(world, now):
    servers = [world.address(1), world.address(2)]
    world.memo = {}
    world.dead.add(world.address(9))
    for number in range(MANY):
        kinds = {0: f'@ TXT "{T}"', 1: "", 2: f'www TXT "{T}"'}
        world.zone(
            f"many{number}.example", kinds[number % 3], [*servers, *([world.address(9)] if number % 20 == 0 else [])]
        )
    world.build()
    await world.start()
    options = world.options(timeout_seconds=5.0)

    def one(number):
        return diagnose(Claim.parse(f"many{number}.example", T), options, now)

    together = await asyncio.gather(*(one(number) for number in range(MANY)))
    expected = {0: ("ready", "all-right"), 1: ("wrong", "no-txt-record"), 2: ("wrong", "wrong-host-name")}
    for number, diagnosis in enumerate(together):
        verdict, code = expected[number % 3]
        assert diagnosis.verdict == verdict, (number, diagnosis.findings)
        assert code in {finding.code for finding in diagnosis.findings}
        assert len(diagnosis.servers) == (3 if number % 20 == 0 else 2)
    for number in (0, 1, 2):
        alone = await one(number)
        found = [(finding.code, finding.servers) for finding in alone.findings]
        assert found == [(finding.code, finding.servers) for finding in together[number].findings]


async def test_a_diagnosis_leaves_nothing_open(world):
    world.zone("northwind.example", f'@ TXT "{T}"', [world.address(1), world.address(9)])
    world.dead.add(world.address(9))
    await world.diagnose(value=T, timeout_seconds=0.2)
    await asyncio.sleep(0)
    descriptors = open_files()
    tasks = len(asyncio.all_tasks())
    for _ in range(3):
        await world.diagnose(value=T, timeout_seconds=0.2)
        await asyncio.sleep(0)
    assert open_files() <= descriptors + 2
    assert len(asyncio.all_tasks()) <= tasks + 1
