"""A signed zone on the way to the record whose servers give no keys: validators refuse what lies below it."""


async def test_a_parent_zone_that_refuses_while_its_sub_zone_answers_is_never_ready(signed_world, token):
    world, address = signed_world, signed_world.address(1)
    world.zone("northwind.example", "", [address])
    world.zone("dip.northwind.example", f'@ TXT "{token}"', [address])
    world.build()
    world.serving[address].remove("northwind.example")
    await world.start()
    diagnosis = await world.diagnose("dip.northwind.example")
    assert (diagnosis.verdict, diagnosis.dnssec.status) == ("broken", "bogus"), diagnosis.findings
    [finding] = [each for each in diagnosis.findings if each.code == "keys-not-had"]
    assert (finding.class_, finding.who) == ("D19", "dns_admin")
    assert "northwind.example" in finding.summary


async def test_an_unsigned_parent_zone_that_refuses_needs_no_keys(world, token):
    world.zone("northwind.example", "", [world.address(1)])
    world.zone("dip.northwind.example", f'@ TXT "{token}"', [world.address(1)])
    world.build()
    world.serving[world.address(1)].remove("northwind.example")
    await world.start()
    diagnosis = await world.diagnose("dip.northwind.example")
    assert "keys-not-had" not in {each.code for each in diagnosis.findings}
