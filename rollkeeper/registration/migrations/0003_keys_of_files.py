# SPDX-License-Identifier: EUPL-1.2
"""Hashes with the key of the indexes what a file before 0.6.0 gave as a row's key: a customer's number, in clear next to their line."""

from typing import Any

from django.db import migrations

from rollkeeper.kernel.database import rows, run
from rollkeeper.vault.blind_index import blind_references

_CHUNK = 5000
_IN_CLEAR = """
SELECT submission_key FROM registration_submission
 WHERE submission_key > %s AND submission_key !~* '^(application:)?[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
   AND submission_key !~ '^(row|key):[0-9a-f]{32}$'
 ORDER BY submission_key LIMIT %s
"""
_HASHED = """
WITH named AS (
    SELECT * FROM unnest(%(clear)s::text[], %(hashed)s::text[]) AS of_file (clear, hashed)
), twice AS (
    DELETE FROM registration_submission s USING named n
     WHERE s.submission_key = n.clear AND EXISTS (SELECT FROM registration_submission o WHERE o.submission_key = n.hashed)
)
UPDATE registration_submission s SET submission_key = n.hashed FROM named n
 WHERE s.submission_key = n.clear AND NOT EXISTS (SELECT FROM registration_submission o WHERE o.submission_key = n.hashed)
"""


def hash_keys_of_files(*_: Any) -> None:
    """Give each such row the key that its file gets today, a chunk a transaction: what was interrupted goes on."""
    after = ""
    while found := [row.submission_key for row in rows(_IN_CLEAR, [after, _CHUNK])]:
        indexes = blind_references([f"submission key {key}" for key in found])
        run(_HASHED, {"clear": found, "hashed": [f"key:{index.hex()}" for index in indexes]})
        after = found[-1]


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("registration", "0002_receipts_by_entry")]

    operations = [migrations.RunPython(hash_keys_of_files)]
