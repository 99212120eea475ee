"""A record that is added at the primary, and a secondary that really copies the zone: lag, then ready; and removal."""

from dataclasses import replace
from datetime import timedelta

import pytest
from lab.cases import HOLDS
from lab.servers import KnotSecondary, run_all
from lab.world import Leaf, World

BEFORE = Leaf("copied.co.uk", '@ TXT "v=spf1 -all"', on=("a", "second"), serial=1, refresh=7200, signed="nsec")
AFTER = replace(BEFORE, records=HOLDS, serial=2)


@pytest.fixture(scope="module")
def world(start_world) -> World:
    return start_world((BEFORE,))


@pytest.fixture(scope="module")
def secondary(world) -> KnotSecondary:
    made = KnotSecondary(
        world.folder / "second", world.address("second"), world.port, origin=BEFORE.origin, primary=world.address("a")
    )
    world.resolvers.append(made)
    run_all([made])
    return made


async def test_a_record_travels_from_the_primary_to_the_secondary_and_is_gone_again(world, secondary):
    nowhere = await world.diagnose("copied.co.uk")
    assert (nowhere.verdict, nowhere.blockers()[0].code) == ("wrong", "value-not-among-txt")

    world.change((AFTER,))
    lagging = await world.diagnose("copied.co.uk")
    [finding] = lagging.blockers()
    assert (lagging.verdict, finding.code, finding.servers) == ("not_yet", "secondary-lag", (world.server("second"),))
    assert (finding.eta, lagging.ready_at) == (timedelta(hours=2), world.now + timedelta(hours=2))

    secondary.notify()
    ready = await world.diagnose("copied.co.uk")
    assert (ready.verdict, ready.dnssec.status) == ("ready", "secure"), ready.findings
    assert [finding.code for finding in ready.findings] == ["all-right"]

    world.change((replace(BEFORE, serial=3),))
    secondary.notify()
    removed = await world.diagnose("copied.co.uk", verified_at=world.now)
    assert removed.verdict == "wrong"
    assert "record-removed" in {finding.code for finding in removed.findings}
