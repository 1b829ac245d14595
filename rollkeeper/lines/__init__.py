# SPDX-License-Identifier: EUPL-1.2
"""A line, its states, and who held it when.

Owns `lines_line`, `lines_number`, `lines_reference`, `lines_suspension`, `lines_tenure`, `lines_pause`, `lines_reconnection`,
`lines_countertermination`, `lines_countercode`, `lines_countercodeattempt` and `lines_legalhold`. Identity belongs to the period of tenure, never to the number.
"""
