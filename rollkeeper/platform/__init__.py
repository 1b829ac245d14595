# SPDX-License-Identifier: EUPL-1.2
"""What Rollkeeper uses of the operating system: embedded PostgreSQL, its physical backup, OS users, core dumps.

Owns no table. Contains no terms of the register.
"""
