# SPDX-License-Identifier: EUPL-1.2
"""An outside auditor draws lines by lot, by reference, and sees a person only where that person lets them.

Owns `reporting_auditsample` and `reporting_auditsampleline`: references and days. Which lines come is decided by a text that the auditor brings and by
the published ledger, so that neither side chooses; anybody with a copy of the ledger draws the same ones again (`redraw.py`).
Of a line the auditor sees what the published ledger says of it. Whom it belongs to they see only after the subscriber's own consent at
the portal (`selfcare.consents`): the entries named, by the auditor who asked, for the days allowed, each access on record. It lists
nobody: a sample has a score of lines at most, and there is one of a kind for each auditor and quarter.
"""
