# SPDX-License-Identifier: EUPL-1.2
"""Where the rooms are put together: settings for Django, addresses, errors to HTTP, the command line, a new home.

Owns no table. Imported by nothing.
"""
