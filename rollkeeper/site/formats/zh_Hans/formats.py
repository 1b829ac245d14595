# SPDX-License-Identifier: EUPL-1.2
"""Simplified Chinese."""

DATE_FORMAT = "Y年n月j日"
DATETIME_FORMAT = "Y年n月j日 H:i"
SHORT_DATE_FORMAT = "Y-m-d"
THOUSAND_SEPARATOR = ","
NUMBER_GROUPING = 3
