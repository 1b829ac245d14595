# SPDX-License-Identifier: EUPL-1.2
"""The ledger under ``/ledger/``: an outsider finds everything there, and nothing else."""

import gzip
import tomllib

import pytest
from django.test import Client

from rollkeeper.kernel.settings import write_settings
from rollkeeper.ledger.settings import settings as ledger_settings
from rollkeeper.ledger.tile_store import TileStore
from rollkeeper.operations.credential_handover import AppCredentials
from rollkeeper.platform.os_users import is_readable_by
from rollkeeper.site import public_ledger
from rollkeeper.site.web_apps import app_named

TILE, PARTIAL, BUNDLE = "tile/0/x001/234", "tile/1/000.p/17", "tile/entries/000"
FILES = {
    "checkpoint": b"head\n",
    "vkey": b"key\n",
    "witnesses": b"",
    "auditor.py": b"pass\n",
    "README.txt": b"Read.\n",
    TILE: bytes(8192),
    PARTIAL: bytes(17 * 32),
    BUNDLE: b"\x00\x02ab" * 256,
}


@pytest.fixture
def folder(tmp_path):
    place = TileStore(tmp_path / "public")
    for name, content in FILES.items():
        place.write(name, content)
    (tmp_path / "secret").write_text("nobody's business")
    (tmp_path / "public" / "notes.txt").write_text("nobody's business")
    before = ledger_settings().folder
    write_settings(ledger={"folder": str(tmp_path / "public")})
    yield tmp_path / "public"
    write_settings(ledger={"folder": before})


@pytest.fixture
def outsider(data_dir, folder, monkeypatch):
    monkeypatch.setenv("ROLLKEEPER_APP", "backoffice")
    return Client()


@pytest.mark.parametrize(
    ("name", "kind", "lasting"),
    [
        ("checkpoint", "text/plain; charset=utf-8", "no-store"),
        ("vkey", "text/plain; charset=utf-8", "no-store"),
        ("witnesses", "text/plain; charset=utf-8", "no-store"),
        ("auditor.py", "text/x-python; charset=utf-8", "no-store"),
        (TILE, "application/octet-stream", "public, max-age=31536000, immutable"),
        (BUNDLE, "application/octet-stream", "public, max-age=31536000, immutable"),
        (PARTIAL, "application/octet-stream", "public, max-age=3600"),
    ],
)
def test_a_file_is_given_to_everybody_as_what_it_is_and_kept_as_long_as_it_is_true(
    outsider, name, kind, lasting
):
    answer = outsider.get(f"/ledger/{name}")

    assert (answer.status_code, answer.content) == (200, FILES[name])
    assert (answer["Content-Type"], answer["Cache-Control"]) == (kind, lasting)
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_the_first_page_says_how_to_check(outsider):
    assert outsider.get("/ledger/").content == FILES["README.txt"]
    assert outsider.get("/ledger")["Location"] == "/ledger/"


def test_entries_travel_compressed_to_a_client_that_can_unpack_them(outsider):
    packed = outsider.get(f"/ledger/{BUNDLE}", headers={"accept-encoding": "gzip, br"})

    assert (packed["Content-Encoding"], packed["Vary"]) == ("gzip", "Accept-Encoding")
    assert gzip.decompress(packed.content) == FILES[BUNDLE]
    assert packed["Content-Length"] == str(len(packed.content))


def test_a_full_ledger_bundle_is_compressed_once_for_all_readers(outsider, folder):
    full = folder / "tile" / "entries" / "007"
    packed = []
    public_ledger._compressed.cache_clear()

    for content in (b"one" * 900, b"one" * 900, b"two" * 900):
        full.write_bytes(content)
        packed.append(outsider.get("/ledger/tile/entries/007", headers={"accept-encoding": "gzip"}).content)

    assert public_ledger._compressed.cache_info().hits == 1
    assert [gzip.decompress(one)[:3] for one in packed] == [b"one", b"one", b"two"]


def test_an_outsider_gets_no_cookie_and_needs_no_database(outsider, django_is_without_database):
    answer = outsider.get("/ledger/checkpoint", headers={"accept-language": "bo"})

    assert answer.status_code == 200
    assert not answer.cookies
    assert "Content-Language" not in answer


@pytest.fixture
def django_is_without_database(monkeypatch):
    def never(*_, **__):
        raise AssertionError("the database was asked")

    monkeypatch.setattr("django.db.backends.base.base.BaseDatabaseWrapper.ensure_connection", never)


@pytest.mark.parametrize(
    "name",
    [
        "../secret",
        "%2e%2e/secret",
        "tile/../../secret",
        "tile/entries/../../../secret",
        "/etc/passwd",
        "//etc/passwd",
        "notes.txt",
        ".checkpoint.new",
        "tile/0",
        "tile/0/",
        "tile/00/000",
        "tile/64/000",
        "tile/0/0",
        "tile/0/x001",
        "tile/0/001/000",
        "tile/0/000.p/0",
        "tile/0/000.p",
        "tile/0/\uff11\uff12\uff13",
        "tile/0/000\n",
        "checkpoint/",
        "tile/0/000%00",
    ],
)
def test_nothing_else_is_given_out(outsider, name):
    answer = outsider.get(f"/ledger/{name}")

    assert answer.status_code == 404
    assert b"nobody" not in answer.content


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options"])
def test_nobody_can_write(outsider, method):
    answer = getattr(outsider, method)("/ledger/checkpoint")

    assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD")


def test_where_nothing_is_published_yet_the_operator_is_told_how(outsider, folder):
    (folder / "checkpoint").unlink()

    answer = outsider.get("/ledger/checkpoint")

    assert (answer.status_code, answer["Cache-Control"]) == (404, "no-store")
    assert b"rollkeeper ledger publish" in answer.content


def test_the_counter_does_not_serve_it(outsider, monkeypatch):
    monkeypatch.setenv("ROLLKEEPER_APP", "counter")

    assert outsider.get("/ledger/checkpoint", headers={"host": "localhost"}).status_code != 200


def test_the_office_finds_the_ledger_of_the_true_instance_and_its_user_may_read_it(data_dir):
    credentials = AppCredentials.to(app_named("backoffice"))

    notified = tomllib.loads((credentials.folder / "settings.toml").read_text("utf-8"))
    credentials.clear()
    assert notified["ledger"]["folder"] == str(data_dir / "ledger" / "public")
    assert credentials.user is None or is_readable_by("nobody", [data_dir / "ledger" / "public"])
