# SPDX-License-Identifier: EUPL-1.2
"""All lines at once: nobody loses service who was not notified, counted right and heard.

Owns `campaign_campaign`, `campaign_member`, `campaign_batch`, `campaign_batchline`, `campaign_chunk`,
`campaign_stay`, `campaign_unreachablewaiver`, `campaign_complaint`, `campaign_linechange`, `campaign_nightlyrun`,
`campaign_tally`, `campaign_regiontally`, `campaign_emergencycount` and `imports_import`. Never acts but by an approved batch.
"""
