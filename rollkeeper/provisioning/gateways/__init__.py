# SPDX-License-Identifier: EUPL-1.2
"""Gateways to the network: the protocol (`base`), which of them this instance has (`registry`), and one module for each.

A gateway imports `base`; only `registry` imports gateways. Owns no table of the register.
"""
