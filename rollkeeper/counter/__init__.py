# SPDX-License-Identifier: EUPL-1.2
"""The clerk's way in: a person registered in front of you, by someone who can never read them back. Owns no table."""
