# SPDX-License-Identifier: EUPL-1.2
"""Everything that touches the bytes of a picture. It runs only in the sandboxed worker.

worker.py       the process: loads the models, enters the sandbox, forks a child for each picture
sandbox.py      what the worker gives up before it sees the first byte
reader.py       turns one file's bytes into a proposal and copies
file_types.py   what a file is, by its first bytes
decoding.py     bytes to pixels, or a refusal
ocr_models.py   finds and reads text (rapidocr's models)
page_layout.py  turns the picture upright and reads its lines
zones.py        finds and reads a machine-readable zone
travel.py       what a copy of a travel document shows
cards.py        reads the two sides of the Chinese resident card
redaction.py    a new sheet with what may be shown on it, and nothing else of the picture

`worker_client.py` runs in the process that asks the worker.
"""
