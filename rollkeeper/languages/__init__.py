# SPDX-License-Identifier: EUPL-1.2
"""Everything that is said to people, by language, and which native reader accepted it.

Owns `languages_acceptance`. Promise: in a production instance nothing is sent and no page is offered in a language whose present
texts no named native reader has accepted. `kernel.accepted_languages` is what all other packages ask.
"""
