# SPDX-License-Identifier: EUPL-1.2
"""When something leaked or may have: who exactly was exposed, what the law wants by when, remedies, notices, the report.

Owns `incidents_incident`, `incidents_affectedperson`, `incidents_duty`, `incidents_remedy` and `incidents_step`. Finds people by
reference in the ledger's entries and the key epochs; opens nothing, and never writes a name. A drill is carried out like an incident,
from start to end, without effect on anyone.
"""
