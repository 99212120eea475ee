"""App Home: drawn anew each time it is opened."""

from typing import Any

from slack_bolt.app.async_app import AsyncApp

from engine.store import reads
from handlers.parse import team_of
from handlers.ports import Office


def register(app: AsyncApp, office: Office) -> None:
    @app.event("app_home_opened")
    async def opened(body: dict[str, Any]) -> None:
        event = body["event"]
        if event.get("tab", "home") == "home":
            office.errands.run("draw App Home", draw(office, team_of(body), str(event["user"])))


async def draw(office: Office, team: str, person: str) -> None:
    """My pending work, the onboardings that I lead, what ends next, and the way to start one."""
    rows = await office.desk.read(reads.of_person, team, person)
    cases = [await office.desk.read(reads.case, row.state.id) for row in rows]
    facts = office.facts(team, person, cases=tuple(case for case in cases if case is not None))
    await office.slack.publish_home(person, await office.words.home(facts))
