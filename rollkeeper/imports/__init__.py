# SPDX-License-Identifier: EUPL-1.2
"""The operator's own export becomes lines: read, mapped, checked row by row, sealed, and copied in.

Three steps. *Scan*: the whole file is read once, so that a broken one is refused before anything is written. *Map*: which column
means what, proposed from the header and confirmed by a person. *Import*: in chunks, each one transaction with its ledger entry,
so that an interrupted import continues where it stopped. Columns that the register does not keep are dropped, and named if
sensitive. No message, reject file or log contains a value of a row.

An import that was a mistake can be undone while no one was notified of anything or registered since (`undo.py`).

Owns `imports_import`, `imports_chunk` and `imports_upload`.
"""
