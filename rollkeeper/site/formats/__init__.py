# SPDX-License-Identifier: EUPL-1.2
"""How each language of the pages writes days and numbers."""
