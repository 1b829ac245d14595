"""The root of trust in a file: private, loud, versioned, and gone when it is destroyed."""

import os
import stat
from pathlib import Path

import pytest

from rollkeeper.vault import root
from rollkeeper.vault.errors import CannotOpen, RootMissing
from rollkeeper.vault.key_files import read_keys, write_keys
from rollkeeper.vault.root import FileIndexKey, FileRoot

CONTEXT = b"where it belongs"


@pytest.fixture
def made(monkeypatch, tmp_path, capsys):
    """A root of trust in a separate instance."""
    monkeypatch.setattr(root, "data_dir", lambda: tmp_path)
    FileRoot().ensure()
    return FileRoot()


def test_making_one_warns_loudly_on_standard_error(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(root, "data_dir", lambda: tmp_path)

    FileRoot().ensure()
    FileRoot().ensure()

    said = capsys.readouterr()
    assert said.err.count("without it, none can be read again") == 1
    assert said.out == ""


def test_its_files_are_for_their_owner_alone(made):
    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in root.root_file().parent.iterdir()}

    assert modes == {"root.key": 0o600, "index.key": 0o600}


@pytest.mark.parametrize("place", range(6 + 12 + 8 + 16))
def test_a_wrapped_secret_with_one_bit_turned_does_not_unwrap(made, place):
    touched = bytearray(made.wrap(b"a secret", context=CONTEXT))
    touched[place] ^= 1

    with pytest.raises(CannotOpen):
        made.unwrap(bytes(touched), context=CONTEXT)


def test_a_destroyed_version_is_nowhere_in_the_bytes_of_any_file_that_held_it(made, tmp_path):
    (version,) = [
        line.split()[1].encode()
        for line in root.root_file().read_bytes().decode().splitlines()
        if line[:2] == "1 "
    ]
    first, second = tmp_path / "first", tmp_path / "second"
    first.hardlink_to(root.root_file())
    made.begin_version()
    second.hardlink_to(root.root_file())

    made.destroy_older_versions()

    held = [
        file.name
        for file in (first, second, *root.root_file().parent.iterdir())
        if version in file.read_bytes()
    ]
    assert held == []
    assert first.stat().st_size > len(version)
    assert sorted(file.name for file in root.root_file().parent.iterdir()) == ["index.key", "root.key"]


class _KilledError(Exception):
    """Represents a process that ends at this instant."""


STEPS = ("os.fsync 1", "Path.hardlink_to 1", "Path.replace 1", "os.fsync 2", "os.fsync 3", "Path.unlink 1")


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("after", [False, True], ids=["before", "behind"])
def test_a_process_killed_while_it_writes_the_root_loses_nothing_and_leaves_nothing(
    made, tmp_path, monkeypatch, step, after
):
    wrapped = made.wrap(b"a secret", context=CONTEXT)
    made.begin_version()
    older = [
        line.split()[1].encode()
        for line in root.root_file().read_text("ascii").splitlines()
        if line[:2] == "1 "
    ]
    watched = tmp_path / "watched"
    watched.hardlink_to(root.root_file())
    owner, name, nth = os if step.startswith("os") else Path, step.split()[0].split(".")[1], int(step[-1])

    with monkeypatch.context() as killing:
        killing.setattr(owner, name, _killing(getattr(owner, name), nth=nth, after=after))
        with pytest.raises(_KilledError):
            made.begin_version()
    opened = made.unwrap(wrapped, context=CONTEXT)
    made.begin_version()
    made.destroy_older_versions()

    assert opened == b"a secret"
    assert older[0] not in watched.read_bytes()
    assert sorted(file.name for file in root.root_file().parent.iterdir()) == ["index.key", "root.key"]


def _killing(does, *, nth, after):
    """Do what a function does, but be killed before or right behind the nth call."""
    calls = []

    def stand_in(*given, **named):
        calls.append(1)
        if len(calls) == nth and not after:
            raise _KilledError
        done = does(*given, **named)
        if len(calls) == nth:
            raise _KilledError
        return done

    return stand_in


def test_look_ups_survive_every_rotation_of_the_root(made):
    before = FileIndexKey().digests([b"a number"])
    made.begin_version()
    made.destroy_older_versions()
    root.index_file().unlink()
    made.ensure()

    assert FileIndexKey().digests([b"a number"]) == before


def test_another_index_key_in_the_file_counts_at_once(made):
    before = FileIndexKey().digests([b"a number"])
    kept = root.index_file().read_text("ascii")

    write_keys(root.index_file(), {"index": bytes(32)})
    other = FileIndexKey().digests([b"a number"])
    root.index_file().write_text(kept, "ascii")

    assert other != before
    assert FileIndexKey().digests([b"a number"]) == before


def test_the_index_key_says_nothing_about_the_root(made):
    index = root.index_file().read_text("ascii").split()[-1]

    assert index not in root.root_file().read_text("ascii")


@pytest.mark.parametrize("rubbish", ["", "1 zz\n", "one two three\n", "\x00" * 40])
def test_a_damaged_file_is_named_and_nothing_of_it_is_said(made, rubbish):
    root.root_file().write_text(rubbish, "ascii")

    with pytest.raises((RootMissing, CannotOpen)) as refused:
        made.unwrap(bytes(60), context=CONTEXT)

    assert "zz" not in str(refused.value)


def test_without_its_file_nothing_unwraps(made):
    wrapped = made.wrap(b"a secret", context=CONTEXT)
    root.root_file().unlink()

    with pytest.raises(RootMissing):
        made.unwrap(wrapped, context=CONTEXT)


def test_a_secret_of_a_file_does_not_show_itself(made):
    secrets = [line.split()[1] for line in root.root_file().read_text("ascii").splitlines() if line[0] != "#"]

    assert not [secret for secret in secrets if secret in repr(made) + repr(FileIndexKey())]


# ---- golden vectors: a change here is a new version of the format, not a new expectation ----

GOLDEN_EPOCH_SECRET = "0100000000036465666768696a6b6c6d6e6f683afc455dcc70b9164b75c3f64844d272f33439bf59c5459fe89673c79e9b774528e8e066670dcf8eafecaea443d334"
GOLDEN_INDEX_KEY = "5188f5d2397dc6898203f4ffaa52ef298da8396c6e24a1c7dffe246ba26f9990"


@pytest.fixture
def frozen(monkeypatch, tmp_path):
    """An instance whose root of trust is known: version 3, and the seed of the index."""
    monkeypatch.setattr(root, "data_dir", lambda: tmp_path)
    write_keys(root.root_file(), {"index": bytes(range(64, 96)), "3": bytes(range(32))})
    return FileRoot()


def test_an_epochs_secret_lies_as_it_is_drawn(frozen):
    context = b"rollkeeper/epoch-secret\x00" + (7).to_bytes(4)

    assert frozen.unwrap(bytes.fromhex(GOLDEN_EPOCH_SECRET), context=context) == bytes(range(32, 64))


def test_the_index_key_is_made_again_out_of_the_root_as_it_was(frozen):
    frozen.ensure()

    assert read_keys(root.index_file()) == {"index": bytes.fromhex(GOLDEN_INDEX_KEY)}
