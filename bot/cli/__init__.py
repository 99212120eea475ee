"""`dipper …`: one file a command group; whatever is heavy is imported inside the commands."""

import typer

from bot.cli import (
    audit,
    check_cert,
    check_dns,
    check_webhook,
    csr,
    db,
    demo,
    doctor,
    manifest,
    pfx,
    privacy,
    process,
    run,
    sandbox,
    templates,
    version,
)

app = typer.Typer(
    name="dipper",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="Walks a team through onboarding to Elexon's Data Integration Platform, in one Slack thread.\n\n"
    "New here? `dipper demo` starts everything on this machine, with a local workspace instead of Slack.",
)

app.command("demo", rich_help_panel="Try and run")(demo.demo)
app.command("run", rich_help_panel="Try and run")(run.run)
app.command("sandbox", rich_help_panel="Try and run")(sandbox.sandbox)
app.command("manifest", rich_help_panel="Try and run")(manifest.manifest)
app.command("doctor", rich_help_panel="Try and run")(doctor.doctor)

check = typer.Typer(no_args_is_help=True, help="Check DNS, certificates or a webhook from here.")
check.command("dns")(check_dns.check_dns)
check.command("cert")(check_cert.check_cert)
check.command("webhook")(check_webhook.check_webhook)
app.add_typer(check, name="check", rich_help_panel="On the Certificate Admin's own machine")
app.command("csr", rich_help_panel="On the Certificate Admin's own machine")(csr.csr)
app.add_typer(pfx.app, name="pfx", rich_help_panel="On the Certificate Admin's own machine")

app.add_typer(process.app, name="process", rich_help_panel="For operators")
app.add_typer(templates.app, name="templates", rich_help_panel="For operators")
app.add_typer(db.app, name="db", rich_help_panel="For operators")
app.add_typer(audit.app, name="audit", rich_help_panel="For operators")
app.add_typer(privacy.app, name="privacy", rich_help_panel="For operators")
app.command("version", rich_help_panel="For operators")(version.version)


def main() -> None:
    app()
