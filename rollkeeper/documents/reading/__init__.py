# SPDX-License-Identifier: EUPL-1.2
"""Everything that touches the bytes of somebody's picture. It runs in the sealed worker and nowhere else.

sandbox.py    what the worker gives up before it sees the first byte
worker.py     the process: loads the networks, seals itself, forks a child for each picture
decoding.py   bytes to pixels, or a refusal
ocr_models.py   where text stands, and what it says (rapidocr's networks)
sheets.py     turns the picture upright and reads its lines
zones.py      finds and reads a machine-readable zone
cards.py      reads the two sides of the Chinese resident card
redacting.py  a new sheet with what may be shown on it, and nothing else of the picture
"""
