"""The settings are validated all together."""

import pytest

from rollkeeper.kernel.errors import Faults
from rollkeeper.kernel.settings import DataDirNotADirectory, InstanceFormatMismatch, SettingFault, settings

WITNESS = "w.example+e533421d+BAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f"
RENAMED = "o.example+92567428+BAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f"
SIGNER = "w.example+05122f9a+AQABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f"


@pytest.fixture
def written(tmp_path, monkeypatch):
    def write(text: str) -> None:
        monkeypatch.setenv("ROLLKEEPER_HOME", str(tmp_path))
        (tmp_path / "settings.toml").write_text(text, "utf-8")
        settings.cache_clear()

    yield write
    monkeypatch.undo()
    settings.cache_clear()


def test_every_faulty_setting_is_reported_not_only_the_first(written):
    written('zone = "Mars/Olympus"\nmax_lines_per_hour = 0\nunknown = 1\n')

    with pytest.raises(Faults) as refusal:
        settings()

    assert {fault.facts["setting"] for fault in refusal.value.faults} == {
        "zone",
        "max_lines_per_hour",
        "unknown",
    }


def test_an_instance_of_another_version_is_refused_by_name(written):
    written("format = 99\n")

    with pytest.raises(InstanceFormatMismatch, match="format 99"):
        settings()


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ('country_code = "ZZ"', "two capital letters"),
        ('register_url = "banana"', "postgresql://"),
        ('keys_url = "mysql://keys/x"', "postgresql://"),
        ('register_url = "postgresql://u:pass@db/x"', r"secrets/\*\.pgpass"),
        ('network_webhook = "https://u:pass@switch.example/x"', "no password"),
        ('pack = "mine.yaml"', "whole path"),
        ('ledger_folder = "public"', "whole path"),
        ("ledger_cosignatures = 1", "there are only 0 witnesses"),
        (f'ledger_witnesses = [{{url = "http://w.example", vkey = "{WITNESS}"}}]', "https://"),
        ('ledger_witnesses = [{url = "https://w.example", vkey = "w.example"}]', "verifier key"),
        (f'ledger_witnesses = [{{url = "https://w.example", vkey = "{SIGNER}"}}]', "no key of a witness"),
        (
            f'ledger_witnesses = [{{url = "https://w.example", vkey = "x{WITNESS}"}}]',
            "do not belong together",
        ),
        (
            f'ledger_witnesses = [{{url = "https://1", vkey = "{WITNESS}"}}, {{url = "https://2", vkey = "{RENAMED}"}}]',
            "two witnesses have the same key",
        ),
        ("demo_date = 0001-01-01", "1900-01-01"),
        ("colour = 1", "no such setting"),
        ("a = = 1", "not TOML"),
    ],
)
def test_a_setting_that_would_only_fail_later_is_refused_at_once_in_plain_words(written, line, why):
    written(line)

    with pytest.raises(SettingFault, match=why):
        settings()


def test_an_instance_that_is_a_file_is_refused_as_such(tmp_path, monkeypatch):
    (tmp_path / "data_dir").touch()
    monkeypatch.setenv("ROLLKEEPER_HOME", str(tmp_path / "data_dir"))
    settings.cache_clear()

    with pytest.raises(DataDirNotADirectory, match="is not a directory"):
        settings()

    monkeypatch.undo()
    settings.cache_clear()
