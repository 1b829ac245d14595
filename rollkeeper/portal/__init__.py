# SPDX-License-Identifier: EUPL-1.2
"""The subscriber's own door: a code to the line opens it, and behind it is what the register knows of that line.

Owns no table and reads none: whatever is shown comes, sealed and once, from the porter (`rights`). Keeps nothing of a
visit but a token in the browser. Works without a script.
"""
