# SPDX-License-Identifier: EUPL-1.2
"""A document's number: normalised, checked, and never refused by a table that may be out of date.

Owns no table and keeps nothing. A check gives advice: `valid`, `doubtful` (a second look), `invalid` (this cannot be
such a number). A failed check digit is doubtful, since genuine cards with faulty numbers exist. Pictures are read in a
sealed process (`reading/`), and of a picture only a copy that was built up from what the law asks for ever leaves it
(`image_intake.py`).
"""
