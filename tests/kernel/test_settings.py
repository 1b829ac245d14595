"""The settings are validated all together."""

import pytest

from rollkeeper.kernel.errors import Faults
from rollkeeper.kernel.settings import HomeOfAnotherVersion, settings


@pytest.fixture
def written(tmp_path, monkeypatch):
    def write(text: str) -> None:
        monkeypatch.setenv("ROLLKEEPER_HOME", str(tmp_path))
        (tmp_path / "home.toml").write_text(text, "utf-8")
        settings.cache_clear()

    yield write
    monkeypatch.undo()
    settings.cache_clear()


def test_every_faulty_setting_is_reported_not_only_the_first(written):
    written('zone = "Mars/Olympus"\ncap_per_hour = 0\nunknown = 1\n')

    with pytest.raises(Faults) as refusal:
        settings()

    assert {fault.facts["setting"] for fault in refusal.value.faults} == {"zone", "cap_per_hour", "unknown"}


def test_a_home_of_another_version_is_refused_by_name(written):
    written("format = 99\n")

    with pytest.raises(HomeOfAnotherVersion, match="format 99"):
        settings()
