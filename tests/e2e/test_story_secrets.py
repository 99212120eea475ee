"""A private key posted in any way: refused at once, told to the poster alone, and nowhere to be found afterwards."""

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from e2e import reading, walk
from e2e.stage import stage

from engine.store.tables import metadata

pytestmark = pytest.mark.e2e


def _key() -> str:
    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


async def test_a_key_in_a_form_a_file_or_a_mention_is_refused_and_leaves_no_trace(tmp_path, capfd):
    async with stage(tmp_path) as scene:
        await walk.start(scene, at=6)
        await scene.tick("carl", 6, "Note which certificate")
        carl, thread = scene.person("carl"), await scene.thread()
        keys = [_key() for _ in range(3)]
        bodies = [key.splitlines()[1] for key in keys]

        await carl.click("Check my CSR", in_=thread)
        view = await carl.modal()
        errors = await carl.try_submit({view.labels[0]: keys[0]})
        assert any("private key" in one for one in errors.values()), errors
        await carl.close_modal(all_=True)

        await carl.upload("dip.key", keys[1].encode(), to=thread)
        await carl.direct_message("You posted")
        await carl.mention(f"please check\n{keys[2]}", thread=thread)
        await scene.says("private key was posted here")
        await scene.quiet()

        assert not await _found(scene, bodies)
        said = str(await scene.workspace.payloads())
        assert not any(body in said for body in bodies)
        await reading.kept(scene, "secrets", direct=("carl",))
    out, err = capfd.readouterr()
    assert not any(body in out + err for body in bodies)


async def _found(scene, bodies: list[str]) -> list[str]:
    """The tables in which some part of a key stands."""

    def read(connection):
        tables = metadata.sorted_tables
        contents = {table.name: str(connection.execute(table.select()).fetchall()) for table in tables}
        return [name for name, content in contents.items() if any(body in content for body in bodies)]

    return await scene.house.desk.read(read)
