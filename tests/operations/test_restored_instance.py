"""A restored instance: it does nothing by itself and publishes nowhere but inside itself, until somebody says otherwise."""

import tomllib

import pytest

from rollkeeper.kernel.settings import settings, settings_file
from rollkeeper.operations import doctor, restore, scheduler
from rollkeeper.operations.backup import Note, Part

KEPT = 'kind = "production"\nledger_folder = "/srv/www/ledger"\nledger_origin = "ledger.example"\n'


@pytest.fixture
def restored(tmp_path, monkeypatch):
    monkeypatch.setenv("ROLLKEEPER_HOME", str(tmp_path))
    settings.cache_clear()
    restore._restore_settings(
        Note(1, Part.REGISTER, "a register", "2012-03-02T00:00:00+00:00", KEPT), root_url=None
    )
    yield
    settings.cache_clear()


def test_it_does_nothing_by_itself_and_the_doctor_says_so(restored):
    (found,) = doctor._check_background_jobs()

    assert scheduler.all_jobs() == []
    assert found.health is doctor.Health.WARNING
    assert "nothing by itself" in found.sentence


def test_it_does_not_publish_where_the_other_instance_does(restored):
    assert settings().ledger_folder is None
    assert settings().ledger_origin == "ledger.example"


def test_it_works_once_somebody_says_so(restored):
    raw = tomllib.loads(settings_file().read_text("utf-8"))
    assert raw["background_jobs"] is False

    settings_file().write_text(KEPT + "background_jobs = true\n", "utf-8")
    settings.cache_clear()

    assert "erase-due" in {job.name for job in scheduler.all_jobs()}
