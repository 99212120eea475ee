"""`dipper templates`: what people read, checked and shown with sample data."""

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True, help="What people read: check the templates, or look at one with sample data.")

_SITE = typer.Option("--site", help="Folder with your own rules: `site`, or its `templates` folder.")


@app.command()
def check(site: Annotated[Path | None, _SITE] = None) -> None:
    """Render every template with sample data and say what is wrong, with file and line. Ends with 1 if anything is."""
    from bot.render.checking import problems_of, strangers
    from bot.render.renderer import OUR_TEMPLATES, Renderer
    from bot.render.samples import samples
    from engine.process.loader import load_process

    overlay = _overlay(site)
    renderer = Renderer(OUR_TEMPLATES, (overlay,) if overlay else ())
    found = samples(load_process())
    problems = (*(strangers(renderer, overlay) if overlay else ()), *problems_of(renderer, found))
    for problem in problems:
        typer.echo(str(problem), err=True)
    if problems:
        typer.echo(f"{len(problems)} to put right.", err=True)
        raise typer.Exit(1)
    typer.echo(f"{len(renderer.names())} templates are in order; {len(found)} samples were rendered.")


@app.command()
def preview(
    name: Annotated[
        str, typer.Argument(help="Such as card or thread/step-open; without a match, the closest is named.")
    ],
    slack: Annotated[bool, typer.Option("--slack", help="Slack's blocks, as JSON for its Block Kit Builder.")] = False,
    terminal: Annotated[bool, typer.Option("--terminal", help="As a terminal shows it (the default).")] = False,
    text: Annotated[bool, typer.Option("--text", help="The words for notifications and screen readers.")] = False,
    mail: Annotated[bool, typer.Option("--mail", help="As text for an e-mail or ticket, without buttons.")] = False,
    site: Annotated[Path | None, _SITE] = None,
) -> None:
    """Show a template with sample data, every face of it."""
    import difflib
    import json

    from bot.render.parse import BadTemplate
    from bot.render.renderer import OUR_TEMPLATES, Renderer
    from bot.render.samples import samples
    from engine.process.loader import load_process

    if slack + terminal + text + mail > 1:
        typer.echo("Choose one of --slack, --terminal, --text and --mail.", err=True)
        raise typer.Exit(2)
    overlay = _overlay(site)
    renderer = Renderer(OUR_TEMPLATES, (overlay,) if overlay else ())
    found = samples(load_process())
    wanted = name.removeprefix("templates/").removesuffix(".md")
    chosen = [sample for sample in found if sample.template == wanted]
    if not chosen:
        near = difflib.get_close_matches(wanted, {sample.template for sample in found}, n=3)
        typer.echo(f"No sample of {wanted}. {'Close: ' + ', '.join(near) if near else 'Try card.'}", err=True)
        raise typer.Exit(2)
    for sample in chosen:
        if sample.face and not slack:
            typer.echo(f"--- {sample.face}")
        try:
            if slack:
                shown = json.dumps(
                    {"blocks": renderer.render(wanted, sample.view).blocks}, ensure_ascii=False, indent=2
                )
            elif text:
                shown = renderer.render(wanted, sample.view).text
            else:
                shown = renderer.plain(wanted, sample.view) if mail else renderer.terminal(wanted, sample.view)
        except BadTemplate as error:
            typer.echo(str(error), err=True)
            raise typer.Exit(1) from error
        typer.echo(shown + "\n")


def _overlay(site: Path | None) -> Path | None:
    """The folder of the operator's templates. Ends with 2 if what was named is not there."""
    if site is None:
        return None
    if not site.is_dir():
        typer.echo(f"{site}: there is no such folder.", err=True)
        raise typer.Exit(2)
    inner = site / "templates"
    return inner if inner.is_dir() else site
