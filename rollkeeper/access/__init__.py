# SPDX-License-Identifier: EUPL-1.2
"""Who may act: staff, their roles, and the Authority that every action requires.

Owns `access_staff`, `access_rolegrant`, `access_approval`, `access_invitation`, `access_factorchange`, `access_attempt`, and
`access_staffrequest`: what staff ask a worker to do. Which role may do what, and what needs two people, is data: `permissions.toml`.
"""
