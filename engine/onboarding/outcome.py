"""What a decision can come to besides events: a refusal for the person who asked, and things to say."""

from dataclasses import dataclass, field
from enum import StrEnum


class Refused(Exception):
    """No, with the reason:

    an answer, not an error. `code` names a file in `templates/refusals/`; `subject` a step, task or row; `data` holds
    ids only.
    """

    def __init__(self, code: str, subject: str = "", **data: str) -> None:
        super().__init__(code)
        self.code = code
        self.subject = subject
        self.data = data


class Lane(StrEnum):
    """Where a message goes:

    the onboarding's channel itself (the card), the card's thread, or one person's direct messages.
    """

    CHANNEL = "channel"
    THREAD = "thread"
    DIRECT = "direct"


@dataclass(frozen=True, slots=True)
class Say:
    """A message that follows from events, not yet rendered.

    `template` is its path below `templates/` without the ending, e.g. `thread/step-open`. `slot` is the message whose
    new face this is (`card`, `step/5`): posted the first time, updated afterwards, and a newer one not yet sent
    replaces an older one. Without a slot each is a message of its own. `person` is whom a direct message goes to.
    `data` holds ids and enum values, never texts.
    """

    template: str
    lane: Lane
    slot: str | None = None
    person: str | None = None
    subject: str = ""
    data: dict[str, str] = field(default_factory=dict)
