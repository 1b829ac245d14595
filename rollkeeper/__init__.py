# SPDX-License-Identifier: EUPL-1.2
"""Rollkeeper: a subscriber register that leaks nothing, suspends no line without notice and a hearing, and deletes on time."""

import os

__version__ = "0.20.0"

# To ask every installed package for plugins to pydantic took a tenth of each start. None is wanted.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
