"""No value that somebody typed or a server sent can mention, format, link, break the structure or exceed a limit."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from bot.render.renderer import Renderer
from bot.render.slack import Surface
from bot.render.tokens import one_line, visible
from bot.render.values import Code, Markdown, Moment, Person, Phrase
from sandbox.limits import problems_of_message

EVERYWHERE = """# Heading {{ value }}

{{ value }} begins a line, and **bold {{ value }} goes on**, *slanted {{ value }}*, ~~struck {{ value }}~~, `code {{ value }}`
second line {{ value }}

- item {{ value }}
- another
  1. inner {{ value }}

> quoted {{ value }}

```
fenced {{ value }}
```

{{ code }}

| one | two |
|-----|-----|
| {{ value }} | b |

[{{ value }} label](do:tick/5 "danger: Sure about {{ value }}?") [plain](do:more/5)

Ends with {{ value }}
"""

NASTY = [
    "<!channel>",
    "<@U0123456>",
    "@here @channel @everyone",
    "*bold* _slanted_ ~struck~ `code`",
    "**b** [link](https://evil.example) ![x](y)",
    "<https://evil.example|Elexon>",
    "# heading\n- list\n> quote",
    "```\nfence\n```",
    "`" * 30,
    "| a | b |\n|---|---|",
    "{{ value }} {% for x in y %}",
    "\ue000\ue010\ue001",
    "\u202egnp.exe",
    "a\u2028b\u2029c\u0085d\re\x00f\x1b[31m",
    "&lt;!channel&gt; &amp; &",
    ":tada: :skull:",
    "\\",
    "<script>alert(1)</script>",
    "5. five\n6. six",
    "[x]: https://evil.example",
    "</p>\n\n---\n\n",
    "\ud800 lone",
    "do:close/1",
]


@dataclass(frozen=True)
class View:
    value: object
    code: Code
    onboarding: str = "ob"
    about: str = "Step 5"
    rest: str = "step:5"


@pytest.fixture(scope="module")
def everywhere(tmp_path_factory: pytest.TempPathFactory) -> Renderer:
    folder: Path = tmp_path_factory.mktemp("templates")
    (folder / "t.md").write_text(EVERYWHERE, encoding="utf-8")
    return Renderer(folder)


def skeleton(part: object) -> object:
    """The payload with every text that may hold a value taken out."""
    if isinstance(part, Mapping):
        return {
            key: "…" if key in {"text", "accessibility_label"} and isinstance(value, str) else skeleton(value)
            for key, value in part.items()
        }
    return [skeleton(inner) for inner in part] if isinstance(part, list) else part


def texts(part: object) -> Iterator[str]:
    if isinstance(part, Mapping):
        for key, value in part.items():
            if key == "text" and isinstance(value, str):
                yield value
            else:
                yield from texts(value)
    elif isinstance(part, list):
        for inner in part:
            yield from texts(inner)


def view(text: str) -> View:
    return View(text, Code(f"code {text} ends"))


words = st.one_of(
    st.sampled_from(NASTY), st.text(max_size=120), st.lists(st.sampled_from(NASTY), max_size=3).map(" ".join)
)


@given(words)
@settings(max_examples=150, deadline=None)
@example("<!channel>")
def test_a_value_is_only_ever_text_and_never_changes_the_shape_of_a_message(everywhere: Renderer, text: str) -> None:
    assume(len(text) < 350 and one_line(text).strip())
    rendered = everywhere.render("t", view(text))
    assert skeleton(rendered.blocks) == skeleton(everywhere.render("t", view("x")).blocks)
    assert problems_of_message({"channel": "C0DIP", "text": rendered.text, "blocks": rendered.blocks}) == []
    said = list(texts(rendered.blocks))
    assert any(one_line(text).strip() in one for one in said)
    assert any(visible(text).strip("\n") in one for one in said if one.startswith("code"))


@given(words)
@settings(max_examples=60, deadline=None)
def test_the_spoken_text_has_no_entity_that_slack_would_obey(everywhere: Renderer, text: str) -> None:
    spoken = everywhere.render("t", view(text)).text
    assert "<" not in spoken
    assert ">" not in spoken
    assert len(spoken) <= 4_000
    for piece in spoken.split("&")[1:]:
        assert piece.startswith(("amp;", "lt;", "gt;"))


@given(st.text(min_size=1_000, max_size=6_000))
@settings(max_examples=15, deadline=None)
def test_a_long_value_is_cut_within_every_limit_and_the_rest_is_offered(everywhere: Renderer, text: str) -> None:
    assume(len(one_line(text).strip()) > 500)
    rendered = everywhere.render("t", view(text))
    assert problems_of_message({"channel": "C0DIP", "text": rendered.text, "blocks": rendered.blocks}) == []
    labels = [e["text"]["text"] for b in rendered.blocks if b["type"] == "actions" for e in b["elements"]]
    assert "plain" in labels, "what can be answered stays, however long the text"
    assert labels[-1] == "Show the rest"


@given(st.lists(st.sampled_from(["<!here>", "word " * 90, "x" * 390]), min_size=30, max_size=60))
@settings(max_examples=10, deadline=None)
def test_a_message_of_many_long_values_stays_below_the_total_and_keeps_its_buttons(
    tmp_path_factory: pytest.TempPathFactory, values: list[str]
) -> None:
    folder = tmp_path_factory.mktemp("many")
    (folder / "t.md").write_text(
        "{% for v in value %}\nParagraph {{ v }} [Row {{ loop.index }}](do:row/7#{{ loop.index }})\n\n"
        "{% endfor %}\n[Last](do:more/7)\n",
        encoding="utf-8",
    )
    rendered = Renderer(folder).render("t", View(tuple(values), Code("")))
    assert problems_of_message({"channel": "C0DIP", "text": rendered.text, "blocks": rendered.blocks}) == []
    labels = [e["text"]["text"] for b in rendered.blocks if b["type"] == "actions" for e in b["elements"]]
    assert labels[-1] == "Show the rest"


@pytest.mark.parametrize("identifier", ["U12 34", "<!channel>", "", "U123|x", "U" + "1" * 40])
def test_somebody_without_a_slack_id_is_named_and_never_mentioned(everywhere: Renderer, identifier: str) -> None:
    rendered = everywhere.render("t", View(Person(identifier, "<@U999> Mallory"), Code("x")))
    assert not any(element["type"] == "user" for element in _elements(rendered.blocks))


def test_a_person_is_a_mention_in_slack_and_a_name_everywhere_else(everywhere: Renderer) -> None:
    person = View(Person("U0CARL", "Carl <b>"), Code("x"))
    rendered = everywhere.render("t", person)
    assert {"type": "user", "user_id": "U0CARL"} in list(_elements(rendered.blocks))
    assert "@Carl &lt;b&gt;" in rendered.text
    assert "@Carl <b> begins a line" in everywhere.terminal("t", person)
    assert rendered.blocks[0]["text"]["text"] == "Heading @Carl <b>", "a header holds plain text only"


def test_a_moment_is_the_readers_own_in_slack_and_carries_its_zone_elsewhere(everywhere: Renderer) -> None:
    moment = Moment(datetime(2026, 7, 1, 9, 5, tzinfo=UTC), "Europe/London")
    rendered = everywhere.render("t", View(moment, Code("x")))
    dates = [element for element in _elements(rendered.blocks) if element["type"] == "date"]
    assert dates[0]["timestamp"] == 1782896700
    assert dates[0]["fallback"] == "Wed 1 Jul 2026 10:05 BST"
    code = next(e for e in _elements(rendered.blocks) if e["type"] == "text" and e["text"].startswith("code "))
    assert code["text"] == "code Wed 1 Jul 2026 10:05 BST"


def test_several_values_in_a_row_keep_their_kinds(everywhere: Renderer) -> None:
    phrase = Phrase((Person("U0CARL", "Carl"), " (*Certificate* Admin)"))
    rendered = everywhere.render("t", View(phrase, Code("x")))
    assert {"type": "user", "user_id": "U0CARL"} in list(_elements(rendered.blocks))
    assert any("(*Certificate* Admin)" in text for text in texts(rendered.blocks))


def test_trusted_wording_formats_but_makes_no_button(everywhere: Renderer) -> None:
    rendered = everywhere.render("t", View(Markdown("Use **this**, see [Elexon](https://elexon.example/a)"), Code("x")))
    elements = list(_elements(rendered.blocks))
    assert {"type": "text", "text": "this", "style": {"bold": True}} in elements
    assert any(e["type"] == "link" and e["url"] == "https://elexon.example/a" for e in elements)
    with pytest.raises(ValueError, match="makes no buttons"):
        everywhere.render("t", View(Markdown("[x](do:close)"), Code("x")))


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "//evil.example"])
def test_only_web_addresses_become_links(everywhere: Renderer, address: str) -> None:
    rendered = everywhere.render("t", View(Markdown(f"[here]({address})"), Code("x")))
    assert not any(element["type"] == "link" for element in _elements(rendered.blocks))


@pytest.mark.parametrize("surface", list(Surface))
def test_a_table_stands_only_where_slack_lets_it(everywhere: Renderer, surface: Surface) -> None:
    blocks = everywhere.render("t", view("x"), surface).blocks
    assert any(block["type"] == "table" for block in blocks) is (surface is not Surface.MODAL)


def _elements(part: object) -> Iterator[dict[str, Any]]:
    if isinstance(part, Mapping):
        if "type" in part:
            yield dict(part)
        for value in part.values():
            yield from _elements(value)
    elif isinstance(part, list):
        for inner in part:
            yield from _elements(inner)
