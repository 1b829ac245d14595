# SPDX-License-Identifier: EUPL-1.2
"""What every package stands on: errors, the one clock, ids, canonical bytes, settings, the database.

Owns no table. Knows no word of the register: whoever looks for a line, a person or a law is one layer too low.
"""
