# SPDX-License-Identifier: EUPL-1.2
"""The names of the engines, apart from them so that the command line can offer them without loading them."""

from enum import StrEnum


class Engine(StrEnum):
    """Which engine runs: the pure rules, the statements in the database, or both against each other."""

    RULES = "rules"
    SQL = "sql"
    BOTH = "both"
