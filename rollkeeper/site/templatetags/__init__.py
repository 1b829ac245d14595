# SPDX-License-Identifier: EUPL-1.2
"""What every template writes in the way of the reader's language."""
