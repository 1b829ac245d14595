# SPDX-License-Identifier: EUPL-1.2
"""A person or a company, known by reference only.

Owns `subscribers_subscriber`, the look-up table `subscribers_document` and `subscribers_personlink`. Never holds a name, an
address or a number: those are sealed in the vault. Never merges two people by itself: an act at a counter joins two
references, nothing is rewritten, and the references can be separated again.
"""
