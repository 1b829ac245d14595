# SPDX-License-Identifier: EUPL-1.2
"""Empty: delete it."""
