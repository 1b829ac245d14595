# SPDX-License-Identifier: EUPL-1.2
"""Specimen documents of invented people, drawn by the project: for tests, demos and training, never for use.

No coat of arms, no pattern and no layout of a real document except the positions of its fields; the issuing state of the travel
documents is Utopia (UTO), the county of the cards is unused, and each says SPECIMEN.
"""

from rollkeeper.documents.specimens.drawing import Kind, Specimen, make_specimen

__all__ = ["Kind", "Specimen", "make_specimen"]
