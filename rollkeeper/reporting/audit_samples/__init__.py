# SPDX-License-Identifier: EUPL-1.2
"""An outside auditor draws lines by lot, by reference, and sees a person only with that person's consent.

Owns `reporting_auditsample` and `reporting_auditsampleline`: references and days. A text that the auditor brings and the
published ledger decide which lines are drawn, so that neither side chooses; anyone with a copy of the ledger can repeat the draw
(`redraw.py`). The auditor sees the entries of the published ledger for each line. Who the subscriber is they see only with the
subscriber's own consent at the portal (`selfcare.consents`): only the fields named, only the auditor who asked, only for the days
allowed, each access recorded. A sample cannot list a register: it has at most twenty lines, and each auditor draws one of each kind
for a quarter.
"""
