"""A printing house for tests: a real program that stores each file it receives, under its name."""

import sys

from rollkeeper.notices.gateways.letters import LetterGateway

SECRET = b"s" * 32
_PROGRAM = """#!{python}
import pathlib, sys
folder = pathlib.Path({folder!r})
if (folder / "broken").exists(): sys.exit(3)
what, name = sys.argv[1:]
if what != "print": sys.exit(2)
(folder / (name + ".pdf")).write_bytes(sys.stdin.buffer.read())
"""


def printing_house(folder):
    """Return the path of a program that prints into a folder."""
    program = folder / "print-letters"
    program.write_text(_PROGRAM.format(python=sys.executable, folder=str(folder)))
    program.chmod(0o700)
    return str(program)


def letters(folder, **more):
    """Return the gateway to it."""
    facts = {"operator": "虚构电信", "languages": ["en", "zh-hans", "bo"], "secret": SECRET} | more
    return LetterGateway(printing_house(folder), **facts)
