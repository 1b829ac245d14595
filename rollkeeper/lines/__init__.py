# SPDX-License-Identifier: EUPL-1.2
"""A line, its states, and who was its subscriber when.

Owns `lines_line`, `lines_number`, `lines_reference`, `lines_suspension`, `lines_tenure`, `lines_pause`, `lines_reconnection`,
`lines_countertermination`, `lines_countercode`, `lines_countercodeattempt`, `lines_accesscount` and `lines_legalhold`. Identity
belongs to the period of tenure, never to the number.
"""
