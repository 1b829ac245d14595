# SPDX-License-Identifier: EUPL-1.2
"""The operator's own export becomes lines: read, mapped, checked row by row, sealed, and copied in.

Three steps. *Look*: the whole file is read once, so that a broken one is refused before anything is written. *Map*: which
column means what, proposed from the header and confirmed by a person. *Take in*: chunk by chunk, each one transaction
with its ledger entry, so that an import that breaks off goes on where it was. What the register has no place for is
dropped, and named where it is sensitive. A value of a row appears in no message, no reject file and no log.

Owns `imports_import`.
"""
