# SPDX-License-Identifier: EUPL-1.2
"""The staff's way in: the campaign as a picture, batches to look at, approve, stop and undo. Owns no table.

None of its pages shows a name, address or document number.
"""
