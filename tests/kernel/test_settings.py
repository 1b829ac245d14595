"""The settings are validated all together, table by table, from the file and the environment."""

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from django.utils.translation import override
from pydantic.plugin import _loader as plugins

import rollkeeper
from rollkeeper.access.settings import portal_runs_scripts
from rollkeeper.campaign.settings import settings as campaign_settings
from rollkeeper.kernel.error_messages import translated
from rollkeeper.kernel.errors import (
    DATA_DIR_NOT_A_DIRECTORY,
    INSTANCE_FORMAT_MISMATCH,
    SETTING_FAULT,
    SETTINGS_FILE_FAULT,
    Faults,
)
from rollkeeper.kernel.instance import Instance, InstanceKind, instance
from rollkeeper.kernel.settings import (
    forget_settings,
    made_mark,
    read_settings_again,
    registered_tables,
    settings_file,
    write_settings,
)
from rollkeeper.ledger.settings import settings as ledger_settings
from rollkeeper.notices.settings import settings as notice_settings
from rollkeeper.operations.bootstrap import open_instance
from rollkeeper.operations.settings import MODULES, all_tables, check_settings
from rollkeeper.provisioning.settings import settings as provisioning_settings
from tests.refusals import refusing

WITNESS = "w.example+e533421d+BAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f"
RENAMED = "o.example+92567428+BAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f"
SIGNER = "w.example+05122f9a+AQABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f"
PACKAGE = Path(rollkeeper.__file__).parent


@pytest.fixture
def written(tmp_path, monkeypatch):
    def write(text: str) -> None:
        monkeypatch.setenv("ROLLKEEPER_HOME", str(tmp_path))
        (tmp_path / "settings.toml").write_text(text, "utf-8")
        forget_settings()

    yield write
    monkeypatch.undo()
    forget_settings()


def faults_of_all() -> set[tuple[str, str]]:
    with pytest.raises(Faults) as refusal:
        check_settings()
    return {(one.facts.get("table", ""), one.facts.get("setting", "")) for one in refusal.value.faults}


def test_every_faulty_setting_of_every_table_is_reported_not_only_the_first(written):
    written(
        '[instance]\nzone = "Mars/Olympus"\n[campaign]\nmax_lines_per_hour = 0\nunknown = 1\n'
        '[provisioning.hlr]\nctrl = "nowhere"\n[colours]\nred = 1\n'
    )

    assert faults_of_all() == {
        ("instance", "zone"),
        ("campaign", "max_lines_per_hour"),
        ("campaign", "unknown"),
        ("provisioning.hlr", "ctrl"),
        ("", ""),
    }


def test_the_faults_of_all_tables_are_told_on_reading_one_of_them(written):
    written('[instance]\nzone = "Mars/Olympus"\n[campaign]\nmax_lines_per_hour = 0\n')

    with pytest.raises(Faults, match=r"(?s)zone.*max_lines_per_hour"):
        ledger_settings()


def test_a_fault_names_the_file_the_table_and_the_key(written):
    written("[campaign]\npilot_share = 2\n")

    with refusing(SETTING_FAULT) as refusal:
        check_settings()

    assert str(refusal.value).startswith(
        f"{settings_file()}: the setting 'pilot_share' in the table [campaign] is not valid: "
    )


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[colours]\nred = 1\n", r"there is no table \[colours\]"),
        ("campaign = 1\n", r"\[campaign\] is not a table"),
        ('zone = "Asia/Tokyo"\n', r"'zone' is in no table: it belongs in \[instance\]"),
        ("[campaign]\ncolour = 1\n", "there is no such setting"),
        ("[provisioning.hlr]\ncolour = 1\n", r"'colour' in the table \[provisioning.hlr\]"),
    ],
)
def test_what_belongs_to_no_table_is_refused(written, text, why):
    written(text)

    with refusing(SETTING_FAULT, SETTINGS_FILE_FAULT, match=why):
        check_settings()


def test_every_package_with_settings_is_known_where_the_whole_file_is_validated():
    there = {
        f"{file.parent.name}.settings"
        for file in PACKAGE.glob("*/settings.py")
        if "\nsettings = table(" in file.read_text("utf-8")
    }

    assert there == set(MODULES) - {"kernel.instance"}
    assert len(all_tables()) == len(MODULES) == len(registered_tables())


def test_an_instance_of_another_version_is_refused_by_name(written):
    written("[instance]\nformat = 99\n")

    with refusing(INSTANCE_FORMAT_MISMATCH, match="format 99"):
        instance()


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ('[instance]\ncountry_code = "ZZ"', "two capital letters"),
        ('[instance]\ncare_number = "abc"', "as people dial it"),
        ('[instance]\nregister_url = "banana"', "postgresql://"),
        ('[instance]\nkeys_url = "mysql://keys/x"', "postgresql://"),
        ('[instance]\nregister_url = "postgresql://u:pass@db/x"', r"secrets/\*\.pgpass"),
        ('[instance]\nregister_url = "postgresql://u@db/x"', "leave out the user"),
        ('[instance]\nkeys_url = "postgresql://db.example/x"', "sslmode=verify-full"),
        ('[instance]\nkeys_url = "postgresql://db.example/x?sslmode=require"', "sslmode=verify-full"),
        ('[instance]\nkeys_url = "postgresql://localhost,db.example/x"', "sslmode=verify-full"),
        (
            '[instance]\nregister_url = "postgresql://localhost/x"',
            "both 'register_url' and 'keys_url', or neither",
        ),
        (
            '[instance]\nkeys_url = "postgresql://localhost/x"',
            "both 'register_url' and 'keys_url', or neither",
        ),
        ('[provisioning.webhook]\nurl = "https://u:pass@switch.example/x"', "no password"),
        ('[instance]\npack = "mine.yaml"', "whole path"),
        ('[ledger]\nfolder = "public"', "whole path"),
        *(
            (
                f'[ledger]\norigin = "{name}"',
                "address in small letters without https:// and without a final slash",
            )
            for name in (
                "https://x.example",
                "x.example/",
                "x.example//log",
                "x .example",
                "X.example",
                "x.example?a",
                "x+y",
                "",
            )
        ),
        (f'[ledger]\norigin = "{"a" * 201}"', "200 at most"),
        ("[ledger]\ncosignatures = 1", "there are only 0 witnesses"),
        (f'[[ledger.witnesses]]\nurl = "http://w.example"\nvkey = "{WITNESS}"', "https://"),
        ('[[ledger.witnesses]]\nurl = "https://w.example"\nvkey = "w.example"', "verifier key"),
        (f'[[ledger.witnesses]]\nurl = "https://w.example"\nvkey = "{SIGNER}"', "no key of a witness"),
        (
            f'[[ledger.witnesses]]\nurl = "https://w.example"\nvkey = "x{WITNESS}"',
            "do not belong together",
        ),
        (
            f'[ledger]\nwitnesses = [{{url = "https://1", vkey = "{WITNESS}"}}, {{url = "https://2", vkey = "{RENAMED}"}}]',
            "two witnesses have the same key",
        ),
        ("[instance]\ndemo_date = 0001-01-01", "1900-01-01"),
        ("[campaign]\ncolour = 1", "no such setting"),
        ("a = = 1", "not TOML"),
        (
            "[instance]\nzone = Asia/Shanghai",
            "line 2, column 8: this is no value: a text is in quotation marks",
        ),
        ("[campaign]\npilot_hours = 3\npilot_hours = 4\n\n", "line 3, column 16: this is said twice"),
        ('[instance]\nzone = "Asia/Shanghai', "a quotation mark is not closed"),
        ('[notices]\nwait_days = "soon"', "write a whole number, such as 30"),
        ('[instance]\nlanguages = "en"', "write a list, in"),
        ('[instance]\nkind = "test"', "it is one of 'demo' or 'production'"),
        ("[campaign]\npilot_share = 2", "it must be 1 or less"),
        ("[notices]\nsmpp_per_second = inf", "write a number"),
        ("[notices]\nquiet_from = 21", "write a time of day as 21:00:00"),
        ("[notices]\nwait_days = true", "write a whole number"),
        ("[campaign]\nmax_lines_per_hour = 9999999999", "it must be 2147483647 or less"),
        ("[notices]\nquiet_from = 21:00", "line 2, column 1[0-9]: write a time of day as 21:00:00"),
        ("[notices]\nquiet_from = 21:00 # late\n", "write a time of day as 21:00:00"),
        ('[notices]\nalarms_to = "ops"', "one e-mail address, such as alarms@operator.example"),
        ('[notices]\nalarms_to = "a@operator.example,b@operator.example"', "one e-mail address"),
        ('[notices]\nemail_from = "Register <a@operator.example>"', "one e-mail address"),
        ('[notices]\nbounce_mailbox = "reports"', "e-mail address without"),
        ('[notices]\nsmpp_sender = "Invented Telecom"', "at most 11 letters"),
        ('[notices]\nsms_signature = "[Invented]"', "without brackets"),
        (
            '[lines.region_prefixes]\n"91194" = "Jammu"',
            r"'91194' in the table \[lines.region_prefixes\].* \+91194",
        ),
        ('[notices]\nsmtp_url = "mail.example:25"', "smtp://host:port"),
        ('[notices]\nsmtp_url = "smtp://mail example"', "smtp://host:port"),
        ('[notices]\nsmpp_url = "smpp://name@"', "smpp://name@host:port"),
        ('[vault]\nroot_url = "https://"', "https://host/path"),
        ('[vault]\nroot_url = "https://[::1"', "https://host/path"),
        ('[vault]\ndocuments_url = "s3://bucket:99999/x"', "s3://bucket/prefix"),
        ('[provisioning.webhook]\nurl = "https://"', "https://host/path"),
        ('[access]\nportal_address = "https://::::"', "scheme and host"),
    ],
)
def test_a_setting_that_would_only_fail_later_is_refused_at_once_in_plain_words(written, line, why):
    written(line)

    with refusing(SETTING_FAULT, SETTINGS_FILE_FAULT, match=why):
        instance()


@pytest.mark.parametrize(
    "key", ["smpp_sender", "smpp_url", "smpp_report_ids", "sms_signature", "smtp_url", "alarms_to", "bounce_mailbox", "voice_program"]
)  # fmt: skip
def test_a_setting_that_may_be_empty_is_none_when_written_empty(written, key):
    written(f'[notices]\n{key} = ""')

    assert getattr(notice_settings(), key) is None


@pytest.mark.parametrize("port", ["99999", "0", "b", ""])
@pytest.mark.parametrize(
    "line",
    [
        '[notices]\nsmtp_url = "smtp://mail.example:{}"',
        '[notices]\nsmpp_url = "smpps://name@centre.example:{}"',
        '[vault]\nroot_url = "https://bao.example:{}/x"',
        '[provisioning.webhook]\nurl = "https://switch.example:{}/x"',
        '[provisioning.kamailio]\nurl = "http://127.0.0.1:{}/rollkeeper"',
        '[provisioning.hlr]\nctrl = "127.0.0.1:{}"',
        f'[[ledger.witnesses]]\nurl = "https://w.example:{{}}/x"\nvkey = "{WITNESS}"',
        '[access]\nportal_address = "https://my.example:{}/x"',
    ],
)
def test_a_port_in_an_address_is_a_number_that_a_port_can_have(written, line, port):
    written(line.format(port))

    with refusing(SETTING_FAULT) as refusal:
        check_settings()

    assert re.search("a port is a number from 1 to 65535|scheme and host", str(refusal.value))
    assert f":{port or '::'}" not in str(refusal.value)


@pytest.mark.parametrize(("port", "is_fine"), [(65535, True), (65536, False), (0, False)])
def test_the_ports_of_databases_and_of_the_ledger_are_looked_at_too(written, port, is_fine):
    both = f'register_url = "postgresql://a,b:{port}/x"\nkeys_url = "postgresql://localhost:{port}/y"'
    written(f'[instance]\n{both}\n[ledger]\norigin = "ledger.example:{port}/x"\n')

    if is_fine:
        check_settings()
    else:
        assert faults_of_all() == {
            ("instance", "register_url"),
            ("instance", "keys_url"),
            ("ledger", "origin"),
        }


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (
            "[provisioning.by_service]\nmoble = ['kamailio']",
            "the setting 'moble' in the table [provisioning.by_service] is not valid: a kind of service is one of mobile, ",
        ),
        (
            "[provisioning.by_service]\nfixed_line = ['kamailio', 'asterisk']",
            "the setting 'fixed_line' in the table [provisioning.by_service] is not valid: entry 2: it is one of 'osmo_hlr', ",
        ),
        (
            "[instance]\nlanguages = ['en', 3]",
            "the setting 'languages' in the table [instance] is not valid: entry 2: write a text",
        ),
        (
            "[[ledger.witnesses]]\nurl = 'https://w.example'",
            "the setting 'vkey' in the table [ledger.witnesses] is not valid: entry 1: it is missing",
        ),
        (
            f"[[ledger.witnesses]]\nurl = 'https://w.example'\nvkey = '{WITNESS}'\nnmae = 'w'",
            "the setting 'nmae' in the table [ledger.witnesses] is not valid: entry 1: there is no such setting",
        ),
        (
            "[notices]\nsmtp-url = 'x'",
            "'smtp-url' in the table [notices] is not valid: there is no such setting; the nearest is 'smtp_url'",
        ),
        (
            "[campaign]\nzone = 'x'",
            "'zone' in the table [campaign] is not valid: it belongs in the table [instance]",
        ),
        (
            "[provisioning.hrl]\nctrl = 'x'",
            "'hrl' in the table [provisioning] is not valid: there is no such setting; the nearest is 'hlr'",
        ),
        ("[Notice]\ntries = 1", "there is no table [Notice]; the nearest is [notices]"),
    ],
)
def test_an_unknown_name_is_refused_with_the_table_and_the_nearest_name(written, text, says):
    written(text)

    with refusing(SETTING_FAULT, SETTINGS_FILE_FAULT) as refusal:
        check_settings()

    assert f"{settings_file()}: " in str(refusal.value)
    assert says in str(refusal.value)


@pytest.mark.parametrize(
    "name", ["ledger.operator.example", "register.example/ledger", "127.0.0.1:8000/ledger", "x"]
)
def test_a_ledger_is_called_by_its_address(written, name):
    written(f'[ledger]\norigin = "{name}"')

    assert ledger_settings().origin == name


@pytest.mark.parametrize(("letters", "is_fine"), [(19, True), (20, True), (21, False)])
@pytest.mark.parametrize("letter", ["a", "藏"])
def test_an_operators_name_is_as_long_as_the_signature_of_an_sms_at_most(written, letter, letters, is_fine):
    written(f'[instance]\noperator_name = "{letter * letters}"\n')

    if is_fine:
        assert instance().operator_name == letter * letters
        return
    with refusing(SETTING_FAULT, match="at most 20 letters: the name signs each SMS"):
        instance()


def test_a_password_in_an_address_is_not_repeated_by_its_refusal(written):
    written('[notices]\nsmtp_url = "smtp://us:hunter2@mail.example"\n')

    with refusing(SETTING_FAULT, match=r"secrets/smtp\.password") as refusal:
        check_settings()

    assert "hunter2" not in f"{refusal.value} {refusal.value.facts}"


def test_each_setting_that_counts_time_has_a_limit():
    unlimited = [
        f"{name}.{key}"
        for name, model in all_tables().items()
        for key, field in model.model_fields.items()
        if key.endswith(("_days", "_hours", "_minutes"))
        and key != "max_per_ten_minutes"  # counts registrations
        and not any(getattr(one, "le", None) or getattr(one, "lt", None) for one in field.metadata)
    ]

    assert not unlimited


@pytest.mark.parametrize("line", ["[campaign]\npilot_hours = {}", "[vault]\nrotate_keys_within_days = {}"])
def test_days_and_hours_are_accepted_up_to_their_limit(written, line):
    most = 720 if "hours" in line else 366
    for value, is_fine in ((most - 1, True), (most, True), (most + 1, False)):
        written(line.format(value))
        if is_fine:
            check_settings()
        else:
            with refusing(SETTING_FAULT, match=f"it must be {most} or less"):
                check_settings()


def test_every_fault_in_settings_is_said_in_chinese(written):
    written(
        'zone = "Asia/Tokyo"\n[colours]\nred = 1\n[instance]\nlanguages = "en"\ncountry_code = "ZZ"\noperator_name = "'
        + "a" * 21
        + '"\n[campaign]\npilot_share = 2\ncolour = 1\npilot_hours = "x"\n[notices]\nquiet_from = 1.5\nsmtp_requires_tls = 3\nalarms_to = "ops"\n'
        + 'smtp_url = "smtp://x:99999"\ntrys = 1\n[notice]\ntries = 1\n[provisioning.by_service]\nmoble = ["kamailio"]\n'
    )

    with pytest.raises(Faults) as refusal:
        check_settings()
    with override("zh-hans"):
        said = [one.sentence.removeprefix(str(settings_file())) for one in translated(refusal.value)]

    assert len(said) == 15
    known = re.compile(r"\[[\w.]+\]|“\w+”|Asia/\w+|CN|true|false|alarms@operator.example|mobile, .*")
    assert not [one for one in said if re.search("[A-Za-z]{3}", known.sub("", one))], said


def test_where_a_file_is_no_toml_is_said_in_chinese(written):
    written("[instance]\nzone = Asia/Shanghai")

    with refusing(SETTINGS_FILE_FAULT) as refusal, override("zh-hans"):
        instance()
    with override("zh-hans"):
        (said,) = translated(refusal.value)

    assert "第 2 行第 8 列" in said.sentence
    assert "引号" in said.sentence


def test_a_variable_of_the_environment_wins_over_the_file(written, monkeypatch):
    written("[campaign]\npilot_share = 0.5\npilot_hours = 9\n[notices]\ntries = 7\n")
    monkeypatch.setenv("ROLLKEEPER_CAMPAIGN__PILOT_SHARE", "0.25")
    monkeypatch.setenv("ROLLKEEPER_INSTANCE__LANGUAGES", '["bo"]')
    monkeypatch.setenv("ROLLKEEPER_PROVISIONING__WEBHOOK__URL", "https://switch.example/x")
    forget_settings()
    check_settings()

    assert (campaign_settings().pilot_share, campaign_settings().pilot_hours) == (0.25, 9)
    assert instance().languages == ["bo"]
    assert provisioning_settings().webhook.url == "https://switch.example/x"


def test_faults_of_the_environment_are_reported_with_those_of_the_file_by_variable(written, monkeypatch):
    written("[campaign]\npilot_hours = -1\n")
    monkeypatch.setenv("ROLLKEEPER_CAMPAIGN__PILOT_SHARE", "2")
    monkeypatch.setenv("ROLLKEEPER_INSTANCE__LANGUAGES", "bo, en")
    monkeypatch.setenv("ROLLKEEPER_CAMPAIGN__COLOUR", "1")
    monkeypatch.setenv("ROLLKEEPER_COLOURS__RED", "1")
    forget_settings()

    with pytest.raises(Faults) as refusal:
        check_settings()

    assert {str(one.facts["source"]) for one in refusal.value.faults} == {
        str(settings_file()),
        "the environment variable ROLLKEEPER_CAMPAIGN__PILOT_SHARE",
        "the environment variable ROLLKEEPER_INSTANCE__LANGUAGES",
        "the environment variable ROLLKEEPER_CAMPAIGN__COLOUR",
        "the environment variable ROLLKEEPER_COLOURS__RED",
    }


def test_a_variable_of_the_environment_is_not_written_into_the_file(written, monkeypatch):
    written("")
    monkeypatch.setenv("ROLLKEEPER_CAMPAIGN__PILOT_SHARE", "0.25")
    forget_settings()
    write_settings(campaign={"pilot_hours": 9}, provisioning={"webhook": {"url": "https://switch.example/x"}})

    assert tomllib.loads(settings_file().read_text("utf-8")) == {
        "instance": {"format": 1, "kind": "demo"},
        "campaign": {"pilot_hours": 9},
        "provisioning": {"webhook": {"url": "https://switch.example/x"}},
    }
    assert campaign_settings().pilot_share == 0.25


def test_defaults_are_left_out_of_the_file_and_a_refusal_changes_nothing(written):
    written("[campaign]\npilot_hours = 9\n")
    write_settings(
        campaign={"pilot_hours": 4, "pilot_share": 0.5}, instance={"kind": InstanceKind.PRODUCTION}
    )
    before = settings_file().read_text("utf-8")
    with pytest.raises(Faults):
        write_settings(campaign={"pilot_share": 2}, notices={"tries": 0})

    assert settings_file().read_text("utf-8") == before
    assert tomllib.loads(before) == {
        "instance": {"format": 1, "kind": "production"},
        "campaign": {"pilot_share": 0.5},
    }


def test_a_change_of_the_file_keeps_the_comments_and_the_order_of_the_rest(written):
    written(
        "# decided 2012-03-20\n[campaign]  # slow\npilot_hours = 9 # as agreed\nmax_lines_per_hour = 1_000\n\n"
        '[notices]\n# once\ntries = 2\n\n[instance]\nformat = 1\nkind = "demo"\n'
    )
    write_settings(campaign={"pilot_hours": 8}, notices={"tries": 5, "last_day_days": 11})

    assert settings_file().read_text("utf-8") == (
        "# decided 2012-03-20\n[campaign]  # slow\npilot_hours = 8 # as agreed\nmax_lines_per_hour = 1_000\n\n"
        '[notices]\n# once\nlast_day_days = 11\n\n[instance]\nformat = 1\nkind = "demo"\n'
    )


def test_elements_of_the_network_are_checked_against_the_kind_of_the_instance(written):
    served = (
        '[provisioning]\nby_service = {fixed_line = ["kamailio"]}\nkamailio.url = "https://calls.example/x"\n'
    )
    written(served)
    check_settings()
    written(f'[instance]\nkind = "production"\n{served}')

    with refusing(SETTING_FAULT, match="nothing serves"):
        check_settings()


def test_pydantic_settings_is_imported_only_where_the_environment_sets_something(tmp_path):
    program = (
        "import sys; from rollkeeper.operations.settings import check_settings; check_settings();"
        " print('pydantic_settings' in sys.modules)"
    )
    bare = {name: value for name, value in os.environ.items() if not name.startswith("ROLLKEEPER_")}
    said = [
        subprocess.run(
            [sys.executable, "-c", program],
            env=bare | {"ROLLKEEPER_HOME": str(tmp_path)} | more,
            check=True,
            capture_output=True,
            text=True,
        ).stdout.strip()
        for more in ({}, {"ROLLKEEPER_CAMPAIGN__PILOT_HOURS": "9"})
    ]

    assert said == ["False", "True"]


@pytest.mark.parametrize("left", [None, "", "[notices]\ntries = 7\n", "[instance]\nformat = 1\n"])
def test_a_made_instance_without_its_settings_is_no_demo(written, left):
    written('[instance]\nkind = "production"\n')
    made_mark().touch()
    settings_file().unlink() if left is None else settings_file().write_text(left, "utf-8")
    forget_settings()

    with refusing(SETTINGS_FILE_FAULT, match="copy settings.toml.former"):
        instance()
    with refusing(SETTINGS_FILE_FAULT):
        open_instance()
    with refusing(SETTINGS_FILE_FAULT):
        write_settings(instance={"kind": InstanceKind.DEMO})

    assert (settings_file().read_text("utf-8") if settings_file().exists() else None) == left


def test_an_empty_address_of_a_server_is_none(written):
    written('[instance]\nregister_url = ""\nkeys_url = ""\n')

    assert (instance().register_url, instance().keys_url) == (None, None)


@pytest.mark.parametrize("broken", ["[notices", '[instance]\nzone = "Mars/Olympus"\n', "", None])
def test_what_runs_keeps_its_settings_while_the_file_is_broken(written, broken):
    written('[instance]\nkind = "production"\noperator_name = "Invented Mobile"\n')
    made_mark().touch()
    assert instance().operator_name == "Invented Mobile"
    settings_file().unlink() if broken is None else settings_file().write_text(broken, "utf-8")

    read_settings_again()
    kept = instance()
    settings_file().write_text('[instance]\nkind = "production"\noperator_name = "Invented Net"\n', "utf-8")
    read_settings_again()

    assert (kept.kind, kept.operator_name) == (InstanceKind.PRODUCTION, "Invented Mobile")
    assert instance().operator_name == "Invented Net"


def test_an_instance_that_is_a_file_is_refused_as_such(tmp_path, monkeypatch):
    (tmp_path / "data_dir").touch()
    monkeypatch.setenv("ROLLKEEPER_HOME", str(tmp_path / "data_dir"))
    forget_settings()

    with refusing(DATA_DIR_NOT_A_DIRECTORY, match="is not a directory"):
        instance()

    monkeypatch.undo()
    forget_settings()


@pytest.mark.parametrize(
    ("languages", "is_fine"), [(["es"], False), (["en", "de"], False), (["zh-hans", "bo"], True)]
)
def test_a_language_without_texts_is_refused_and_not_replaced_by_english(languages, is_fine):
    if is_fine:
        assert Instance.model_validate({"languages": languages}).languages == languages
    else:
        with pytest.raises(ValueError, match=f"there are no texts in {languages[-1]}"):
            Instance.model_validate({"languages": languages})


def test_no_installed_package_plugs_into_what_checks_the_settings(monkeypatch):
    asked = []
    monkeypatch.setattr(plugins, "_plugins", None)
    monkeypatch.setattr(plugins, "entry_points", lambda **group: asked.append(group) or [])

    assert list(plugins.get_plugins()) == []
    assert asked == []


SHARED = """[access]
backoffice_address = "{}"
counter_address = "{}"
portal_address = "{}"
"""


@pytest.mark.parametrize(("addresses", "faulty"), [
    (("https://b.example", "https://c.example/", "https://m.example"), set()),
    (("http://localhost:8000", "http://localhost:8001", "http://localhost:8002"), set()),
    (("https://r.example/backoffice", "https://r.example/counter/", "https://m.example"), set()),
    (("https://r.example/b", "https://r.example/bc", "https://r.example/my/now"), set()),
    (("https://r.example", "https://r.example/counter", "https://r.example"), {"counter_address", "portal_address"}),
    (("https://r.example/b", "https://R.example:443/b/c", "http://r.example:80/b"), {"counter_address", "portal_address"}),
    (("https://r.example/b", "https://r.example/b", "https://r.example/b/my"), {"counter_address", "portal_address"}),
    (("https://r.example/B", "https://r.example/../c", "https://r.example/my?x"), {"backoffice_address", "counter_address", "portal_address"}),
    (("https://r.example//b", "https://r.example/c%2f", "https://u:p@r.example"), {"backoffice_address", "counter_address", "portal_address"}),
])  # fmt: skip
def test_apps_of_one_host_have_each_a_path_outside_the_others(written, addresses, faulty):
    written(SHARED.format(*addresses))

    if not faulty:
        check_settings()
        return
    with refusing(SETTING_FAULT if len(faulty) == 1 else Faults) as refusal:
        check_settings()
    assert {one.facts["setting"] for one in refusal.value.faults} == faulty


@pytest.mark.parametrize(("lines", "runs"), [
    ("", True), ('portal_address = "https://m.example"', True), ('portal_address = "https://r.example/my"', False),
    ('portal_address = "https://m.example/my"\nbackoffice_address = "https://b.example"\ncounter_address = "https://c.example"', True),
    ('portal_address = "https://r.example/my"\nbackoffice_address = "https://b.example"\ncounter_address = "https://r.example/c"', False),
    ('portal_address = "http://r.example/my"\nbackoffice_address = "https://r.example/b"\ncounter_address = "https://c.example"', False),
])  # fmt: skip
def test_the_portal_runs_no_script_where_staff_may_have_its_origin(written, lines, runs):
    written(f"[access]\n{lines}\n")

    assert portal_runs_scripts() is runs
