"""What a start imports, and that each name of an engine is found though it is looked up late."""

import pkgutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from engine import dns, pki, webhook

NOT_AT_THE_START = {
    "alembic",
    "psycopg",
    "bot.render.samples",
    "engine.dns.diagnosis",
    "cryptography",
    "engine.pki.inspection",
    "engine.webhook.probe",
}


def test_a_start_imports_nothing_that_it_may_never_need():
    code = "import sys, bot.running; print(*sys.modules)"
    root = Path(__file__).resolve().parents[2]
    ran = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    imported = set(ran.stdout.split())
    assert "bot.house" in imported
    assert not NOT_AT_THE_START & imported


@pytest.mark.parametrize("engine", [dns, pki, webhook])
def test_every_name_of_an_engine_is_found_and_is_not_that_of_one_of_its_files(engine: ModuleType):
    assert all(hasattr(engine, name) for name in engine.__all__)
    assert not {module.name for module in pkgutil.iter_modules(engine.__path__)} & set(engine.__all__)


def test_a_name_that_an_engine_does_not_have_is_said_to_be_missing():
    with pytest.raises(AttributeError, match=r"engine\.pki has no attribute inspct"):
        _ = pki.inspct
