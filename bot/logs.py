"""Logs: structlog over the standard library, as text or JSON, with secrets masked in every value."""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

from bot.settings import LogSettings

MASK = "[masked]"
_SECRET_KEYS = re.compile(r"token|secret|password|passwd|api_?key|authorization|cookie", re.IGNORECASE)
_SECRET_VALUES = re.compile(
    r"xox[a-z]-[A-Za-z0-9-]{6,}|xapp-[A-Za-z0-9-]{6,}"
    r"|-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----.*?(?:-----END [A-Z0-9 ]*PRIVATE KEY-----|\Z)"
    r"|(?<=://)[^/\s:@]*:[^/\s@]+(?=@)"
    r"|(?<=[?&]password=)[^&\s'\"]+",
    re.DOTALL,
)


def masked(value: object) -> object:
    """`value` with everything that looks like a token, a private key or a password in a URL replaced."""
    if isinstance(value, str):
        return _SECRET_VALUES.sub(MASK, value)
    if isinstance(value, dict):
        return {key: MASK if _SECRET_KEYS.search(str(key)) else masked(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(masked(item) for item in value)
    if value is None or isinstance(value, int | float):
        return value
    return masked(repr(value))  # an exception or bytes, as the line would show it


def _mask_event(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for key, value in event.items():
        if key.startswith("_"):
            continue  # structlog's own, which is never shown
        event[key] = MASK if _SECRET_KEYS.search(key) and isinstance(value, str) else masked(value)
    return event


OURS = frozenset({"bot", "handlers", "engine"})


def may_be_shown(record: logging.LogRecord) -> bool:
    """Below a warning only our own lines, which hold ids. Libraries write whole requests and answers there, by whatever
    logger's name: Bolt names some of its own after the app.
    """
    return record.levelno >= logging.WARNING or record.name.partition(".")[0] in OURS


def set_up_logging(settings: LogSettings) -> None:
    """One handler on stderr for our own lines and for the libraries' (Bolt's and SQLAlchemy's are masked too)."""
    as_json = settings.format == "json" or (settings.format == "auto" and not sys.stderr.isatty())
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        _mask_event,
    ]
    renderer: Any = (
        structlog.processors.JSONRenderer()
        if as_json
        else structlog.dev.ConsoleRenderer(
            exception_formatter=structlog.dev.plain_traceback  # the rich one prints local values, secrets among them
        )
    )
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _mask_event, renderer],
        )
    )
    handler.addFilter(may_be_shown)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(settings.level.upper())
    logging.getLogger("apscheduler").setLevel(logging.ERROR)  # a sweep that outlasts a second is no news
