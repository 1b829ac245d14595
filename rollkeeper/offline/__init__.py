# SPDX-License-Identifier: EUPL-1.2
"""Offline registrations of counters: submitted sealed, effective as of when they were recorded, done once.

Owns `offline_ticket` and `offline_registration`. A browser seals what a clerk enters to the public half of a key before it is stored or
sent; the counter app submits the ciphertext and cannot open it. The offline worker, a job of the portal worker, opens them in
order of arrival and calls the services of the package registration, in the name of the person who entered it.

::

    browser                             counter (role counter)          register                 offline worker (role worker, vault)
      asks for a ticket --------------> a row; the database dates it -> offline_ticket
      seals, keeps, and when it can
      hands in -----------------------> as it is, unread -------------> offline_registration ------> opened after a ledger entry,
      asks what came of it <----------- outcome and sentences <-------- outcome, said <--------- done once; ciphertext removed

An offline registration lies between its ticket and its arrival, both dated by the database: no device and no app can say otherwise.
"""

PROCESSING = "process-offline"
"""The job that opens waiting registrations. Other code that touches them holds the run lock of this job meanwhile."""
