# SPDX-License-Identifier: EUPL-1.2
"""Who may act: staff, their roles, and the Authority that every act demands.

Owns `access_staff` and `access_rolegrant`. Which role may do what, and what needs two people, is data: `powers.toml`.
"""
