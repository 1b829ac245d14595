# SPDX-License-Identifier: EUPL-1.2
"""All lines at once: nobody loses service who was not told, counted right and heard.

Owns `campaign_campaign`, `campaign_member`, `campaign_batch`, `campaign_batchline`, `campaign_approval`,
`campaign_stay`, `campaign_excuse`, `campaign_complaint`, `campaign_sweepday`, `campaign_emergencycount` and `campaign_import`. Never acts but by an approved batch.
"""
