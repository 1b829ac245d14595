# SPDX-License-Identifier: EUPL-1.2
"""Every action and every access leaves an entry that cannot be removed, not even by the operator.

Owns `ledger_entry` (the marks, appended in the transaction of the act), `ledger_leaf` and `ledger_tile` (the Merkle
tree of RFC 6962 over them). No role of the database may update or delete a row of these tables. An entry holds
references and salted commitments, never personal data.
"""
