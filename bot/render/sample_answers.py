"""Samples of what only the asker sees: answers to commands, lists and App Home."""

from collections.abc import Iterator
from datetime import timedelta

from bot.render.parse import CODE_LIMIT
from bot.render.sample_reports import REPORTS
from bot.render.sample_said import CERT, LEAD, NOW, Sample, SampleCase, facts, onboarding
from bot.render.sample_sheets import IMPORTED
from bot.render.values import Code, Moment, joined
from bot.render.views import answers, boards, imports, status
from bot.render.views.board_csv import csv_parts
from bot.render.views.look import Look
from bot.render.views.plain import plain
from engine.process.model import Process
from engine.store.reads import Named

_TEXTS = {
    "admins-only": answers.TextView(),
    "check-not-yours": answers.TextView(text="other.example"),
    "check-too-many": answers.TextView(),
    "check-started": answers.TextView(text="northwind.example"),
    "failed": answers.TextView(text="7F3K"),
    "form-button": answers.TextView(verb="start"),
    "list-csv-sent": answers.TextView(),
    "nothing-to-hand-over": answers.TextView(),
    "none-here": answers.TextView(),
    "recorded-late": answers.TextView(text="7F3K"),
    "recorded-unanswered": answers.TextView(text="7F3K"),
    "secret-typed": answers.TextView(text="a private key"),
    "time-unknown": answers.TextView(text="soonish"),
    "unknown-command": answers.TextView(text="statsu", near="status"),
}
_TOPICS = (
    "handover",
    "",
    "start",
    "status",
    "mine",
    "next",
    "list",
    "expiring",
    "import",
    "assign",
    "check",
    "remind",
    "snooze",
    "export",
    "privacy",
    "doctor",
    "help",
)


def answer_samples(process: Process) -> Iterator[Sample]:
    """One of each answer, the lists both filled and empty."""
    given = facts()
    case = SampleCase(onboarding(process), process)
    named = (
        Named("ob-sample", "NW-7F3K", "Northwind Energy Ltd", "uit", "C0DIP"),
        Named("ob-two", "FB-2K9M", None, "production", "C0DIP"),
    )
    for name, view in _TEXTS.items():
        yield Sample(f"answers/{name}", "", view)
    for topic in _TOPICS:
        yield Sample("answers/help", topic, answers.TextView(topic=topic))
    for topic in ("off", "on"):
        yield Sample("answers/reminders-switched", topic, answers.TextView(topic=topic))
    for name in ("status", "next", "menu"):
        yield Sample(f"answers/{name}", "", status.status(case, given, CERT))
    yield Sample("answers/plain-buttons", "", plain(case, given, "U0DORA"))
    yield Sample("answers/plain-buttons", "nothing is theirs", plain(case, given, "U0OTHER"))
    yield Sample("answers/plain-buttons", "no onboarding", plain(None, given, "U0DORA"))
    yield Sample("answers/menu", "no onboarding here", boards.choices(()))
    yield Sample("answers/menu", "several here", boards.choices(named))
    yield Sample("answers/mine", "", boards.mine([(case, given)], "U0DORA"))
    yield Sample("answers/mine", "nothing", boards.mine([(case, given)], LEAD))
    yield Sample("answers/list", "", boards.board("all", "", [(case, given)] * 50, 60))
    yield Sample("answers/list", "waiting", boards.board("waiting", "GlobalSign", [(case, given)], 1))
    yield Sample("answers/privacy", "", answers.PrivacyView("24", joined(["Alex Fairburn"])))
    yield Sample("answers/privacy", "kept for ever", answers.PrivacyView("", None))
    yield Sample("answers/expiring", "", boards.expiring("60", [(case, given)], NOW + timedelta(days=60), NOW))
    yield Sample("answers/expiring", "nothing", boards.expiring("60", [], NOW, NOW))
    yield Sample("answers/list", "none", boards.board("mine", "", [], 0))
    lines = boards.lines_of([(case, given)] * 60)
    parts = csv_parts(lines, CODE_LIMIT, "Europe/London")
    for number in (1, len(parts)):
        part = answers.CsvView(number, len(parts), len(lines), Code(parts[number - 1]))
        yield Sample("answers/list-csv", f"part {number}", part)
    yield Sample("answers/list-csv-file", "", answers.CsvView(1, 1, 60, Code("")))
    yield Sample("answers/list-csv", "one part", answers.CsvView(1, 1, 1, Code(parts[0][:300])))
    yield Sample("answers/which", "", boards.choices(_many(), command="snooze tomorrow 9:00"))
    yield Sample("answers/which", "a question", boards.choices(named, command="status"))
    yield Sample("answers/not-found", "", boards.choices(named, "Northwnd"))
    yield Sample("answers/not-found", "nothing close", boards.choices((), "<!channel>"))
    yield Sample("home", "", boards.home([(case, given)], LEAD))
    yield Sample("home", "nothing", boards.home([], LEAD))
    for name, done in IMPORTED.items():
        yield Sample("answers/imported", name, imports.imported(done, {7: "That did not go in."}, process))
    yield from _looks()
    yield from _done(case)


def _many() -> tuple[Named, ...]:
    """More than an answer has buttons for."""
    return tuple(
        Named(f"ob-{number}", f"NW-{number:04}", f"Northwind {number} Ltd", "uit", "C0DIP") for number in range(30)
    )


def _looks() -> Iterator[Sample]:
    for name in ("ready", "not_yet", "wrong", "broken", "unknown"):
        report = {"report": REPORTS[f"dns-{name}"]}
        yield Sample("answers/check-dns", name, answers.dns_look("northwind.example", report))
    bad = answers.dns_look("192.0.2.1", {"bad_input": "192.0.2.1 is an address, not a domain name"})
    yield Sample("answers/check-dns", "no domain", bad)
    for name in ("good", "bad", "unknown"):
        yield Sample("answers/check-cert", name, answers.material({"report": REPORTS[f"pki-{name}"]}))
    yield Sample("answers/check-cert", "a key", answers.material({"secret": "a private key"}))
    yield Sample("answers/check-webhook", "good", answers.webhook("dip.northwind.example", _WEBHOOK))
    yield Sample("answers/check-webhook", "bad", answers.webhook("dip.northwind.example", _WEBHOOK_DOWN))
    yield Sample("answers/check-webhook", "no address", answers.webhook("", {"bad_input": "it begins with https://"}))
    rows = (
        {"state": "fine", "what": "Database", "seen": "version 3"},
        {"state": "wrong", "what": "Channel", "seen": "not a member of #dip", "fix": "Type /invite @dipper there."},
    )
    yield Sample("answers/doctor", "", answers.doctor(rows))


def _done(case: SampleCase) -> Iterator[Sample]:
    look = Look(case, facts())
    head = look.head()
    view = answers.CaseView(
        head.onboarding,
        head.about,
        head.company,
        head.environment,
        head.short_id,
        role="Certificate Admin",
        turn=look.turn(look.process.step(4)),
        step="5",
        until=Moment(NOW + timedelta(days=1)),
    )
    for name in ("assigned", "exported", "export-sent", "export-not-sent", "reminded", "reminder-set", "snoozed"):
        yield Sample(f"answers/{name}", "", view)


_WEBHOOK = {
    "report": {
        "verdict": "good",
        "tls": {"version": "TLSv1.3", "cipher": "TLS_AES_256_GCM_SHA384", "client_certificate": "requested"},
        "findings": [],
    }
}
_WEBHOOK_DOWN = {
    "report": {
        "verdict": "bad",
        "tls": {},
        "findings": [
            {
                "severity": "error",
                "summary": "Nothing listens at port 443.",
                "fix": "Start the webhook, or open the port.",
            }
        ],
    }
}
