# SPDX-License-Identifier: EUPL-1.2
"""An outside auditor draws lines by lot, by reference, and sees a person only where that person lets them.

Owns `samples_sample` and `samples_item`: references and days. Which lines come is decided by a text that the auditor brings and by
the published ledger, so that neither side chooses; anybody with a copy of the ledger draws the same ones again (`redrawing.py`).
Of a line the auditor sees what the published ledger says of it. Whom it belongs to they see only after the holder's own yes at
the portal (`rights.consenting`): the entries named, by the auditor who asked, for the days allowed, each look on record. It lists
nobody: a sample has a score of lines at most, and there is one of a kind for each auditor and quarter.
"""
