# SPDX-License-Identifier: EUPL-1.2
"""What Rollkeeper asks of the operating system: embedded PostgreSQL, its physical backup, users of the system, core dumps.

Owns no table. Knows no word of the register.
"""
