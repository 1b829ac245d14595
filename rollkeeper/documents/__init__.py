# SPDX-License-Identifier: EUPL-1.2
"""A document's number: normalised, checked, and never refused by a table that may be out of date. Owns no table."""
