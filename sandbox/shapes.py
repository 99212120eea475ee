"""What everything here is made of at the edge: Slack's JSON, and the errors that a call can end with."""

from typing import Any

Json = dict[str, Any]


class ApiError(Exception):
    """A Web API call ends with `{"ok": false, "error": code}` and whatever Slack adds to it."""

    def __init__(self, code: str, messages: list[str] | None = None, **more: Any) -> None:
        super().__init__(code)
        self.code = code
        self.messages = messages or []
        self.more = more

    def as_json(self) -> Json:
        answer: Json = {"ok": False, "error": self.code, **self.more}
        if self.messages:
            answer["response_metadata"] = {"messages": [f"[ERROR] {message}" for message in self.messages]}
        return answer


class NotPossible(Exception):
    """A person (or a test) tried what Slack's own client would not let them do; the text says why.

    `status` is the control API's: 400 for a bad request, 404 for a thing unknown, 409 for a thing not on the screen.
    """

    def __init__(self, why: str, status: int = 400) -> None:
        super().__init__(why)
        self.status = status
