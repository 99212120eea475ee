"""From something to say to the one typed value that its template receives."""

from collections.abc import Callable

from bot.render.values import Person
from bot.render.views import card, certificates, dns, notices, reminders, steps, waits
from bot.render.views.discretion import discreet
from bot.render.views.look import Case, RenderFacts, Report
from bot.render.views.refusals import RefusalView, refusal
from bot.render.views.reminders import DigestView, digest
from engine.onboarding.outcome import Say

View = Callable[[Say, Case, RenderFacts], object]


def _card(say: Say, case: Case, facts: RenderFacts) -> object:
    return card.card(case, facts)


VIEWS: dict[str, View] = {
    "card": _card,
    "thread/before-you-start": steps.before_view,
    "thread/before-you-start-done": steps.before_view,
    "thread/step-open": steps.step_view,
    "thread/step-waiting": steps.step_view,
    "thread/step-blocked": steps.step_view,
    "thread/step-locked": steps.step_view,
    "thread/step-done": steps.step_view,
    "thread/task-ask": steps.ask_view,
    "thread/dns-request": dns.dns_request,
    "thread/dns-request-replaced": dns.dns_request,
    "thread/dns-request-done": dns.dns_request,
    "mail/dns-request": dns.dns_request,
    "answers/dns-ready": dns.dns_answer,
    "answers/dns-not-yet": dns.dns_answer,
    "answers/dns-wrong": dns.dns_answer,
    "answers/dns-broken": dns.dns_answer,
    "answers/dns-unknown": dns.dns_answer,
    "answers/certificate-good": certificates.certificate_answer,
    "answers/certificate-bad": certificates.certificate_answer,
    "answers/certificate-uncompared": certificates.certificate_answer,
    "answers/certificate-unknown": certificates.certificate_answer,
    "thread/wait-started": waits.wait_view,
    "thread/wait-over": waits.wait_view,
    "thread/rejected": waits.rejected_view,
    "thread/reopened": notices.notice,
    "thread/overridden": notices.notice,
    "thread/handed-over": notices.notice,
    "thread/role-assigned": notices.notice,
    "thread/work-handed-over": notices.notice,
    "thread/work-returned": notices.notice,
    "thread/person-left": notices.notice,
    "thread/record-gone": notices.notice,
    "direct/record-gone": notices.notice,
    "direct/channel-lost": notices.notice,
    "direct/channel-shared": notices.notice,
    "direct/reminders-off": notices.notice,
    "thread/closed": notices.notice,
    "thread/restored": notices.notice,
    "thread/moved": notices.notice,
    "thread/row-progress": notices.notice,
    "thread/secret-posted": notices.notice,
    "direct/secret-poster": notices.notice,
    "thread/finished": notices.finished,
    "reminders/owner": reminders.reminder,
    "reminders/deputy": reminders.reminder,
    "reminders/lead": reminders.reminder,
    "reminders/dns-contact-outside": reminders.reminder,
    "reminders/own": reminders.own,
    "reminders/snooze-over": reminders.reminder,
    "reminders/wait-question": waits.wait_view,
    "reminders/wait-escalate": waits.wait_view,
    "reminders/ends": reminders.ends,
}
"""What makes the view of each template. `reminders/digest` is made by `digest`, refusals by `refusal`."""


def view_for(say: Say, case: Case, facts: RenderFacts) -> object:
    """The view of what is to be said, from the state as it is now, as those who read it may see it.

    Raises KeyError for a template that nothing says.
    """
    return VIEWS[say.template](say, discreet(say, case), facts)


__all__ = [
    "VIEWS",
    "Case",
    "DigestView",
    "Person",
    "RefusalView",
    "RenderFacts",
    "Report",
    "digest",
    "refusal",
    "view_for",
]
