"""The closed list of refusals. Each code names a file in `templates/refusals/` that words it."""

from enum import StrEnum


class RefusalCode(StrEnum):
    """Why something did not go in. The comment beside each says when; `data` holds what the words need."""

    UNKNOWN_ONBOARDING = "unknown-onboarding"  # no such onboarding, or not the asker's: the same answer
    ALREADY_OPEN = "already-open"  # this company has an open onboarding in this environment; data: short_id
    NOT_A_LEAD = "not-a-lead"  # only a lead may; data: lead
    NOT_YOURS = "not-yours"  # somebody else's task; data: owner, role
    NOT_OF_THIS_ONBOARDING = "not-of-this-onboarding"  # the asker has no part in it
    ONLY_DIPPER = "only-dipper"  # results of checks and due work come from Dipper itself
    ONBOARDING_CLOSED = "onboarding-closed"  # closed or paused: restore it first
    STEP_LOCKED = "step-locked"  # has not opened yet; data: waits_for (steps and prerequisites)
    STEP_CLOSED = "step-closed"  # done or not applicable: reopen it first
    UNKNOWN_STEP = "unknown-step"
    UNKNOWN_TASK = "unknown-task"
    UNKNOWN_ROW = "unknown-row"
    TASK_NOT_APPLICABLE = "task-not-applicable"
    UNKNOWN_FIELD = "unknown-field"  # data: field
    VALUE_MISSING = "value-missing"  # data: field
    VALUE_TOO_LONG = "value-too-long"  # data: field, limit (characters)
    BAD_TEXT = "bad-text"  # control characters, or no text at all in what needs some; data: field
    BAD_DATE = "bad-date"  # not a date as 2026-11-24, or not a possible one; data: field
    BAD_CHOICE = "bad-choice"  # not one of the options; data: field
    REASON_MISSING = "reason-missing"
    NOT_HOLDING = "not-holding"  # this prerequisite holds no step, so there is nothing to start without
    DATE_PAST = "date-past"
    TOO_FAR = "too-far"  # a snooze or wait beyond the limit; data: days
    NOT_WAITING = "not-waiting"
    UNKNOWN_ANSWER = "unknown-answer"
    CHOOSE_A_WAY = "choose-a-way"  # a rejection needs its way on
    UNKNOWN_WAY = "unknown-way"
    NEEDS_CLAIM = "needs-claim"  # domain and value are not entered yet
    NEEDS_MATERIAL = "needs-material"  # a CSR or certificate must be pasted or shared first
    NO_CHECK = "no-check"  # this task has no machine check
    NOTHING_TO_OVERRIDE = "nothing-to-override"  # closed already, or no check stands against it
    NO_ROWS_HERE = "no-rows-here"  # this step is not a list
    ROW_DUPLICATE = "row-duplicate"  # data: row (the one that is there)
    TOO_MANY_ROWS = "too-many-rows"  # data: limit
    TOO_MANY_FILES = "too-many-files"  # too many wait to be read already; data: limit
    ALREADY_THEIRS = "already-theirs"
    HANDED_OVER_ALREADY = "handed-over-already"  # somebody stands in for them now
    NOBODY_NAMED = "nobody-named"  # a lead, or whoever takes over, must be a person
    UNKNOWN_CLOSING = "unknown-closing"  # not one of the ways to close an onboarding
    NOBODY_TO_ASK = "nobody-to-ask"  # nothing is asked of anybody there now, or only of the asker
    TOO_SOON = "too-soon"  # they were asked within the hour
    ONE_BY_ONE = "one-by-one"  # Step 0 as a whole cannot be set aside: each prerequisite has its own reason
    NOT_FINISHED_BEFORE = "not-finished-before"  # "where are you now" names a step that is not there
