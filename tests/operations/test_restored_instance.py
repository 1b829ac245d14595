"""A restored instance: it runs no jobs and publishes only inside itself, until it is switched on."""

import pytest

from rollkeeper.access.authority import console_authority
from rollkeeper.kernel.settings import forget_settings
from rollkeeper.ledger.settings import settings as ledger_settings
from rollkeeper.operations import doctor, restore, scheduler
from rollkeeper.operations.backup import Note, Part
from rollkeeper.operations.errors import NOT_RESTORED
from tests.refusals import refusing

KEPT = '[instance]\nkind = "production"\n[ledger]\nfolder = "/srv/www/ledger"\norigin = "ledger.example"\n'


@pytest.fixture
def restored(tmp_path, monkeypatch):
    monkeypatch.setenv("ROLLKEEPER_HOME", str(tmp_path))
    forget_settings()
    restore._restore_settings(
        Note(1, Part.REGISTER, "a register", "2012-03-02T00:00:00+00:00", KEPT), root_url=None
    )
    yield
    forget_settings()


def test_it_does_nothing_but_what_people_at_an_app_wait_for_and_the_doctor_says_so(restored):
    (found,) = doctor._check_background_jobs()

    assert all(job.for_apps for job in scheduler.all_jobs())
    assert found.health is doctor.Health.WARNING
    assert "nothing by itself" in found.sentence


def test_no_environment_variable_starts_its_jobs(restored, monkeypatch):
    monkeypatch.setenv("ROLLKEEPER_JOBS__BACKGROUND_JOBS", "true")
    forget_settings()

    assert all(job.for_apps for job in scheduler.all_jobs())


def test_it_does_not_publish_where_the_other_instance_does(restored):
    assert ledger_settings().folder is None
    assert ledger_settings().origin == "ledger.example"


def test_it_works_once_its_restore_is_finished(restored):
    restore.start_jobs(console_authority())

    assert "erase-due" in {job.name for job in scheduler.all_jobs()}


def test_a_restore_is_finished_once(restored):
    restore.start_jobs(console_authority())

    with refusing(NOT_RESTORED):
        restore.start_jobs(console_authority())


def test_an_instance_whose_jobs_were_switched_off_stays_so(restored, monkeypatch):
    monkeypatch.setenv("ROLLKEEPER_JOBS__BACKGROUND_JOBS", "false")
    forget_settings()

    restore.start_jobs(console_authority())

    assert all(job.for_apps for job in scheduler.all_jobs())
