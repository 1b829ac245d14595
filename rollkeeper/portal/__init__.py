# SPDX-License-Identifier: EUPL-1.2
"""The subscriber portal: a subscriber signs in with a code that was sent to the line, and sees what the register knows of the line.

Owns no table and reads none: everything shown comes, encrypted and once, from the portal worker (`selfcare`). Of a session it keeps
only a token in the browser. Works without a script.
"""
