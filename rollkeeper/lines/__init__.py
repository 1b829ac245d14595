# SPDX-License-Identifier: EUPL-1.2
"""A line, its states, and who held it when.

Owns `lines_line`, `lines_number`, `lines_reference`, `lines_suspension`, `lines_holding`, `lines_pause`, `lines_lift`,
`lines_endatcounter`, `lines_shown`, `lines_showntry` and `lines_hold`. Identity belongs to the period of holding, never to the number.
"""
