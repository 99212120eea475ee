"""A record that is split with blanks is reported with every server that gives it."""


async def test_a_value_split_with_blanks_names_all_servers(world, token):
    servers = [world.address(1), world.address(2)]
    world.zone("northwind.example", f'@ TXT "{token[:40]} " "{token[40:]}"', servers)
    diagnosis = await world.diagnose()
    [finding] = [each for each in diagnosis.findings if each.code == "value-split-with-blank"]
    assert finding.servers == ("ns1.northwind.example. 127.53.2.1", "ns2.northwind.example. 127.53.2.2")
