"""What a thief with an app's database session gets out of the table of sessions: no way into any app."""

import datetime as dt

import pytest
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.models import Session
from django.db import transaction
from django.test import override_settings

from rollkeeper.kernel import stores
from rollkeeper.kernel.database import rows
from rollkeeper.site import sessions
from rollkeeper.site.sessions import SessionStore


def begun(**values):
    session = SessionStore()
    session.update(values)
    session.save()
    return session


def test_a_session_is_found_again_by_the_key_in_the_browser_alone(register):
    session = begun(who="somebody")

    (row,) = Session.objects.all()

    assert SessionStore(session.session_key).load() == {"who": "somebody"}
    assert row.session_key != session.session_key
    assert SessionStore(row.session_key).load() == {}


def test_a_row_put_in_by_another_app_says_nothing(register, data_dir):
    backoffice, counter = (stores.derived_secret(f"app {app}") for app in ("backoffice", "counter"))
    with override_settings(SECRET_KEY=counter):
        forged = begun(who="an administrator")

    with override_settings(SECRET_KEY=backoffice):
        assert SessionStore(forged.session_key).load() == {}
    with override_settings(SECRET_KEY=counter):
        assert SessionStore(forged.session_key).load() == {"who": "an administrator"}


def test_a_session_that_ends_is_gone(register):
    session = begun(who="somebody")
    key = session.session_key

    session.flush()

    assert not SessionStore().exists(key)
    assert Session.objects.count() == 0


def test_a_new_key_takes_the_old_ones_place(register):
    session = begun(who="somebody")
    before = session.session_key

    session.cycle_key()

    assert not session.exists(before)
    assert SessionStore(session.session_key).load() == {"who": "somebody"}


def ends_in(session, seconds):
    Session.objects.update(expire_date=session.get_expiry_date() - dt.timedelta(seconds=seconds))
    again = SessionStore(session.session_key)
    again.load()
    return again


@pytest.mark.parametrize(("seconds", "is_written"), [(9, False), (11, True)])
def test_a_session_in_which_nothing_changed_is_written_every_ten_seconds_at_most(
    register, seconds, is_written
):
    session = ends_in(begun(who="somebody"), seconds)
    before = Session.objects.get().expire_date

    session.save()

    assert (Session.objects.get().expire_date > before) is is_written


def test_what_changed_in_a_session_is_written_at_once(register):
    session = ends_in(begun(who="somebody"), 0)

    session["who"] = "somebody else"
    session.save()

    assert SessionStore(session.session_key).load() == {"who": "somebody else"}


def test_a_session_that_ended_meanwhile_is_not_kept(register):
    session = ends_in(begun(who="somebody"), 0)
    Session.objects.all().delete()

    with pytest.raises(UpdateError):
        session.save()

    assert Session.objects.count() == 0


def test_a_session_that_is_kept_hurries_nothing_else(committed):
    session = begun(who="somebody")

    session["who"] = "somebody else"
    session.save()

    assert rows("SHOW synchronous_commit")[0].synchronous_commit == "on"
    with transaction.atomic():
        session.save()
        assert rows("SHOW synchronous_commit")[0].synchronous_commit == "on"


def test_a_session_that_is_kept_by_itself_waits_for_no_disk(committed, monkeypatch):
    session = begun(who="somebody")
    monkeypatch.setattr(sessions, "in_transaction", lambda: False)

    with transaction.atomic():
        session["who"] = "somebody else"
        session.save()

        assert rows("SHOW synchronous_commit")[0].synchronous_commit == "off"
