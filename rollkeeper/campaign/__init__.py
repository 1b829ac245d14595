# SPDX-License-Identifier: EUPL-1.2
"""Campaigns over all lines: a line loses service only after its subscriber was notified, the days were counted and objections
were heard.

Owns `campaign_campaign`, `campaign_member`, `campaign_batch`, `campaign_batchline`, `campaign_chunk`,
`campaign_stay`, `campaign_unreachablewaiver`, `campaign_complaint`, `campaign_linechange`, `campaign_nightlyrun`,
`campaign_tally`, `campaign_regiontally` and `campaign_emergencycount`. Never acts but by an approved batch.
"""
