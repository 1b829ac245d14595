# SPDX-License-Identifier: EUPL-1.2
"""What a counter recorded offline: handed in sealed, effective as of when it was recorded offline, done once.

Owns `offline_ticket` and `offline_registration`. A browser seals what a clerk enters to a public half before it is kept or sent;
the counter app hands the ciphertext in and could not open it. The offline worker, a job of the portal worker, opens each in the
order in which it came and does it by the acts of the package registration, in the name of whoever entered it.

::

    browser                             counter (role counter)          register                 offline worker (role worker, vault)
      asks for a ticket --------------> a row; the database dates it -> offline_ticket
      seals, keeps, and when it can
      hands in -----------------------> as it is, unread -------------> offline_registration ------> opened after a ledger entry,
      asks what came of it <----------- outcome and sentences <-------- outcome, said <--------- done once; ciphertext removed

An offline registration lies between its ticket and its arrival, both dated by the database: no device and no app can say otherwise.
"""

PROCESSING = "process-offline"
"""The job that opens what waits. Whatever else touches that holds the run lock of this job meanwhile."""
