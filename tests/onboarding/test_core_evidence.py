"""A message that somebody keeps as evidence for a task."""

from onboarding.story import CERT, ID, LEAD, STRANGER, Story, names

from engine.onboarding import commands as c

LINK = "https://northwind.slack.example/archives/C1/p1795519650097721"


def attach(story: Story, person: str = LEAD, **more: str) -> None:
    story.tell(c.AttachEvidence(ID, person, "1.1", LINK, **more))


def test_the_link_and_what_it_shows_are_kept_sealed_with_the_task(story: Story):
    attach(story, note="Screenshot of the welcome page")
    [kept] = story.state.task("1.1").evidence
    assert (story.texts[kept.link.id], kept.by) == (LINK, LEAD)
    assert kept.note is not None and story.texts[kept.note.id] == "Screenshot of the welcome page"
    assert LINK not in repr(story.events)


def test_it_closes_nothing_and_says_nothing(story: Story):
    before = story.state.task("1.1").status
    attach(story, CERT)
    assert (names(story.events), story.says, story.state.task("1.1").status) == (["EvidenceAttached"], (), before)


def test_the_same_message_twice_is_kept_once(story: Story):
    attach(story)
    attach(story, CERT)
    assert (story.events, len(story.state.task("1.1").evidence)) == ((), 1)


def test_whoever_has_no_part_cannot_attach(story: Story):
    assert story.refuses(c.AttachEvidence(ID, STRANGER, "1.1", LINK)) == "not-of-this-onboarding"


def test_an_unknown_task_and_an_empty_link_are_refused(story: Story):
    assert story.refuses(c.AttachEvidence(ID, LEAD, "9.9", LINK)) == "unknown-task"
    assert story.refuses(c.AttachEvidence(ID, LEAD, "1.1", " ")) == "value-missing"
