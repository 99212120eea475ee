import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.settings import Settings, SettingsError, Transport, is_loopback, load_settings, summary

TOKEN = "xoxb-1111-2222-abcdefabcdef"


def problems(environment, folder):
    with pytest.raises(SettingsError) as caught:
        load_settings(environment, folder)
    return caught.value.problems


def test_without_anything_the_defaults_hold_and_what_is_missing_is_named(tmp_path):
    settings = load_settings({}, tmp_path)
    assert settings.slack.transport is Transport.SOCKET
    [bot, app] = settings.missing_for_slack()
    assert bot.startswith("DIPPER_SLACK_BOT_TOKEN is not set")
    assert app.startswith("DIPPER_SLACK_APP_TOKEN is not set")


def test_over_http_the_signing_secret_is_needed_instead_of_the_app_token(tmp_path):
    settings = load_settings({"DIPPER_SLACK_TRANSPORT": "http", "DIPPER_SLACK_BOT_TOKEN": TOKEN}, tmp_path)
    [missing] = settings.missing_for_slack()
    assert missing.startswith("DIPPER_SLACK_SIGNING_SECRET is not set")


def test_the_environment_wins_over_the_file(tmp_path):
    (tmp_path / "dipper.toml").write_text('[http]\nport = 9000\n[people]\nadmins = ["U1"]\n')
    settings = load_settings({"DIPPER_HTTP_PORT": "9001"}, tmp_path)
    assert (settings.http.port, settings.people.admins) == (9001, ("U1",))


def test_paths_in_the_file_are_taken_from_its_folder(tmp_path):
    (tmp_path / "site").mkdir()
    (tmp_path / "dipper.toml").write_text('[process]\nsite = "site"\n')
    assert load_settings({}, tmp_path).process.site == tmp_path / "site"


@pytest.mark.parametrize(
    ("file", "environment", "words"),
    [
        ("[slack]\nbot_tokn = 'x'\n", {}, "dipper.toml: [slack] bot_tokn: unknown setting. Known here: bot_token"),
        ("[slak]\nbot_token = 'x'\n", {}, "dipper.toml: slak: unknown setting"),
        ("[http]\nport = 'many'\n", {}, "dipper.toml: [http] port: "),
        ("", {"DIPPER_HTTP_PORT": "70000"}, "environment: DIPPER_HTTP_PORT: "),
        ("", {"DIPPER_SLACK_BOT_TOKEN": "abc"}, "environment: DIPPER_SLACK_BOT_TOKEN: must begin with xoxb-"),
        ("", {"DIPPER_SLACK_BASE_URL": "http://slack.example/api/"}, "DIPPER_SLACK_BASE_URL: must be https"),
        ("", {"DIPPER_DATABASE_URL": "mysql://x"}, "DIPPER_DATABASE_URL: must begin with sqlite:/// or postgresql://"),
        ("[slack]\nsigning_secret = ''\n", {}, "dipper.toml: [slack] signing_secret: must not be empty"),
        ("[slack\n", {}, "not valid TOML"),
        (
            "",
            {"DIPPER_SLACK_BOT_TOKN": "x"},
            "environment: DIPPER_SLACK_BOT_TOKN: unknown setting. Known here: bot_token",
        ),
        ("", {"DIPPER_PROCESS_SITE": "/nowhere"}, "environment: DIPPER_PROCESS_SITE: /nowhere is not a folder"),
        ("[process]\nsite = 'sites'\n", {}, "dipper.toml: [process] site: "),
        ("", {"DIPPER_PEOPLE_ADMINS": "lena"}, "DIPPER_PEOPLE_ADMINS: lena is no Slack member id"),
        ("", {"DIPPER_SLACK_FILE_HOSTS": "https://files.slack.com/"}, "DIPPER_SLACK_FILE_HOSTS: write the host alone"),
        ("", {"DIPPER_LOG_LEVEL": "loud"}, "DIPPER_LOG_LEVEL: Input should be 'debug', 'info', 'warning' or 'error'"),
        ("", {"DIPPER_PEOPLE_NATION": "Wales"}, "DIPPER_PEOPLE_NATION: Input should be 'ENG', 'SCT' or 'NIR'"),
    ],
)
def test_every_problem_names_its_source_and_what_is_wanted(tmp_path, file, environment, words):
    if file:
        (tmp_path / "dipper.toml").write_text(file)
    assert any(words in problem for problem in problems(environment, tmp_path))


def test_all_problems_are_said_at_once(tmp_path):
    assert len(problems({"DIPPER_HTTP_PORT": "x", "DIPPER_DNS_TIMEOUT": "-1"}, tmp_path)) == 2


@given(secret=st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=8, max_size=60))
def test_no_secret_is_ever_in_a_repr_a_summary_or_an_error(tmp_path_factory, secret):
    folder = tmp_path_factory.getbasetemp()
    marked = f"s3cr3t{secret}"
    bad = {"DIPPER_SLACK_BOT_TOKEN": marked, "DIPPER_SLACK_APP_TOKEN": marked, "DIPPER_HTTP_PORT": "x"}
    assert all(marked not in problem for problem in problems(bad, folder))
    good = {
        "DIPPER_SLACK_BOT_TOKEN": f"xoxb-{marked}",
        "DIPPER_SLACK_APP_TOKEN": f"xapp-{marked}",
        "DIPPER_SLACK_SIGNING_SECRET": marked,
        "DIPPER_DATABASE_URL": f"postgresql://dipper:{marked.replace('@', '').replace('/', '')}@db.example/dipper",
    }
    settings = load_settings(good, folder)
    shown = repr(settings) + str(settings) + "".join(line.how for line in summary(settings))
    assert "s3cr3t" not in shown
    in_options = {"DIPPER_DATABASE_URL": "postgresql://db.example/dipper?user=dipper&password=s3cr3t"}
    [line] = [line for line in summary(load_settings(in_options, folder)) if line.what == "Database"]
    assert line.how == "db.example/dipper"


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost", "127.9.9.9"])
def test_this_machine_is_recognised(host):
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["slack.com", "10.0.0.1", "127.0.0.1.example", "", "localhost.example", "2130706433"])
def test_what_only_looks_like_this_machine_is_not(host):
    assert not is_loopback(host)


def test_the_clock_may_come_from_a_local_workspace_only():
    assert not Settings().is_local_workspace
    local = Settings.model_validate({"slack": {"base_url": "http://127.0.0.1:8021/api"}})
    assert local.is_local_workspace


def test_a_nation_that_has_no_bank_holidays_of_its_own_is_refused(tmp_path):
    [problem] = problems({"DIPPER_PEOPLE_NATION": "Mars"}, tmp_path)
    assert "DIPPER_PEOPLE_NATION" in problem
    assert "SCT" in problem
