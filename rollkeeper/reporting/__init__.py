# SPDX-License-Identifier: EUPL-1.2
"""The authority checks the operator without seeing a person: figures of a period, signed, recomputable from the published ledger.

Owns `reporting_quarter` and `reporting_report`. Counts other packages' entries by their verbs and does not know these packages;
contains no row about a person; hides small numbers, and every figure that would reveal them.
"""
