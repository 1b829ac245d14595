# SPDX-License-Identifier: EUPL-1.2
"""What the network must do to a line, with proof: bar all but the floor, restore, terminate, read back.

Owns `provisioning_command`, `provisioning_comparison` and `provisioning_closedday`. The floor (emergency calls, the operator's care number, registration) is a constraint of the
table: no pack, setting, call or statement can make a command without it.
"""
