# SPDX-License-Identifier: EUPL-1.2
"""Rollkeeper: a subscriber register that leaks nothing, cuts nobody off unheard, and forgets on time."""

__version__ = "0.1.0"
