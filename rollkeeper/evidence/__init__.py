# SPDX-License-Identifier: EUPL-1.2
"""The authority checks the operator without seeing a person: figures of a period, signed, recomputable from the published ledger.

Owns `evidence_quarter` and `evidence_report`. Counts other rooms' entries by their verbs and knows none
of these rooms; holds no row about anybody; hides small numbers, and whatever would give them away.
"""
