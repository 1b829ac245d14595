# SPDX-License-Identifier: EUPL-1.2
"""One line at a time: register, transfer, install, port in, relocate, change, replace the SIM, end.

Owns `registration_submission`. Records exactly the attributes that the pack asks for and no others. A repeated
submission returns the first receipt.
"""
