"""What every root of trust keeps, held against a file and against a real OpenBao with the policies of `ops/`."""

import pytest

from rollkeeper.vault import root, transit
from rollkeeper.vault.errors import CannotOpen, KeyServiceRefused, RootMissing
from rollkeeper.vault.root import FileIndexKey, FileRoot
from rollkeeper.vault.transit import TransitRoot
from tests.vault.openbao import bao

__all__ = ["bao"]

CONTEXT = b"where it belongs"


@pytest.fixture(params=["file", "OpenBao"])
def made(request, monkeypatch, tmp_path):
    """A root of trust and its index key, of each kind."""
    if request.param == "file":
        monkeypatch.setattr(root, "home", lambda: tmp_path)
        FileRoot().ensure()
        return FileRoot(), FileIndexKey()
    running = request.getfixturevalue("bao")
    return running.root("rollkeeper-root", "rollkeeper-rotation"), running.index("rollkeeper-index")


def test_what_was_wrapped_unwraps_in_its_context_and_in_no_other(made):
    trust, _ = made
    wrapped = trust.wrap(b"a secret", context=CONTEXT)

    assert trust.unwrap(wrapped, context=CONTEXT) == b"a secret"
    assert b"a secret" not in wrapped
    with pytest.raises(CannotOpen):
        trust.unwrap(wrapped, context=b"elsewhere")


def test_wrapping_twice_gives_two_texts(made):
    trust, _ = made

    assert trust.wrap(b"a secret", context=CONTEXT) != trust.wrap(b"a secret", context=CONTEXT)


def test_rubbish_does_not_unwrap(made):
    trust, _ = made
    wrapped = trust.wrap(b"a secret", context=CONTEXT)

    for rubbish in (b"", b"\xff" * 40, wrapped[:-4], wrapped[:20] + b"AAAA" + wrapped[24:]):
        with pytest.raises(CannotOpen):
            trust.unwrap(rubbish, context=CONTEXT)


def test_an_older_version_unwraps_until_it_is_destroyed(made):
    trust, _ = made
    older = trust.wrap(b"older", context=CONTEXT)
    trust.begin_version()
    newer = trust.wrap(b"newer", context=CONTEXT)

    assert trust.unwrap(older, context=CONTEXT) == b"older"
    trust.destroy_older_versions()

    assert trust.unwrap(newer, context=CONTEXT) == b"newer"
    with pytest.raises(CannotOpen):
        trust.unwrap(older, context=CONTEXT)


def test_destroying_twice_destroys_nothing_more(made):
    trust, _ = made
    wrapped = trust.wrap(b"a secret", context=CONTEXT)

    trust.destroy_older_versions()
    trust.destroy_older_versions()
    trust.ensure()

    assert trust.unwrap(wrapped, context=CONTEXT) == b"a secret"


def test_hashes_are_in_order_the_same_every_time_and_survive_a_rotation(made, monkeypatch):
    trust, index = made
    monkeypatch.setattr(transit, "_DIGESTS_AT_ONCE", 3)
    messages = [f"number {n}".encode() for n in range(8)]
    before = index.digests(messages)

    trust.begin_version()
    trust.destroy_older_versions()

    assert index.digests(messages) == before == [index.digests([message])[0] for message in messages]
    assert {len(digest) for digest in before} == {32}
    assert len(set(before)) == 8
    assert index.digests([]) == []


# ---- what only a service can keep ----


def test_a_faces_token_hashes_and_unwraps_nothing(bao):
    wrapped = bao.root("rollkeeper-root").wrap(b"a secret", context=CONTEXT)
    as_face = bao.root("rollkeeper-index")

    assert bao.index("rollkeeper-index").digests([b"a number"])
    for attempt in (
        lambda: as_face.unwrap(wrapped, context=CONTEXT),
        lambda: as_face.wrap(b"mine", context=CONTEXT),
        as_face.begin_version,
        as_face.destroy_older_versions,
        as_face.ensure,
    ):
        with pytest.raises(KeyServiceRefused, match="status 403"):
            attempt()


def test_who_opens_every_day_cannot_destroy_the_key(bao):
    daily = bao.root("rollkeeper-root")

    for attempt in (daily.begin_version, daily.destroy_older_versions):
        with pytest.raises(KeyServiceRefused, match="status 403"):
            attempt()


@pytest.mark.parametrize("path", ["export/encryption-key/rollkeeper-epochs", "backup/rollkeeper-epochs"])
def test_the_key_does_not_leave_the_service_even_for_its_own_administrator(bao, path):
    with pytest.raises(AssertionError):
        bao.run("read", f"transit/{path}")


def test_a_service_that_is_away_is_named_and_no_secret_is_said(tmp_path):
    token = tmp_path / "root.token"
    token.write_text("s.a-token", "ascii")
    away = TransitRoot("http://127.0.0.1:9", token_file=token)

    with pytest.raises(KeyServiceRefused) as refused:
        away.wrap(b"a secret", context=CONTEXT)

    assert "127.0.0.1:9" in str(refused.value)
    assert not [
        word
        for word in ("a secret", "s.a-token", "YSBzZWNyZXQ")
        if word in str(refused.value) + refused.value.advice
    ]


def test_a_missing_token_is_named(tmp_path):
    with pytest.raises(RootMissing, match=r"none\.token"):
        TransitRoot("http://127.0.0.1:9", token_file=tmp_path / "none.token").ensure()
