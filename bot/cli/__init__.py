"""`dipper …`: one file a command group; whatever is heavy is imported inside the commands."""

import typer

from bot.cli.audit import app as audit_app
from bot.cli.check_cert import check_cert as cert_command
from bot.cli.check_dns import check_dns as dns_command
from bot.cli.check_webhook import check_webhook as webhook_command
from bot.cli.csr import csr as csr_command
from bot.cli.db import app as db_app
from bot.cli.demo import demo as demo_command
from bot.cli.doctor import doctor as doctor_command
from bot.cli.manifest import manifest as manifest_command
from bot.cli.pfx import app as pfx_app
from bot.cli.privacy import app as privacy_app
from bot.cli.process import app as process_app
from bot.cli.run import run as run_command
from bot.cli.sandbox import sandbox as sandbox_command
from bot.cli.templates import app as templates_app
from bot.cli.version import version as version_command

app = typer.Typer(
    name="dipper",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    help="Walks a team through onboarding to Elexon's Data Integration Platform, in one Slack thread.\n\n"
    "New here? `dipper demo` starts everything on this machine, with a local workspace instead of Slack.",
)

app.command("demo", rich_help_panel="Try and run")(demo_command)
app.command("run", rich_help_panel="Try and run")(run_command)
app.command("sandbox", rich_help_panel="Try and run")(sandbox_command)
app.command("manifest", rich_help_panel="Try and run")(manifest_command)
app.command("doctor", rich_help_panel="Try and run")(doctor_command)

check = typer.Typer(no_args_is_help=True, help="Check DNS, certificates or a webhook from here.")
check.command("dns")(dns_command)
check.command("cert")(cert_command)
check.command("webhook")(webhook_command)
app.add_typer(check, name="check", rich_help_panel="On the Certificate Admin's own machine")
app.command("csr", rich_help_panel="On the Certificate Admin's own machine")(csr_command)
app.add_typer(pfx_app, name="pfx", rich_help_panel="On the Certificate Admin's own machine")

app.add_typer(process_app, name="process", rich_help_panel="For operators")
app.add_typer(templates_app, name="templates", rich_help_panel="For operators")
app.add_typer(db_app, name="db", rich_help_panel="For operators")
app.add_typer(audit_app, name="audit", rich_help_panel="For operators")
app.add_typer(privacy_app, name="privacy", rich_help_panel="For operators")
app.command("version", rich_help_panel="For operators")(version_command)


def main() -> None:
    app()
