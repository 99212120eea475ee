"""What a gesture came to, who may make one, and the frame that all interactive payloads share."""

from dataclasses import dataclass

from sandbox.core import Sandbox
from sandbox.delivery import Attempt
from sandbox.payloads import who
from sandbox.shapes import Json, NotPossible
from sandbox.world import Channel, User

FAILED = "Something went wrong: the app did not answer. Try again."


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the person's client shows after the app answered, or did not."""

    attempt: Attempt
    message: str | None = None

    def as_json(self) -> Json:
        return {**self.attempt.as_json(), "message": self.message or (None if self.attempt.acked else FAILED)}


def member_of(sandbox: Sandbox, user: User, channel: Channel) -> None:
    """Raises NotPossible unless the user is in the channel and may write there."""
    if user.deleted:
        raise NotPossible(f"{user.real_name} is deactivated.", 409)
    if user.id not in channel.members:
        raise NotPossible(f"{user.real_name} is not in #{channel.name}.", 409)
    if channel.archived:
        raise NotPossible(f"#{channel.name} is archived.", 409)


def frame(sandbox: Sandbox, user: User, type_: str) -> Json:
    """What all interactive payloads share. Raises NotPossible if the app has interactivity switched off."""
    if not sandbox.manifest.interactivity:
        raise NotPossible("This app has interactivity switched off in its manifest.", 409)
    world = sandbox.world
    return {
        "type": type_,
        "token": world.app.verification_token,
        "api_app_id": world.app.id,
        "team": {"id": world.team.id, "domain": world.team.domain},
        "user": who(user, world.team),
        "enterprise": None,
        "is_enterprise_install": False,
    }
