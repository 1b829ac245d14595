# SPDX-License-Identifier: EUPL-1.2
"""The command line and the processes: serve, worker, bootstrap, backup, restore, doctor, demo.

Owns no table. Imported by nothing. Every process of Rollkeeper begins here: none of them dumps a core.
"""

from rollkeeper.platform.core_dumps import disable_core_dumps

disable_core_dumps()
