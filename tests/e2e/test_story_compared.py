"""Verified means compared: what a certificate is held against in the thread, and what is said where the other half is missing."""

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from e2e import walk
from e2e.provider import Authority, make_csr
from e2e.stage import stage

pytestmark = pytest.mark.e2e


async def _at_the_certificate(scene):
    """Step 6 is open, and its CSR on record."""
    await walk.start(scene, at=6)
    carl, thread = scene.person("carl"), await scene.thread()
    await scene.tick("carl", 6, "Note which certificate")
    csr, text = make_csr(walk.HOST, walk.COMPANY)
    await carl.upload("dip.csr", text.encode(), to=thread)
    await scene.says("The CSR is good")
    return csr


async def _authority(scene, *, known: bool = True) -> Authority:
    return Authority(await scene.workspace.now(), scene.folder if known else None)


async def test_a_certificate_for_another_key_than_the_csr_is_refused_and_says_why(tmp_path):
    async with stage(tmp_path) as scene:
        await _at_the_certificate(scene)
        other, _ = make_csr(walk.HOST, walk.COMPANY)
        issued = (await _authority(scene)).issue(other, walk.HOST)
        await scene.person("carl").upload("dip.pem", issued.encode(), to=await scene.thread())
        looked = await scene.says("will not do")
        assert "It was made for another key than the CSR of this track" in looked.text
        assert "hand in the right one" in looked.text
        assert "☐" in _line(await scene.step_message(6), "Download the certificate")


async def test_the_dns_contact_s_own_certificate_is_advice_and_closes_nothing(tmp_path):
    async with stage(tmp_path) as scene:
        csr = await _at_the_certificate(scene)
        issued = (await _authority(scene)).issue(csr, walk.HOST)
        await scene.person("dora").upload("dip.pem", issued.encode(), to=await scene.thread())
        looked = await scene.says("it closes nothing")
        assert "@carl" not in looked.text
        assert "Carl" in looked.text
        assert "☐" in _line(await scene.step_message(6), "Download the certificate")


async def test_an_issuer_that_nobody_named_and_a_chain_that_did_not_come_are_said(tmp_path):
    async with stage(tmp_path) as scene:
        csr = await _at_the_certificate(scene)
        carl, thread = scene.person("carl"), await scene.thread()
        issued = (await _authority(scene, known=False)).issue(csr, walk.HOST)
        await carl.upload("dip.pem", issued.encode(), to=thread)
        looked = await scene.says("not everything could be compared")
        assert "Issuer not known: CN=Example Issuing CA" in looked.text.replace("*", "")
        assert "It came without the certificates of its issuers" in looked.text
        await carl.click("It is the right one", in_=looked)
        await scene.quiet()
        line = _line(await scene.step_message(6), "Download the certificate")
        assert "attested by Carl Penrose" in line
        assert "(chain not seen, issuer not known)" in line


async def test_production_does_not_take_the_certificate_of_uit(tmp_path):
    async with stage(tmp_path) as scene:
        csr = await _at_the_certificate(scene)
        issued = (await _authority(scene)).issue(csr, walk.HOST)
        carl = scene.person("carl")
        await carl.upload("dip.pem", issued.encode(), to=await scene.thread())
        await scene.says("The certificate is good")
        await walk.start(scene, {"Environment": "Production"}, at=6)
        production = await scene.thread()
        await carl.upload("dip.pem", issued.encode(), to=production)
        looked = await scene.workspace.message(production, containing="other track")
        assert "It is a file of the company's other track" in looked.text
        assert "The CSR of this track was not seen here" in looked.text
        assert "verified" not in looked.text


async def test_a_certificate_of_a_key_that_was_posted_is_refused_and_what_rested_on_it_opens_again(tmp_path):
    async with stage(tmp_path) as scene:
        await walk.start(scene, at=6)
        carl, thread = scene.person("carl"), await scene.thread()
        await scene.tick("carl", 6, "Note which certificate")
        key = rsa.generate_private_key(65537, 2048)
        csr, text = make_csr(walk.HOST, walk.COMPANY, key)
        await carl.upload("dip.csr", text.encode(), to=thread)
        await scene.says("The CSR is good")
        sealed = serialization.NoEncryption()
        pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, sealed)
        await carl.upload("dip.key", pem, to=thread)
        posted = await scene.says("private key was posted here")
        assert "Make key and CSR and have the CSR checked" in posted.text
        assert "☐" in _line(await scene.step_message(6), "Make key and CSR")
        await carl.upload("dip.pem", (await _authority(scene)).issue(csr, walk.HOST).encode(), to=thread)
        looked = await scene.says("will not do")
        assert "The private key of this certificate was posted in a chat" in looked.text


async def test_a_kind_that_was_answered_chooses_the_profile(tmp_path):
    async with stage(tmp_path) as scene:
        await walk.start(scene, at=6, changes=DCP)
        carl, thread = scene.person("carl"), await scene.thread()
        await scene.tick("carl", 6, "Say which certificate", fields={"Kind (Say which certificate it is)": "mTLS"})
        csr, text = make_csr(walk.HOST, walk.COMPANY)
        await carl.upload("dip.csr", text.encode(), to=thread)
        await scene.says("The CSR is good")
        issued = (await _authority(scene)).issue(csr, walk.HOST, usages=("ocsp", "server"))
        await carl.upload("dip.pem", issued.encode(), to=thread)
        looked = await scene.says("will not do")
        assert "What to do" in looked.text, looked.text


DCP = {"Participant type": "DIP Connection Provider (DCP)"}


def _line(message, title: str) -> str:
    return next(line for line in message.text.splitlines() if title in line)
