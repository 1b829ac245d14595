# SPDX-License-Identifier: EUPL-1.2
"""How many random examples are tried: a few by every run, many times as many by `make soak`."""

import os

EXAMPLES = int(os.environ.get("ROLLKEEPER_EXAMPLES", "1"))
