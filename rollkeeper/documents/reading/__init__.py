# SPDX-License-Identifier: EUPL-1.2
"""Everything that touches the bytes of a picture. It runs only in the sandboxed worker.

sandbox.py    what the worker gives up before it sees the first byte
worker.py     the process: loads the models, enters the sandbox, forks a child for each picture
decoding.py   bytes to pixels, or a refusal
ocr_models.py   finds and reads text (rapidocr's models)
sheets.py     turns the picture upright and reads its lines
zones.py      finds and reads a machine-readable zone
cards.py      reads the two sides of the Chinese resident card
redacting.py  a new sheet with what may be shown on it, and nothing else of the picture
"""
