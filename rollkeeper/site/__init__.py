# SPDX-License-Identifier: EUPL-1.2
"""Where the rooms are put together: settings for Django, addresses, errors to HTTP, the command line, a new home.

Owns no table. Imported by nothing. Whatever runs out of this room is a process of the house, and each begins here: none of
them dumps a core.
"""

from rollkeeper.kernel.cores import keep_out_of_cores

keep_out_of_cores()
