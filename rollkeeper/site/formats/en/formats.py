# SPDX-License-Identifier: EUPL-1.2
"""English: the day first, as the law's own translation writes it."""

DATE_FORMAT = "j F Y"
DATETIME_FORMAT = "j F Y, H:i"
MONTH_DAY_FORMAT = "j M"
SHORT_DATE_FORMAT = "j M Y"
TIME_FORMAT = "H:i"
