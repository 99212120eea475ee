"""What a person does in Slack, one file a surface: each parses, asks the desk, and answers."""

from slack_bolt.app.async_app import AsyncApp

from handlers import actions, commands, deadline, failures, files, guard, home, mentions, shortcuts, workspace
from handlers.ports import Office


def register(app: AsyncApp, office: Office) -> None:
    """Registers everything that app.yaml asks Slack to send, and nothing else."""
    for surface in (deadline, actions, commands, failures, files, guard, home, mentions, shortcuts, workspace):
        surface.register(app, office)
