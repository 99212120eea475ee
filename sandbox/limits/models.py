"""A second opinion: slack_sdk's own models, where they know the block."""

from collections.abc import Iterator

from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from sandbox.limits.problem import Flaw, items
from sandbox.shapes import Json


def model_flaws(blocks: object, at: str = "/blocks") -> Iterator[Flaw]:
    """What slack_sdk's models object to, block by block; blocks that they do not know are passed over."""
    for index, block in enumerate(items(blocks)):
        if not isinstance(block, dict):
            continue
        try:
            parsed = Block.parse(block)
            if parsed is not None:
                parsed.to_dict()
        except (SlackObjectFormationError, TypeError, ValueError, AttributeError) as error:
            yield Flaw(f"slack_sdk: {error}", f"{at}/{index}")


def view_model_flaws(view: Json) -> Iterator[Flaw]:
    try:
        View(**view).to_dict()
    except (SlackObjectFormationError, TypeError, ValueError, AttributeError) as error:
        yield Flaw(f"slack_sdk: {error}", "/view")
