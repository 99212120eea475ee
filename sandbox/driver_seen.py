"""What the driver sees: messages, threads and views as one person saw them, and the errors when something is not there."""

from collections.abc import Iterator
from dataclasses import dataclass

from sandbox.rendered import Placed, options_of, placed
from sandbox.shapes import Json


class DriverError(AssertionError):
    """What was to be done or seen is not there; the text shows what is."""


class NotAcknowledged(DriverError):
    """The app did not acknowledge; `outcome` is the control API's."""

    def __init__(self, what: str, outcome: Json) -> None:
        super().__init__(f"{what}: not acknowledged ({outcome['error']}): {outcome['message']}")
        self.outcome = outcome


class SubmissionRefused(DriverError):
    """The form came back with errors, by the label of each field."""

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__(f"The form was not accepted: {errors}")
        self.errors = errors


@dataclass(frozen=True, slots=True)
class Thread:
    """A thread, by its parent; `await workspace.thread_messages(thread)` or `person.sees(thread)` read it."""

    channel: str
    ts: str


@dataclass(frozen=True, slots=True)
class SeenMessage:
    """A message as one person saw it at one moment. `body` is the control API's Message, `text` what it reads like."""

    body: Json
    text: str

    @property
    def channel(self) -> str:
        return str(self.body["channel"])

    @property
    def ts(self) -> str:
        return str(self.body["ts"])

    @property
    def thread(self) -> Thread:
        return Thread(self.channel, str(self.body.get("thread_ts") or self.ts))

    @property
    def ephemeral(self) -> bool:
        return bool(self.body["ephemeral"])

    @property
    def buttons(self) -> list[str]:
        """The labels of everything that can be pressed, in reading order."""
        return [label for place in placed(self.body.get("blocks", [])) for label in labels_of(place)]


@dataclass(frozen=True, slots=True)
class SeenView:
    """A modal or Home tab as one person saw it. `text` is what it reads like."""

    body: Json
    text: str

    @property
    def id(self) -> str:
        return str(self.body["id"])

    @property
    def title(self) -> str:
        title = self.body.get("title")
        return str(title["text"]) if isinstance(title, dict) else ""

    @property
    def buttons(self) -> list[str]:
        return [label for place in placed(self.body["blocks"]) if not place.is_input for label in labels_of(place)]

    @property
    def labels(self) -> list[str]:
        """The labels of the inputs."""
        return [str(place.block["label"]["text"]) for place in placed(self.body["blocks"]) if place.is_input]


Place = SeenMessage | Thread | SeenView | str | None


def labels_of(place: Placed) -> Iterator[str]:
    """What is written on an element that can be pressed: a button's label, or the options of menus and boxes."""
    element = place.element
    if element["type"] == "button":
        yield str(element["text"]["text"])
    for option in options_of(element):
        yield str(option["text"]["text"])


def named(in_: Place) -> str:
    match in_:
        case None:
            return "the form in front or any message"
        case SeenMessage():
            return f"the message\n{in_.text}\n"
        case SeenView():
            return f"the form {in_.title!r}"
        case _:
            return str(in_)
