"""The parts of a story that most stories share: how a team walks through each step, by what people press and type."""

from e2e.provider import TOKEN, Authority, add_txt, make_csr
from e2e.stage import CHANNEL, STARTS, Stage

COMPANY = "Northwind Energy Ltd"
DOMAIN = "northwind.example"
HOST = "dip.northwind.example"

PEOPLE = {
    "Primary User Admin": ["uma"],
    "Primary Certificate Admin": ["priya"],
    "Certificate Admin": ["carl"],
    "Message Admin": ["mo"],
    "DNS contact in Slack": ["dora"],
}
DETAILS = {
    "Registered company name": COMPANY,
    "Domain": DOMAIN,
    "Company number": "01234567",
    "Short company description": "Supplier",
}


NOW_AT = {
    3: "Step 3: GlobalSign account and vetting",
    4: "Step 4: API credentials",
    5: "Step 5: Domain verification",
    6: "Step 6: Create a signing/mTLS certificate",
    8: "Step 8: Message channels",
}


async def start(scene: Stage, changes: dict[str, object] | None = None, *, at: int = 0, channel: str = CHANNEL) -> None:
    """The lead starts an onboarding, in Step `at`; `changes` are laid over what is entered, None leaves a field alone."""
    lena = scene.person("lena")
    await lena.command("/dip start", channel=channel)
    await lena.modal("Start DIP onboarding")
    values: dict[str, object] = {**DETAILS, **PEOPLE, **(changes or {})}
    if at:
        values["Where are you now?"] = NOW_AT[at]
    await lena.submit({label: value for label, value in values.items() if value is not None})
    await scene.quiet()


async def prerequisites(scene: Stage) -> None:
    await scene.tick("lena", 0, "Send the DIP Onboarding")
    await scene.tick("lena", 0, "Install Microsoft", "Add the DIP site", "Read the onboarding", "Name the DNS contact")
    await scene.tick("carl", 0, "Be able to convert")
    await scene.tick("priya", 0, "Tell reception")
    await scene.tick("uma", 0, "Receive the invitation")


async def access(scene: Stage) -> None:
    await scene.tick("uma", 1, "Open the DIP", "Sign in", "Approve the request", "Read and accept", "Reach the DIP")
    await scene.tick("uma", 1, "Enter the company details")


async def users(scene: Stage) -> None:
    await scene.tick("uma", 2, "Add the Certificate", "Add the Message", "Add the other", "See that everybody")
    await scene.tick("uma", 2, "Plan a second holder")


async def vetting(scene: Stage) -> None:
    await scene.tick("priya", 3, "Open GlobalSign's", "Fill in the form")
    await scene.person("priya").click("Approved", in_=await scene.thread())
    await scene.quiet()
    await scene.tick("carl", 3, "Work through", "See the registration")


async def credentials(scene: Stage) -> None:
    await scene.tick("carl", 4, "Generate API", "Make a new key", "Generate the Atlas", "Pack key and")
    await scene.tick("carl", 4, "Enter the credentials", "Save and go on")


async def domain(scene: Stage, value: str = TOKEN) -> None:
    thread = await scene.thread()
    await claim(scene, value)
    await add_txt(scene.workspace, DOMAIN, value)
    await scene.person("dora").click("I have added it", in_=thread)
    await scene.quiet()
    await submit_in_portal(scene)


async def claim(scene: Stage, value: str = TOKEN) -> None:
    """What the portal shows is entered; the request to the DNS contact follows from it."""
    carl = scene.person("carl")
    await carl.click("Enter what the portal shows", in_=await scene.thread())
    await carl.submit({"Domain": f"{DOMAIN}.", "Value": value, "Shown since": STARTS.date()})
    await scene.quiet()


async def submit_in_portal(scene: Stage) -> None:
    await scene.tick("carl", 5, 'Tick "DNS record added"')
    await scene.person("carl").click("It worked", in_=await scene.thread())
    await scene.quiet()


async def certificate(scene: Stage, first: str = "Note which certificate", *, compared: bool = True) -> None:
    """`compared` False: the kind is not known, so that both files are only attested."""
    carl, thread = scene.person("carl"), await scene.thread()
    await scene.tick("carl", 6, first)
    csr, text = make_csr(HOST, COMPANY)
    await carl.upload("dip.csr", text.encode(), to=thread)
    looked = await scene.says("The CSR is good")
    if not compared:
        await carl.click("It is the right one", in_=looked)
        await scene.quiet()
    await scene.tick("carl", 6, "Submit the CSR")
    await carl.click("Issued", in_=thread)
    await scene.quiet()
    authority = Authority(await scene.workspace.now(), scene.folder)
    await carl.upload("dip.pem", authority.issue(csr, HOST).encode(), to=thread)
    looked = await scene.says("The certificate is good")
    if not compared:
        await carl.click("It is the right one", in_=looked)
        await scene.quiet()
    await scene.tick("carl", 6, "Install it", "Mark it as active")


async def ids(scene: Stage) -> None:
    uma, thread = scene.person("uma"), await scene.thread()
    await uma.click("Add rows", in_=thread)
    await uma.submit({"One row a line": "MPID, role, DIP ID\nNWND, SUP, 2200000001\nNWND; SDS; 2200000002"})
    await scene.quiet()
    compared = {"In the portal (Compare your list with the portal's)": "All are listed"}
    await scene.tick("uma", 7, "List your MPIDs", "Compare your list", fields=compared)
    await scene.tick("uma", 7, "Create a DIP ID", "Issue the API keys")
    await scene.tick("mo", 7, "Add members")
    await close_rows(scene, "uma", 7, 2)


async def channels(scene: Stage, *, qualification: bool = True) -> None:
    mo, thread = scene.person("mo"), await scene.thread()
    await mo.click("Add rows", in_=thread)
    rows = "2200000001, all, https://dip.northwind.example/hook\n2200000002, all, https://dip.northwind.example/hook2"
    await mo.submit({"One row a line": rows})
    await scene.quiet()
    await scene.tick("mo", 8, "Have the webhook ready", "List the DIP IDs", "Enter the URL")
    await scene.tick("mo", 8, "Receive a test message", "Pass the smoke test")
    await close_rows(scene, "mo", 8, 2)
    await scene.tick("lena", 8, "Note when the CoCo", *(["Note when qualification"] if qualification else []))


async def production(scene: Stage) -> None:
    """From the last message of the UIT thread to the end of Production; what UIT has proven is asked about."""
    lena = scene.person("lena")
    await lena.click("Start Production…", in_=await scene.thread())
    await lena.modal("Start the other track")
    await lena.submit()
    await scene.quiet()
    await scene.tick("lena", 0, "Send the DIP Onboarding", "Be qualified by")
    await scene.tick("lena", 0, "Install Microsoft", "Add the DIP site", "Read the onboarding", "Name the DNS contact")
    await scene.tick("carl", 0, "Be able to convert")
    await scene.tick("uma", 0, "Receive the invitation")
    await access(scene)
    await users(scene)
    shown = "Already shown as done (Look whether the portal already shows"
    await scene.tick("carl", 4, "Look whether", fields={f"{shown} this stage as done)": "Yes"})
    await scene.tick("carl", 5, "Look whether", fields={f"{shown} the domain as verified)": "Yes"})
    await certificate(scene)
    await ids(scene)
    mo = scene.person("mo")
    await mo.click("Add rows", in_=await scene.step_message(8))
    await mo.submit({"One row a line": "2200000001, all, https://live.northwind.example/hook"})
    await scene.quiet()
    await scene.tick("mo", 8, "Have the webhook ready", "List the DIP IDs", "Enter the URL")
    await scene.tick("mo", 8, "Receive a test message", "Pass the smoke test")
    await close_rows(scene, "mo", 8, 1)
    await scene.tick("lena", 8, "Note when the CoCo", "Note when Service Activation")


async def close_rows(scene: Stage, handle: str, step: int, count: int) -> None:
    person = scene.person(handle)
    for number in range(count):
        await person.click("More", in_=await scene.step_message(step))
        view = await person.modal("More")
        row = [label for label in view.buttons if label.startswith("Row: ")][number]
        await person.click(row)
        await person.modal("One row")
        await person.submit({"State": ["Done"]})
        await scene.quiet()


async def whole(scene: Stage) -> None:
    """From Step 0 to the end of Step 8."""
    for part in (prerequisites, access, users, vetting, credentials, domain, certificate, ids, channels):
        await part(scene)
