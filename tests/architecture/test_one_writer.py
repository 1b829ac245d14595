# SPDX-License-Identifier: EUPL-1.2
"""Each table has one writing package: its name begins with the package's, and no other package's SQL writes it."""

import re
from collections.abc import Iterator
from pathlib import Path

from rollkeeper.kernel.database import sql

ROOT = Path(__file__).parents[2] / "rollkeeper"
PACKAGES = {folder.name for folder in ROOT.iterdir() if (folder / "__init__.py").exists()}
EVERYBODYS = "ledger"  # every action appends its entry
WRITES = re.compile(
    r"\b(?:INSERT\s+INTO|(?<!FOR )(?<!KEY )(?<!DO )UPDATE|DELETE\s+FROM|COPY|TRUNCATE(?:\s+TABLE)?|MERGE\s+INTO)"
    r"\s+(?:ONLY\s+)?([a-z]+_[a-z]+)\b"
)
KEY_STORE = re.findall(
    r"^CREATE TABLE IF NOT EXISTS (\w+)", sql("vault", "keys"), re.MULTILINE
)  # the vault's own


def foreign_writes(package: str, text: str) -> list[str]:
    """Return the packages into whose tables this text writes, but its own and the ledger."""
    plain = re.sub(r"--[^\n]*", "", text)
    owners = ["vault" if table in KEY_STORE else table.split("_")[0] for table in WRITES.findall(plain)]
    return [owner for owner in owners if owner in PACKAGES - {package, EVERYBODYS}]


def sources() -> Iterator[tuple[str, Path]]:
    for path in sorted(ROOT.rglob("*")):
        if path.suffix in {".py", ".sql"} and "migrations" not in path.parts:
            yield path.relative_to(ROOT).parts[0], path


def test_no_package_writes_into_the_table_of_another():
    found = {
        str(path.relative_to(ROOT)): written
        for package, path in sources()
        if (written := foreign_writes(package, path.read_text("utf-8")))
    }

    assert found == {}


def test_a_write_into_the_table_of_another_package_is_found():
    assert foreign_writes("campaign", "WITH x AS (UPDATE lines_line SET state = 'terminated')") == ["lines"]
    assert foreign_writes("campaign", "INSERT INTO\n  notices_notice (line_id) SELECT 1") == ["notices"]
    assert foreign_writes("campaign", "SELECT FROM lines_line l FOR UPDATE OF l") == []
    assert foreign_writes("offline", "DELETE FROM offline_key") == ["vault"]
    assert foreign_writes("lines", "UPDATE lines_line SET version = 1") == []
    assert foreign_writes("lines", "INSERT INTO ledger_entry (at) VALUES (now())") == []


def test_an_included_statement_stands_in_the_package_that_owns_its_tables():
    including = [
        path for _, path in sources() if path.suffix == ".sql" and "-- include " in path.read_text("utf-8")
    ]

    assert including
    for path in including:
        package, name = path.relative_to(ROOT).parts[0], path.stem
        assert "-- include " not in sql(package, name)
