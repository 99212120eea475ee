"""The verbs that buttons and forms can say: one closed list, used by templates (`do:VERB/ID`) and by the handlers.

A button's action_id is `do:VERB:ID`, unique in its message since the id is; its value is `<onboarding>:<ID>`. What ID
names stands beside each verb. A form's callback_id is `form:VERB`; its private_metadata holds the onboarding, the id
and the place it was opened from, and nothing else: state stays in the database.
"""

from enum import StrEnum
from urllib.parse import quote, unquote


class Verb(StrEnum):
    """What somebody can do by a button. The comment says what its id names."""

    TICK = "tick"  # step: form with the step's tasks
    DONE = "done"  # task: done at once, without a form
    RECORD_FOR = "record-for"  # step: the form, recording it for the owner
    CHECK = "check"  # task: check now
    MATERIAL = "material"  # task: form to paste a CSR or certificate
    CLAIM = "claim"  # step 5: form with domain, name, value and date as the portal shows them
    WAIT = "wait"  # step: form
    WAIT_OVER = "wait-over"  # step
    ANSWER = "answer"  # step.answer, such as 3.approved: an answer to the process' wait
    MOVES = "moves"  # step.answer, such as 7.ready: form: what is over here and for which others too
    REJECT = "reject"  # step: form with the ways on
    ELSEWHERE = "elsewhere"  # step or task: form: which task they answered elsewhere
    HAND_OVER = "hand-over"  # step or task: form
    HAND_OVER_ALL = "hand-over-all"  # form: all my work in several onboardings; no id
    HAND_OVER_GO = "hand-over-go"  # form: what the hand-over would do; sending it does it
    TAKE_BACK = "take-back"  # person: what they handed over until a day goes back now
    NOT_ME = "not-me"  # task: form: who is it then
    ASK = "ask"  # step or task: nudge its owner in the thread
    SNOOZE = "snooze"  # step: form
    BLOCK = "block"  # step: form
    UNBLOCK = "unblock"  # step
    NOT_APPLICABLE = "not-applicable"  # step: form
    REOPEN = "reopen"  # step: form
    OVERRIDE = "override"  # task: form
    EVIDENCE = "evidence"  # form: keep a message as evidence for a task
    MORE = "more"  # step: form with everything else that can be done
    REST = "rest"  # what a long message left out: step:5, report:ID, dns-request:CLAIM
    EDIT = "edit"  # form with the details
    CLOSE = "close"  # form
    RESTORE = "restore"
    START_WITHOUT = "start-without"  # form: a reason for each prerequisite that holds Step 1
    NAME = "name"  # role: form: who holds it
    ROWS = "rows"  # step: form: add rows
    ROW = "row"  # row: form: fill in, close or remove it
    SHOW = "show"  # task: its command lines or ready words
    SOURCES = "sources"  # step: where its statements are from
    EVERYTHING = "everything"  # report: all that a check saw
    COPY_MAIL = "copy-mail"  # claim: the DNS request as plain text
    COPY_TEXT = "copy-text"  # task or wait: ready words to copy
    STATUS = "status"  # the status for whoever presses
    START = "start"  # form: begin an onboarding; no id
    START_PRODUCTION = "start-production"  # form: the other track
    STOP_WATCHING = "stop-watching"
    TRY_AGAIN = "try-again"  # channel: the lost channel is back
    MOVE = "move"  # form: the onboarding goes on in another channel
    OPEN = "open"  # a link to the thread: nothing is done
    IMPORT = "import"  # form: many companies from one sheet; no id
    IMPORT_ALL = "import-all"  # form: what the look at the sheet found; sending it starts them all
    HELP = "help"  # a command's help; id is the command or empty
    MINE = "mine"  # the pending work of whoever presses
    COMMAND = "command"  # a typed command (`command_id`), carried out for the button's onboarding


ACTION_PREFIX = "do:"
FORM_PREFIX = "form:"

START_SHORTCUT = "start_onboarding"
CHECK_SHORTCUT = "check_material"
EVIDENCE_SHORTCUT = "attach_evidence"

COMMAND = "/dip"


def action_id(verb: Verb, subject: str = "") -> str:
    return f"{ACTION_PREFIX}{verb}:{subject}"[:255]


def action_value(onboarding: str, subject: str = "") -> str:
    return f"{onboarding}:{subject}"


_LONGEST_COMMAND = 200


def command_id(typed: str) -> str:
    """A typed command as an id: of letters, digits and `_.-=` alone. Empty where it is too long for a button."""
    found = quote(typed, safe="").replace("~", "%7E").replace("%", "=")
    return found if len(found) <= _LONGEST_COMMAND else ""


def typed_in(subject: str) -> str:
    return unquote(subject.replace("=", "%"))


def form_id(verb: Verb) -> str:
    return f"{FORM_PREFIX}{verb}"
