# SPDX-License-Identifier: EUPL-1.2
"""The doctor says how old the last cosigned checkpoint is, and whether the witnesses answer."""

import datetime as dt

import pytest

from rollkeeper.kernel import clock
from rollkeeper.kernel.instance import InstanceKind
from rollkeeper.kernel.settings import write_settings
from rollkeeper.ledger import notes
from rollkeeper.ledger.publication import last_checkpoint_file, publish
from rollkeeper.operations.doctor import (
    Health,
    _check_ledger,
    _check_ledger_key,
    _check_witnesses,
    _run_check,
)


def said():
    return [(found.health, found.sentence) for found in _check_witnesses()]


def later(monkeypatch, **age):
    seconds = clock.true_seconds() + int(dt.timedelta(**age).total_seconds())
    monkeypatch.setattr(clock, "true_seconds", lambda: seconds)


def test_witnesses_that_answer_and_a_fresh_checkpoint_are_sound(fill, witness, tmp_path):
    fill(1, 300)
    publish(tmp_path / "log")

    assert said() == [
        (Health.OK, "The last cosigned checkpoint covers 300 entries and is 0 minutes old."),
        (Health.OK, "Every witness answers (1), and holds nothing that the ledger does not continue."),
    ]


@pytest.mark.parametrize(
    ("age", "health", "notified"),
    [
        ({"hours": 23, "minutes": 59}, Health.OK, "23 hours"),
        ({"hours": 24, "minutes": 1}, Health.WARNING, "24 hours"),
        ({"days": 9, "minutes": 1}, Health.WARNING, "9 days"),
    ],
)
def test_the_age_of_the_last_cosigned_checkpoint_is_reported(
    fill, witness, tmp_path, monkeypatch, age, health, notified
):
    fill(1, 3)
    publish(tmp_path / "log")

    later(monkeypatch, **age)

    assert said()[0] == (
        health,
        f"The last cosigned checkpoint covers 3 entries and is {notified} old.",
    )


def test_a_checkpoint_without_cosignature_does_not_count(fill, witness, choose, tmp_path):
    fill(1, 3)
    publish(tmp_path / "log")
    choose(cosignatures=0)
    witness.stop()
    fill(4, 9)
    publish(tmp_path / "log")

    assert said()[0][1].startswith("The last cosigned checkpoint covers 3 entries")


def test_a_witness_that_is_away_is_named(ledger, witness):
    witness.stop()

    assert said() == [
        (Health.WARNING, "No checkpoint was ever cosigned."),
        (Health.WARNING, "The witness witness.example/w: it cannot be reached."),
    ]


def test_a_witness_with_another_history_is_an_error(fill, witness, superuser, tmp_path):
    fill(1, 300)
    publish(tmp_path / "log")
    with superuser() as own:
        own.execute(
            "TRUNCATE ledger_leaf, ledger_tile, ledger_integration, ledger_checkpoint, ledger_publication"
        )
    last_checkpoint_file().unlink()

    found = list(_check_witnesses())

    assert found[1].health is Health.ERROR
    assert (
        "fewer than the 300 that a signed checkpoint covers (at the witness witness.example/w)"
        in found[1].sentence
    )


@pytest.mark.parametrize(
    ("kind", "health"), [(InstanceKind.DEMO, Health.OK), (InstanceKind.PRODUCTION, Health.ERROR)]
)
def test_a_production_instance_without_a_witness_is_at_fault(ledger, data_dir, kind, health):
    write_settings(instance={"kind": kind})

    try:
        assert [one for one, _ in said()] == [health]
    finally:
        write_settings(instance={"kind": InstanceKind.DEMO})


def test_entries_in_the_tree_but_not_published_are_reported(fill, witness, tmp_path, superuser):
    fill(1, 3)
    witness.stop()
    publish(tmp_path / "log")
    with superuser() as own:
        own.execute("UPDATE ledger_entry SET at = at - interval '25 hours'")

    assert "3 ledger entries older than 24 hours are not published." in [
        one.sentence for one in _check_ledger()
    ]


def test_the_lost_key_of_a_published_ledger_is_named_before_the_next_publication(fill, tmp_path):
    fill(1, 3)
    publish(tmp_path / "log")
    kept = notes.key_file().rename(notes.key_file().with_suffix(".kept"))

    (found,) = _run_check(_check_ledger_key)
    kept.rename(notes.key_file())
    (then,) = _run_check(_check_ledger_key)

    assert (found.health, then.health) == (Health.ERROR, Health.OK)
    assert "Put the key back." in found.remedy
