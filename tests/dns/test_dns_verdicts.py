"""The verdict on small worlds of real packets: ready, not yet, wrong, broken, unknown."""


async def test_a_value_at_every_server_is_ready(world, token):
    world.zone("northwind.example", f'@ TXT "{token}"\n@ TXT "v=spf1 -all"', [world.address(1), world.address(2)])
    diagnosis = await world.diagnose()
    assert diagnosis.verdict == "ready", diagnosis.findings
    assert [finding.code for finding in diagnosis.findings] == ["all-right"]


async def test_a_signed_zone_with_the_value_is_ready_and_secure(signed_world, token):
    signed_world.zone("northwind.example", f'@ TXT "{token}"', [signed_world.address(1), signed_world.address(2)])
    diagnosis = await signed_world.diagnose()
    assert (diagnosis.verdict, diagnosis.dnssec.status) == ("ready", "secure"), (diagnosis.findings, diagnosis.dnssec)
    assert [finding.code for finding in diagnosis.findings] == ["all-right"]


async def test_a_secondary_with_an_older_serial_makes_it_not_yet(world, token):
    servers = [world.address(1), world.address(2)]
    world.zone("northwind.example", f'@ TXT "{token}"', servers, serial=2)
    world.copies[world.address(2), "northwind.example"] = world.make_zone("northwind.example", "", servers, serial=1)
    diagnosis = await world.diagnose()
    assert diagnosis.verdict == "not_yet"
    assert (diagnosis.ready_at - diagnosis.checked_at).total_seconds() == 900
    [finding] = diagnosis.blockers()
    assert (finding.code, finding.servers) == ("secondary-lag", ("ns2.northwind.example. 127.53.2.2",))


async def test_no_record_is_wrong(world):
    world.zone("northwind.example", '@ TXT "v=spf1 -all"', [world.address(1)])
    diagnosis = await world.diagnose()
    assert (diagnosis.verdict, diagnosis.blockers()[0].code) == ("wrong", "value-not-among-txt")


async def test_servers_that_refuse_are_broken(world):
    world.zone("northwind.example", "", [world.address(1)])
    world.build()
    world.serving[world.address(1)] = []
    await world.start()
    diagnosis = await world.diagnose()
    assert (diagnosis.verdict, diagnosis.blockers()[0].code) == ("broken", "no-server-answers")


async def test_without_a_value_a_healthy_zone_is_unknown(world):
    world.zone("northwind.example", "", [world.address(1)])
    diagnosis = await world.diagnose(value=None)
    assert diagnosis.verdict == "unknown"
