"""`dipper version`: what runs here, with the versions that a report of a fault should name."""

import typer


def version() -> None:
    """Print the versions of Dipper, Python and the libraries that matter in a report of a fault."""
    import platform
    from importlib.metadata import version as version_of

    typer.echo(f"dipper {version_of('dipper')}")
    typer.echo(f"python {platform.python_version()}")
    for name in ("slack-bolt", "slack-sdk", "sqlalchemy", "dnspython", "cryptography", "apscheduler", "jinja2"):
        typer.echo(f"{name} {version_of(name)}")
