# SPDX-License-Identifier: EUPL-1.2
"""The subscriber portal: a code to the line opens it, and behind it is what the register knows of that line.

Owns no table and reads none: everything shown comes, encrypted and once, from the portal worker (`selfcare`). Keeps nothing of a
session but a token in the browser. Works without a script.
"""
