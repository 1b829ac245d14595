# SPDX-License-Identifier: EUPL-1.2
"""Which text of the law was in force here on which day, kept by its hash; and who put a new version into force.

Owns `lawbook_version`, `lawbook_countryfile` and `lawbook_period`. Never changes or drops a text that was in force.
"""
