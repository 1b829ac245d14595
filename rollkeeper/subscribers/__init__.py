# SPDX-License-Identifier: EUPL-1.2
"""A person or a firm, known by reference only.

Owns `subscribers_subscriber` and the look-up table `subscribers_document`. Never holds a name, an address or a number:
those are sealed in the vault. Never merges two people.
"""
