"""What people typed, on its way into an event: checked, then sealed or kept, field by field."""

import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date

from engine.onboarding.events import Values
from engine.onboarding.outcome import Refused
from engine.onboarding.refusals import RefusalCode
from engine.onboarding.rules.draft import Context
from engine.onboarding.values import TextRef
from engine.process.model import Field, FieldKind

LONGEST_TEXT = 3_000
"""Characters in one of Slack's text inputs."""
LONGEST_NAME = 250
LONGEST_CODE = 100
NATIONS = ("ENG", "WLS", "SCT", "NIR")
_LIMITS = {
    FieldKind.TEXT: LONGEST_TEXT,
    FieldKind.URL: 2_000,
    FieldKind.DOMAIN: 255,
    FieldKind.TXT_VALUE: 2_000,
    FieldKind.CODE: LONGEST_CODE,
    FieldKind.CHOICE: LONGEST_CODE,
    FieldKind.DATE: 10,
}
_SEALED = frozenset({FieldKind.TEXT, FieldKind.URL, FieldKind.DOMAIN, FieldKind.TXT_VALUE})
_ALLOWED_CONTROLS = frozenset("\n\r\t")


def checked(text: str, limit: int = LONGEST_TEXT, name: str = "") -> str:
    """The text without surrounding blanks.

    Refused if empty, too long, or with characters that no database and no reader wants.
    """
    text = text.strip()
    if not text:
        raise Refused(RefusalCode.VALUE_MISSING, field=name)
    if len(text) > limit:
        raise Refused(RefusalCode.VALUE_TOO_LONG, field=name, limit=str(limit))
    for char in text:
        if unicodedata.category(char) in ("Cc", "Cs") and char not in _ALLOWED_CONTROLS:
            raise Refused(RefusalCode.BAD_TEXT, field=name)
    return text


def sealed(context: Context, text: str, limit: int = LONGEST_TEXT, name: str = "") -> TextRef:
    return context.seal(checked(text, limit, name))


def sealed_or_none(context: Context, text: str | None, limit: int = LONGEST_TEXT, name: str = "") -> TextRef | None:
    """A text that may be left out; blank is left out too."""
    return sealed(context, text, limit, name) if text and text.strip() else None


def reason(context: Context, text: str | None) -> TextRef:
    """A reason that must be given."""
    if not text or not text.strip():
        raise Refused(RefusalCode.REASON_MISSING)
    return sealed(context, text, name="reason")


def nation(text: str) -> str:
    """One of the four whose bank holidays are known."""
    if text not in NATIONS:
        raise Refused(RefusalCode.BAD_CHOICE, field="nation")
    return text


def same(context: Context, ref: TextRef | None, text: str) -> bool:
    """Whether a kept text is this one. Not known (erased, not at hand): not the same."""
    return ref is not None and context.read(ref) == text.strip()


def a_date(text: str, name: str = "") -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Refused(RefusalCode.BAD_DATE, field=name) from error


def filled(context: Context, fields: Iterable[Field], values: Mapping[str, str], subject: str) -> Values:
    """The values of known fields, each as its kind wants it.

    Blank ones are left out; required ones are not asked for here.
    """
    known = {field.id: field for field in fields}
    result: Values = {}
    for name, text in values.items():
        if name not in known:
            raise Refused(RefusalCode.UNKNOWN_FIELD, subject, field=name[:LONGEST_CODE])
        if text.strip():
            result[name] = _value(context, known[name], text)
    return result


def _value(context: Context, field: Field, text: str) -> str | TextRef:
    text = checked(text, _LIMITS[field.kind], field.id)
    if field.kind is FieldKind.DATE:
        return a_date(text, field.id).isoformat()
    if field.kind is FieldKind.CHOICE and text not in field.options:
        raise Refused(RefusalCode.BAD_CHOICE, field=field.id)
    return context.seal(text) if field.kind in _SEALED else text


def require(fields: Iterable[Field], values: Mapping[str, object], subject: str) -> None:
    """Refused if a required field has no value."""
    for field in fields:
        if field.required and field.id not in values:
            raise Refused(RefusalCode.VALUE_MISSING, subject, field=field.id)
