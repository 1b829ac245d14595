# SPDX-License-Identifier: EUPL-1.2
"""The web app of the staff: the campaign as a chart, batches to check, approve, stop and undo. Owns no table.

None of its pages shows a name, address or document number.
"""
