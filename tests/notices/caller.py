"""A telephone system for tests: a real program, as an operator would name it in the settings.

It keeps what it was given in the folder that its first line names, and says of a call what the test wrote into
`ends.json`. A call is placed once, however often its reference comes.
"""

import sys

_PROGRAM = """#!{python}
import json, pathlib, sys
folder = pathlib.Path({folder!r})
calls, ends, gone = folder / "calls.json", folder / "ends.json", folder / "gone.json"
def read(file, empty): return json.loads(file.read_text()) if file.exists() else empty
what, rows = sys.argv[1], [json.loads(line) for line in sys.stdin]
if (folder / "broken").exists(): sys.exit(3)
placed = read(calls, {{}})
if what == "call":
    for row in rows:
        answer = "refused" if not row["to"].startswith("+") else "accepted"
        if answer == "accepted": placed[row["reference"]] = row
        print(json.dumps({{"reference": row["reference"], "answer": answer}}))
    calls.write_text(json.dumps(placed))
elif what == "results":
    print("this is no JSON")
    forgotten = read(gone, [])
    for row in read(ends, []):
        if row.get("reference") not in forgotten: print(json.dumps(row))
else:
    gone.write_text(json.dumps(read(gone, []) + [row["reference"] for row in rows]))
"""


def telephone_system(folder):
    """Return the path of a program that keeps its calls in a folder."""
    program = folder / "place-calls"
    program.write_text(_PROGRAM.format(python=sys.executable, folder=str(folder)))
    program.chmod(0o700)
    return str(program)
