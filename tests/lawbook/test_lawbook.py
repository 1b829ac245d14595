# SPDX-License-Identifier: EUPL-1.2
"""What was in force on a day is shown years later, with its text, also when the file is gone or was overwritten."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from rollkeeper.kernel.canonical import sha256_hex
from rollkeeper.kernel.database import rows, run
from rollkeeper.law.countries import country_bytes
from rollkeeper.law.packs import load_pack, pack_bytes
from rollkeeper.lawbook import services
from rollkeeper.lawbook.errors import NO_COUNTRY_FILE, NO_LAW_ON_THIS_DAY
from rollkeeper.lawbook.queries import archived_pack, country_text_of, law_on, periods, text_of
from rollkeeper.lawbook.services import adopt_law, note_law
from tests.builders.packs import REFERENCE, confirmed, use_pack
from tests.builders.staff import employ_approvers
from tests.in_process import invoke
from tests.refusals import refusing

pytestmark = pytest.mark.usefixtures("register", "law_put_back")
NEXT = REFERENCE.replace("version: 1\n", "version: 2\n", 1)
FIRST, SECOND = dt.date(2012, 1, 2), dt.date(2014, 7, 1)
DAY = dt.timedelta(days=1)


@pytest.fixture
def two_versions():
    use_pack(REFERENCE)
    note_law(on=FIRST)
    use_pack(NEXT)
    note_law(on=SECOND)


@pytest.mark.parametrize(
    ("on", "version"), [(FIRST, "1"), (SECOND - DAY, "1"), (SECOND, "2"), (SECOND + 3650 * DAY, "2")]
)
def test_the_law_of_a_day_is_shown_with_its_text(two_versions, tmp_path, on, version):
    said = invoke("law", "history", "--on", on.isoformat(), "--out", str(tmp_path / "law.yaml"), "--json")

    assert law_on(on).version == version
    assert (tmp_path / "law.yaml").read_text("utf-8") == confirmed(REFERENCE if version == "1" else NEXT)
    assert law_on(on).pack_hash in said.stdout


def test_before_the_first_day_no_law_is_made_up(two_versions):
    with refusing(NO_LAW_ON_THIS_DAY):
        law_on(FIRST - DAY)


def test_a_law_is_noted_once_however_often_it_is_looked_at(two_versions):
    for later in (SECOND, SECOND + DAY, FIRST):
        note_law(on=later)

    assert [(one.version, one.first_on, one.last_on) for one in periods()] == [
        ("1", FIRST, SECOND - DAY), ("2", SECOND, None),
    ]  # fmt: skip


def test_the_archive_outlives_the_file(tmp_path):
    file = tmp_path / "law.yaml"
    file.write_text(confirmed(NEXT), "utf-8")
    for who in employ_approvers():
        adopt_law(who, str(file), on=FIRST)
    pack = load_pack(str(file))
    file.unlink()

    assert archived_pack(pack.hash).file == pack.file
    assert archived_pack("0" * 64) is None


def test_the_country_file_that_held_with_a_law_is_kept_too(tmp_path, monkeypatch):
    use_pack(REFERENCE)
    note_law(on=FIRST)
    former, out = country_bytes("CN"), tmp_path / "country.yaml"
    monkeypatch.setattr(services, "country_bytes", lambda _: former + b"# another day of rest\n")
    note_law(on=SECOND)
    note_law(on=SECOND + DAY)

    assert [one.first_on for one in periods()] == [FIRST, SECOND]
    for on, text in ((SECOND - DAY, former), (SECOND, former + b"# another day of rest\n")):
        said = invoke("law", "history", "--on", on.isoformat(), "--country-out", str(out), "--json")
        assert out.read_bytes() == text
        assert sha256_hex(text) in said.stdout


def test_a_law_without_a_country_file_has_none_to_write(tmp_path):
    use_pack(REFERENCE.replace("jurisdiction: CN-XZ", "jurisdiction: ZZ"))
    note_law(on=FIRST)

    with refusing(NO_COUNTRY_FILE):
        country_text_of(law_on(FIRST))


def test_no_text_is_kept_under_a_hash_that_is_not_its(two_versions):
    with pytest.raises(IntegrityError), transaction.atomic():
        run(
            "INSERT INTO lawbook_version (pack_hash, law_id, version, text) VALUES (%s, 'x', '1', 'x')",
            ["0" * 64],
        )


@pytest.mark.parametrize(
    "statement", ["UPDATE lawbook_version SET version = '9'", "DELETE FROM lawbook_period"]
)
@pytest.mark.parametrize("role", ["worker", "console", "backoffice", "counter", "portal"])
def test_no_role_changes_what_was_in_force(two_versions, as_role, role, statement):
    with pytest.raises(Exception, match="permission denied"), transaction.atomic(), as_role(role):
        run(statement)


def test_what_a_shipped_law_said_is_kept_byte_by_byte():
    use_pack(REFERENCE)
    note_law(on=FIRST)
    (only,) = rows("SELECT pack_hash FROM lawbook_period")

    assert text_of(only.pack_hash) == confirmed(REFERENCE).encode()
    assert pack_bytes("cn-xz-2011") == REFERENCE.encode()
