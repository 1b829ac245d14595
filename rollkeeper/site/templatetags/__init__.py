# SPDX-License-Identifier: EUPL-1.2
"""Tags and filters by which every template follows the rules of the reader's language."""
