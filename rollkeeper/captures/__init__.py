# SPDX-License-Identifier: EUPL-1.2
"""What a counter took down without a network: handed in sealed, counted as of when it was taken down, done once.

Owns `captures_ticket` and `captures_capture`. A browser seals what a clerk enters to a public half before it is kept or sent;
the counter's face hands the ciphertext in and could not open it. The carrier, a process without any web, opens each in the
order in which it came and does it by the acts of the room enrolment, in the name of whoever took it down.

::

    browser                             counter (role counter)          register                 carrier (role sweep, vault)
      asks for a ticket --------------> a row; the database dates it -> captures_ticket
      seals, keeps, and when it can
      hands in -----------------------> as it is, unread -------------> captures_capture ------> opened after a ledger entry,
      asks what came of it <----------- outcome and sentences <-------- outcome, said <--------- done once; ciphertext removed

A capture lies between its ticket and its arrival, both dated by the database: no device and no face can say otherwise.
"""
