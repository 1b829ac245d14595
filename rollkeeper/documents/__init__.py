# SPDX-License-Identifier: EUPL-1.2
"""A document's number: normalised and checked, and never refused because of a table that may be out of date.

Owns no table and keeps nothing. A check gives advice: `valid`, `doubtful` (a second look), `invalid` (this cannot be
such a number). A failed check digit is doubtful, since genuine cards with faulty numbers exist. Pictures are read in a
sandboxed process (`reading/`). Of a picture, only a copy that shows what the law asks for ever leaves that process
(`image_intake.py`).
"""
