# SPDX-License-Identifier: EUPL-1.2
"""The authority checks the operator without seeing a person: figures of a period, signed, recomputable from the published ledger.

Owns `reporting_quarter` and `reporting_report`. Counts other packages' entries by their verbs and knows none
of these packages; holds no row about anybody; hides small numbers, and whatever would give them away.
"""
