"""What every root of trust keeps, held against a file and against a real OpenBao with the policies of `ops/`."""

import os
import secrets
import shutil
import subprocess
from pathlib import Path

import pytest

from rollkeeper.vault import root, transit
from rollkeeper.vault.errors import TOKEN_REFUSED, CannotOpen, KeyServiceRefused, RootMissing
from rollkeeper.vault.pkcs11 import parts_of
from rollkeeper.vault.root import FileIndexKey, FileRoot, TokenRoot
from rollkeeper.vault.transit import TransitRoot
from tests.refusals import refusing
from tests.vault.openbao import bao

__all__ = ["bao"]

CONTEXT = b"where it belongs"


SOFTHSM = next(
    (str(file) for file in map(Path, ("/usr/lib/softhsm/libsofthsm2.so", "/usr/lib64/softhsm/libsofthsm2.so"))
     if file.exists() and shutil.which("softhsm2-util")), None,
)  # fmt: skip
needs_softhsm = pytest.mark.skipif(SOFTHSM is None, reason="softhsm2 is not installed: no token was tried.")


@pytest.fixture(scope="session")
def softhsm(tmp_path_factory):
    """A folder of real SoftHSM tokens. The library reads its configuration once a process."""
    pytest.importorskip("pkcs11", reason="The extra 'pkcs11' is not installed: no token was tried.")
    folder = tmp_path_factory.mktemp("softhsm")
    (folder / "tokens").mkdir()
    (folder / "conf").write_text(
        f"directories.tokendir = {folder}/tokens\nobjectstore.backend = file\n", "utf-8"
    )
    os.environ["SOFTHSM2_CONF"] = str(folder / "conf")
    return folder


def token(folder, label, *, pin="2580 is a pin"):
    """A fresh token with a PIN; the address and where its PIN lies."""
    import pkcs11

    subprocess.run(
        ["softhsm2-util", "--init-token", "--free", "--label", label, "--pin", pin, "--so-pin", "1470"],
        check=True, capture_output=True,
    )  # fmt: skip
    pkcs11.lib(SOFTHSM).reinitialize()  # it looks for tokens once
    (folder / f"{label}.pin").write_text(pin + "\n", "utf-8")
    return f"pkcs11:token={label}?module-path={SOFTHSM}", folder / f"{label}.pin"


@pytest.fixture(params=["file", "OpenBao", pytest.param("PKCS#11", marks=needs_softhsm)])
def made(request, monkeypatch, tmp_path):
    """A root of trust and its index key, of each kind."""
    monkeypatch.setattr(root, "data_dir", lambda: tmp_path)
    if request.param == "file":
        FileRoot().ensure()
        return FileRoot(), FileIndexKey()
    if request.param == "PKCS#11":
        url, pin_file = token(request.getfixturevalue("softhsm"), f"t{secrets.token_hex(4)}")
        TokenRoot(url, pin_file=pin_file).ensure()
        return TokenRoot(url, pin_file=pin_file), FileIndexKey()
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


def test_a_service_hashes_as_many_as_a_batch_of_registrations_has(bao):
    messages = [f"number {n}".encode() for n in range(2_000)]

    digests = bao.index("rollkeeper-root").digests(messages)

    assert len(set(digests)) == 2_000
    assert digests[-1:] == bao.index("rollkeeper-index").digests(messages[-1:])


def test_an_apps_token_hashes_and_unwraps_nothing(bao):
    wrapped = bao.root("rollkeeper-root").wrap(b"a secret", context=CONTEXT)
    as_app = bao.root("rollkeeper-index")

    assert bao.index("rollkeeper-index").digests([b"a number"])
    for attempt in (
        lambda: as_app.unwrap(wrapped, context=CONTEXT),
        lambda: as_app.wrap(b"mine", context=CONTEXT),
        as_app.begin_version,
        as_app.destroy_older_versions,
        as_app.ensure,
    ):
        with pytest.raises(KeyServiceRefused, match="status 403"):
            attempt()


def test_an_app_asks_one_at_a_time_and_a_command_in_bulk_by_the_same_key(bao):
    one_by_one, in_bulk = bao.index("rollkeeper-index"), bao.index("rollkeeper-root")
    messages = [b"one", b"two", b"three"]

    assert one_by_one.digests(messages) == in_bulk.digests(messages)
    eager = transit.TransitIndexKey(bao.url, token_file=bao.token("rollkeeper-index"), in_bulk=True)
    with pytest.raises(KeyServiceRefused, match="status 403"):
        eager.digests(messages)


def test_an_apps_token_hashes_no_more_than_the_limit_of_the_readme(bao, monkeypatch):
    monkeypatch.setattr(transit, "_WAITS_SECONDS", ())
    app = bao.index("rollkeeper-index")

    with pytest.raises(KeyServiceRefused, match="status 429"):
        app.digests([b"%d" % number for number in range(5_000)])


def test_an_app_that_meets_the_limit_waits_and_goes_on(bao):
    app = bao.index("rollkeeper-index")

    assert len(set(app.digests([b"%d" % number for number in range(130)]))) == 130


@pytest.mark.parametrize(
    ("policy", "may"),
    [
        ("rollkeeper-index", {"hash one"}),
        ("rollkeeper-root", {"hash one", "hash many", "wrap", "unwrap", "read"}),
        ("rollkeeper-rotation", {"read", "begin", "destroy"}),
    ],
)
def test_each_policy_of_ops_allows_its_own_and_nothing_else(bao, policy, may):
    wrapped = bao.root("rollkeeper-root").wrap(b"a secret", context=CONTEXT)
    trust, service = bao.root(policy), transit.Transit(bao.url, token_file=bao.token(policy))
    tries = {
        "hash one": lambda: bao.index(policy)._ask_one(b"one"),
        "hash many": lambda: transit.TransitIndexKey(bao.url, token_file=bao.token(policy), in_bulk=True).digests([b"1"]),
        "wrap": lambda: trust.wrap(b"a secret", context=CONTEXT),
        "unwrap": lambda: trust.unwrap(wrapped, context=CONTEXT),
        "read": trust.ensure,
        "begin": trust.begin_version,
        "destroy": trust.destroy_older_versions if policy == "rollkeeper-rotation" else lambda: service.ask(
            "keys/rollkeeper-epochs/trim", {"min_available_version": 1}
        ),
        "rotate the index": lambda: service.ask("keys/rollkeeper-index/rotate", {}),
        "remove": lambda: service.ask("keys/rollkeeper-epochs/config", {"deletion_allowed": True, "exportable": True})
        if policy != "rollkeeper-rotation" else service.ask("keys/rollkeeper-epochs/soft-delete", {}),
        "export": lambda: service.ask("export/encryption-key/rollkeeper-epochs"),
        "copy": lambda: service.ask("backup/rollkeeper-index"),
        "list": lambda: service.ask("keys?list=true"),
        "derive": lambda: service.ask("datakey/plaintext/rollkeeper-epochs", {}),
        "rewrap": lambda: service.ask("rewrap/rollkeeper-epochs", {"ciphertext": wrapped.decode()}),
    }  # fmt: skip

    assert {name for name, attempt in tries.items() if is_allowed(attempt)} == may


def is_allowed(attempt) -> bool:
    try:
        attempt()
    except KeyServiceRefused as fault:
        if fault.facts["status"] != 403:
            raise
        return False
    return True


# ---- what only a token can keep ----


@needs_softhsm
def test_a_tokens_key_does_not_leave_it(softhsm):
    import pkcs11

    url, pin_file = token(softhsm, "stays")
    TokenRoot(url, pin_file=pin_file).begin_version()

    with pkcs11.lib(SOFTHSM).get_token(token_label="stays").open(user_pin="2580 is a pin") as session:
        for key in session.get_objects({pkcs11.Attribute.CLASS: pkcs11.ObjectClass.SECRET_KEY}):
            with pytest.raises(pkcs11.exceptions.AttributeSensitive):
                key[pkcs11.Attribute.VALUE]


@needs_softhsm
def test_a_token_that_is_away_or_a_wrong_pin_is_named_and_no_pin_is_said(softhsm):
    url, pin_file = token(softhsm, "named")
    pin_file.write_text("not the pin", "utf-8")

    for address in (url, url.replace("named", "nowhere"), url.replace(".so", ".none")):
        with refusing(TOKEN_REFUSED) as refused:
            TokenRoot(address, pin_file=pin_file).wrap(b"a secret", context=CONTEXT)
        assert "not the pin" not in str(refused.value) + refused.value.advice


@needs_softhsm
def test_the_index_key_of_a_token_is_the_same_when_its_file_is_made_again(softhsm, tmp_path, monkeypatch):
    monkeypatch.setattr(root, "data_dir", lambda: tmp_path)
    url, pin_file = token(softhsm, "again")
    TokenRoot(url, pin_file=pin_file).ensure()
    before = FileIndexKey().digests([b"one"])

    root.index_file().unlink()
    TokenRoot(url, pin_file=pin_file).ensure()

    assert FileIndexKey().digests([b"one"]) == before


@pytest.mark.parametrize(
    "address",
    [
        "pkcs11:",
        "pkcs11:token=a",
        "pkcs11:token=a?module-path=lib.so",
        "pkcs11:?module-path=/lib.so",
        "https://a",
    ],
)
def test_an_address_that_names_no_token_or_no_library_is_not_read(address):
    with pytest.raises(ValueError, match="module-path"):
        parts_of(address)


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
