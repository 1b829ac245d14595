# SPDX-License-Identifier: EUPL-1.2
"""How this language writes days."""
