# SPDX-License-Identifier: EUPL-1.2
"""Every action and access leaves an entry that no one can remove, not even the operator; its published part tells nothing about anyone.

Owns `ledger_entry` (the marks, appended in the transaction of the act), `ledger_leaf` and `ledger_tile` (the Merkle
tree of RFC 6962 over their published leaves), `ledger_appended` and `ledger_integration` (how far entries have leaves),
`ledger_checkpoint` and `ledger_publication` (what was signed and put out), `ledger_check` and `ledger_fault` (the checks and what
they found), `ledger_deferreddisclosuremark`, and in the store of keys `ledger_secret`, which opens leaves. No role of the database
may delete or update an entry, a leaf, a tile, a fault or anything that was signed, except to reduce an erased entry.
An entry holds references and salted commitments, never personal data.
"""
