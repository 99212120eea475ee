"""A posted secret, told to every track of the company that it may concern. Nothing of its content comes this far."""

from engine.desk import Desk
from engine.onboarding.commands import RecordSecret
from engine.onboarding.values import BOT
from engine.store import reads


async def tell_secret(
    desk: Desk, onboarding: str, company: str, kind: str, person: str, keys: tuple[str, ...], once: str | None = None
) -> None:
    """In the thread where it was posted, and to the company's other tracks, in which a key may be used too.

    `keys`: the SHA-256 of the public halves of its private keys, in hex; `once` the delivery's repeat key.
    """
    await desk.tell(RecordSecret(onboarding, BOT, kind, person, keys), once=once)
    if keys:
        for sister in await desk.read(reads.sisters, company, onboarding):
            again = f"{once}:{sister.state.id}" if once else None
            await desk.tell(RecordSecret(sister.state.id, BOT, kind, person, keys, elsewhere=True), once=again)
