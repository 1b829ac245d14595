# SPDX-License-Identifier: EUPL-1.2
"""All lines at once: nobody loses service who was not told, counted right and heard.

Owns `campaign_campaign`, `campaign_member`, `campaign_batch`, `campaign_batchline`, `campaign_chunk`, `campaign_approval`,
`campaign_stay`, `campaign_staylift`, `campaign_excuse`, `campaign_complaint`, `campaign_changed`, `campaign_sweepday`,
`campaign_tally`, `campaign_regiontally`, `campaign_emergencycount` and `campaign_import`. Never acts but by an approved batch.
"""
