"""The modals each person has open: a stack of at most three, with hashes, and what submissions and the app do to it."""

import secrets
from dataclasses import dataclass, field

from sandbox.live import Live
from sandbox.rendered import state_values, with_current_conversation, with_ids
from sandbox.shapes import ApiError, Json, NotPossible
from sandbox.world import View, new_id

MAX_STACK = 3


def new_hash() -> str:
    return f"{secrets.randbelow(10**10)}.{secrets.token_hex(4)}"


def stored(body: Json) -> Json:
    """The app's view with ids for the blocks that have none."""
    return {**body, "blocks": with_ids(body.get("blocks") or [])}


@dataclass(slots=True)
class Modals:
    live: Live
    _stacks: dict[str, list[View]] = field(default_factory=dict)

    def stack(self, user: str) -> list[View]:
        return list(self._stacks.get(user, ()))

    def top(self, user: str) -> View | None:
        stack = self._stacks.get(user)
        return stack[-1] if stack else None

    def find(self, view_id: str) -> View | None:
        return next((view for stack in self._stacks.values() for view in stack if view.id == view_id), None)

    def on_top(self, user: str, view_id: str) -> View:
        """The view that this user has in front. Raises NotPossible if it is another, or none."""
        top = self.top(user)
        if top is None or top.id != view_id:
            raise NotPossible("That form is not the one in front.", 409)
        return top

    def open(self, user: str, body: Json, channel: str | None = None) -> View:
        """A new stack of one; `channel` is where the person was."""
        self._unique(body, None)
        view_id = new_id("V", 10)
        body = stored(body)
        body["blocks"] = with_current_conversation(body["blocks"], channel)
        view = View(view_id, user, body, new_hash(), root_view_id=view_id)
        self._stacks[user] = [view]
        self._changed(user)
        return view

    def push(self, user: str, body: Json) -> View:
        """On top of what is open. Raises ApiError when there is nothing or three already."""
        stack = self._stacks.get(user)
        if not stack:
            raise ApiError("invalid_trigger_id")
        if len(stack) >= MAX_STACK:
            raise ApiError("push_limit_reached")
        self._unique(body, None)
        view = View(
            new_id("V", 10),
            user,
            stored(body),
            new_hash(),
            root_view_id=stack[0].root_view_id,
            previous_view_id=stack[-1].id,
        )
        stack.append(view)
        self._changed(user)
        return view

    def update(self, view: View, body: Json, expected_hash: str | None) -> View:
        """The same view with other contents. Raises ApiError hash_conflict if somebody was faster."""
        if expected_hash is not None and expected_hash != view.hash:
            raise ApiError("hash_conflict")
        self._unique(body, view.id)
        view.body = stored(body)
        view.values = state_values(view.body["blocks"], view.values)  # what was typed stays where its field stays
        view.hash = new_hash()
        view.errors = {}
        self._changed(view.user)
        return view

    def by_external_id(self, external_id: str) -> View | None:
        for stack in self._stacks.values():
            for view in stack:
                if view.body.get("external_id") == external_id:
                    return view
        return None

    def pop(self, view: View) -> None:
        """Closes one view; the one below comes back."""
        stack = self._stacks.get(view.user, [])
        if view in stack:
            stack.remove(view)
        self._changed(view.user)

    def clear(self, user: str) -> None:
        self._stacks.pop(user, None)
        self._changed(user)

    def show_errors(self, view: View, errors: dict[str, str]) -> None:
        view.errors = errors
        self._changed(view.user)

    def _unique(self, body: Json, own_id: str | None) -> None:
        external_id = body.get("external_id")
        if not external_id:
            return
        other = self.by_external_id(external_id)
        if other is not None and other.id != own_id:
            raise ApiError("duplicate_external_id")

    def _changed(self, user: str) -> None:
        self.live.tell("view", user=user)
