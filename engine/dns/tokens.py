"""What GlobalSign's TXT values look like, and how near one text is to another.

Shapes seen: `_globalsign-domain-verification=` or the same without underscore, then 42 characters of base64url, or
32 hexadecimal digits in older products. The portal's own shape is not documented, so a shape never decides a verdict.
"""

import re

PREFIX = "_globalsign-domain-verification="
PREFIX_IN_TEXT = re.compile(r"_?globalsign-domain-verification\s*=", re.IGNORECASE)
_SHAPE = re.compile(r"^_?globalsign-domain-verification=(?P<token>[A-Za-z0-9_-]{16,128})$", re.IGNORECASE)


def is_globalsign_shaped(value: str) -> bool:
    """Whether the value has GlobalSign's prefix and a token of a plausible length behind it."""
    return _SHAPE.match(value) is not None


def token_of(value: str) -> str:
    """The part behind GlobalSign's prefix, or the whole text if it has none."""
    match = PREFIX_IN_TEXT.match(value)
    return value[match.end() :].strip() if match else value


def distance(one: str, other: str, limit: int) -> int:
    """The least number of characters to insert, drop or change, or `limit` + 1 if it is more than `limit`."""
    if abs(len(one) - len(other)) > limit:
        return limit + 1
    row = list(range(len(other) + 1))
    for i, left in enumerate(one, 1):
        before, row[0] = row[0], i
        for j, right in enumerate(other, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (left != right))
        if min(row) > limit:
            return limit + 1
    return min(row[-1], limit + 1)
