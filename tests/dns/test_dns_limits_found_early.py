"""A limit that is hit before the domain's servers are found says nothing about these servers."""


async def test_a_limit_before_the_servers_are_found_is_unknown_and_blames_no_server(world, token):
    world.zone("hosts.example", "ns1 A 127.53.2.1\n", [world.address(1)])
    world.zone("northwind.example", f'@ NS ns1.hosts.example.\n@ TXT "{token}"', [world.address(1)])
    diagnosis = await world.diagnose(max_queries=8)
    codes = {finding.code for finding in diagnosis.findings}
    assert diagnosis.verdict == "unknown", diagnosis.findings
    assert "limit-reached" in codes
    assert "no-server-found" not in codes
