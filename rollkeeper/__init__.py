# SPDX-License-Identifier: EUPL-1.2
"""Rollkeeper: a subscriber register that leaks nothing, suspends no line without notice and a hearing, and deletes on time."""

__version__ = "0.8.0"
