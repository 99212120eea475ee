"""The lab itself: what is missing is named with its package, and a zone that cannot be served is no silent success."""

import pytest
from lab import servers
from lab.servers import MissingTool, Nsd, run_all, tool


@pytest.mark.parametrize("command", sorted(servers._PACKAGES))
def test_a_missing_program_is_named_with_the_package_to_install(monkeypatch, tmp_path, command):
    monkeypatch.setattr(servers, "_PATH", str(tmp_path))
    with pytest.raises(MissingTool, match=f"install {servers._PACKAGES[command]}"):
        tool(command)


def test_a_server_that_cannot_start_fails_with_its_log(tmp_path):
    broken = Nsd(tmp_path, "192.0.2.1", 20053, {"x.example": "@ SOA a b 1 2 3 4 5\n"})
    with pytest.raises(RuntimeError, match="does not start"):
        run_all([broken])
