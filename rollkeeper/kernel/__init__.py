# SPDX-License-Identifier: EUPL-1.2
"""What every package builds on: errors, the one clock, ids, canonical bytes, settings, the database.

Owns `kernel_job` and `kernel_healthfinding`. It contains no domain terms: code about a line, a person or a law belongs in a higher layer.
"""
