"""Makes docs/findings from the rules' docstrings: a page for each rule, and an index of every code.

`python -m engine.findings_docs docs/findings` writes what is out of date and removes pages of rules that are gone. A
module of a rules package whose docstring has no section is a helper, and has no page.
"""

import argparse
import importlib
import pkgutil
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from engine.findings import Section, sections

PACKAGES: Mapping[str, tuple[str, str]] = {
    "engine.dns.rules": ("dns", "DNS"),
    "engine.pki.rules": ("pki", "Keys, requests and certificates"),
    "engine.webhook.rules": ("webhook", "Webhook"),
}
_NOTICE = "<!-- Made from the rule's docstring by `python -m engine.findings_docs docs/findings`; edit that. -->"
_HEADING = re.compile(r"^[a-z0-9-]+ \([A-Z]\d{1,2}\): ", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Page:
    """One rule's documentation."""

    engine: str
    name: str
    sections: tuple[Section, ...]

    @property
    def file(self) -> str:
        return f"{self.engine}-{self.name.replace('_', '-')}.md"

    def text(self) -> str:
        """The page in Markdown."""
        parts = [f"# {self.name.replace('_', ' ').capitalize()}", _NOTICE]
        for each in self.sections:
            parts.append(f"## {each.code}\n\nClass {each.class_}: {each.title}")
            parts.append(f"* **Seen as:** {each.seen_as}\n* **Fix:** {each.fix}")
            parts.append(f"Source: {each.source} Confidence: {each.confidence}.")
            if each.notes:
                parts.append(each.notes)
        return "\n\n".join(parts) + "\n"


def pages() -> Iterator[Page]:
    """A page for each rule of each engine that is there. Raises BadDocstring, with the module, for one that is not."""
    for package, (engine, _) in PACKAGES.items():
        try:
            found = importlib.import_module(package)
        except ModuleNotFoundError as error:
            if error.name is not None and package.startswith(error.name):
                continue
            raise
        for info in sorted(pkgutil.iter_modules(found.__path__), key=lambda each: each.name):
            docstring = importlib.import_module(f"{package}.{info.name}").__doc__
            if docstring and _HEADING.search(docstring):
                yield Page(engine, info.name, sections(docstring))


def index(made: tuple[Page, ...]) -> str:
    """Every code of every engine, by class, with a link to its page."""
    parts = ["# Findings", _NOTICE.replace("the rule's docstring", "the rules' docstrings")]
    parts.append("What a check may report. Scripts may rely on the codes: they are not renamed within a schema.")
    for engine, title in PACKAGES.values():
        rows = sorted(
            (
                (int(each.class_[1:]), each.code, each, page)
                for page in made
                if page.engine == engine
                for each in page.sections
            ),
            key=lambda row: row[:2],
        )
        if rows:
            parts.append(f"## {title}")
            lines = ["| Class | Code | Meaning |", "|---|---|---|"]
            lines += [
                f"| {each.class_} | [{each.code}]({page.file}#{each.code}) | {each.title.replace('|', chr(92) + '|')} |"
                for _, _, each, page in rows
            ]
            parts.append("\n".join(lines))
    return "\n\n".join(parts) + "\n"


def documents() -> dict[str, str]:
    """File name to content, for the whole folder."""
    made = tuple(pages())
    return {"index.md": index(made)} | {page.file: page.text() for page in made}


def main() -> None:
    """Brings a folder up to date and says what changed."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("folder", type=Path)
    folder: Path = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    wanted = documents()
    for gone in sorted({path.name for path in folder.glob("*.md")} - set(wanted)):
        (folder / gone).unlink()
        print(f"removed {gone}")
    for name, text in sorted(wanted.items()):
        path = folder / name
        if not path.exists() or path.read_text("utf-8") != text:
            path.write_text(text, "utf-8")
            print(f"wrote {name}")


if __name__ == "__main__":
    main()
