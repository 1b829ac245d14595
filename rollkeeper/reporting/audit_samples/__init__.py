# SPDX-License-Identifier: EUPL-1.2
"""An outside auditor draws lines by lot, by reference, and sees a person only where that person lets them.

Owns `reporting_auditsample` and `reporting_auditsampleline`: references and days. A text that the auditor brings and the
published ledger decide which lines are drawn, so that neither side chooses; anyone with a copy of the ledger can repeat the draw
(`redraw.py`). The auditor sees the entries of the published ledger for each line. They see whom it belongs to only with the
subscriber's own consent at the portal (`selfcare.consents`): the named entries, by the auditor who asked, for the days allowed,
each access recorded. It lists no people: a sample has about twenty lines at most, and there is one of each kind for each auditor and quarter.
"""
