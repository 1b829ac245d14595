# SPDX-License-Identifier: EUPL-1.2
"""Gateways for messages: the protocol (`base`), which of them this instance has (`registry`), and one module for each.

A gateway imports `base`; only `registry` imports gateways. Owns no table of the register.
"""
