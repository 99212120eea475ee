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
        await scene.quiet()
        await scene.tick("lena", 0, "Send the DIP Onb")
        await scene.tick("lena", 0, "Install Micro", "Add the DIP site", "Read the onb", "Name the DNS contact")
        await scene.tick("uma", 0, "Receive the inv")
        await scene.tick("carl", 0, "Be able to")
        await scene.tick("priya", 0, "Tell recep")
        await scene.tick(
            "uma", 1, "Open the DIP", "Sign in", "Approve", "Read and accept", "Reach the DIP", "Enter the company details"
        )
        await scene.tick("uma", 2, "Add the Cert", "Add the Message", "Add the other", "See that", "Plan a second")
        await scene.tick("priya", 3, "Open GlobalSign", "Fill in the form")
        print(await scene.workspace.transcript(await scene.thread()))
        await scene.person("priya").click("Approved", in_=await scene.thread())
        await scene.quiet()
        await scene.tick("carl", 3, "Work through", "See the registration")
        await scene.tick("carl", 4, "Generate API", "Make a new key", "Generate the Atlas", "Pack key", "Enter the cred", "Save and")
        print('=====================')
        print(await scene.workspace.transcript(await scene.thread()))
