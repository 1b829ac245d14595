# SPDX-License-Identifier: EUPL-1.2
"""Tibetan: year, month, day."""

DATE_FORMAT = "Y ལོའི་ཟླ་ n པའི་ཚེས་ j"
DATETIME_FORMAT = "Y ལོའི་ཟླ་ n པའི་ཚེས་ j ཆུ་ཚོད་ H:i"
MONTH_DAY_FORMAT = "ཟླ་ n ཚེས་ j"
SHORT_DATE_FORMAT = "Y ལོའི་ཟླ་ n པའི་ཚེས་ j"
THOUSAND_SEPARATOR = ","
NUMBER_GROUPING = 3
TIME_FORMAT = "H:i"
