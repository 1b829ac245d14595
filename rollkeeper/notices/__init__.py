# SPDX-License-Identifier: EUPL-1.2
"""Notices: what each subscriber must be told, in their language, with proof of delivery.

Owns `notices_notice`, `notices_attempt`, their `notices_tally`, `notices_wording` and `notices_returnedletter`. A bounced notice never counts; a text never carries a link that asks for
identity; the address to send to is opened at the moment of sending and kept nowhere.
"""
