import pytest
from e2e.stage import CHANNEL, stage

pytestmark = pytest.mark.e2e


async def test_a_lead_starts_an_onboarding_and_gets_a_card_with_a_thread(tmp_path):
    async with stage(tmp_path) as scene:
        lena = scene.person("lena")
        await lena.command("/dip start", channel=CHANNEL)
        await lena.modal("Start DIP onboarding")
        await lena.submit(
            {
                "Registered company name": "Northwind Energy Ltd",
                "Primary User Admin": ["uma"],
                "Primary Certificate Admin": ["priya"],
                "Certificate Admin": ["carl"],
                "Message Admin": ["mo"],
                "DNS contact in Slack": ["dora"],
                "Domain": "northwind.example",
                "Company number": "01234567",
                "Short company description": "Supplier",
            }
        )
        card = await scene.card("Northwind Energy Ltd")
        await scene.quiet()
        print(await scene.workspace.transcript(card.thread))
