"""An answer may hold a CNAME and what stands at its target; the target is looked at all the same."""


async def test_a_value_at_the_target_in_the_same_answer_is_ready(world, token):
    world.zone("northwind.example", f'dip CNAME there\nthere TXT "{token}"', [world.address(1), world.address(2)])
    diagnosis = await world.diagnose("dip.northwind.example")
    assert diagnosis.verdict == "ready", diagnosis.findings
    assert {finding.code for finding in diagnosis.findings} == {"all-right", "cname-followed"}


async def test_a_target_in_the_same_answer_without_the_value_is_wrong(world):
    world.zone("northwind.example", 'dip CNAME there\nthere TXT "v=spf1 -all"', [world.address(1)])
    diagnosis = await world.diagnose("dip.northwind.example")
    assert diagnosis.verdict == "wrong"
    assert "cname-followed" in {finding.code for finding in diagnosis.findings}
