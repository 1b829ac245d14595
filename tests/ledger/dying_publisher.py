# SPDX-License-Identifier: EUPL-1.2
"""A process that publishes, and kills itself with SIGKILL at the place that the test names."""

import os
import signal
from pathlib import Path
from typing import Any

from rollkeeper.ledger import publication, sequencer, tile_store
from rollkeeper.operations.bootstrap import open_instance

FUNCTIONS = {
    "before the leaves are committed": (sequencer, "_fill_tiles"),
    "before anything is published": (publication, "_next_head"),
    "before it is signed": (publication.notes, "sign"),
    "after it was signed": (publication, "_remember"),
    "between the instance's note and the register's": (publication.database, "run"),
    "before a witness is asked": (publication, "_ask"),
    "before the new head is released": (publication, "_release"),
    "before the publication is noted": (publication, "_note_publication"),
}
"""The function at whose beginning a process dies."""
FILES = ("in the middle of a file", "among the tiles", "before the checkpoint")


def die(*_: Any, **__: Any) -> None:
    """End this process at once, as a power cut would."""
    os.kill(os.getpid(), signal.SIGKILL)


def main(folder: str, where: str) -> None:
    """Publish, and die there."""
    if where in FILES:
        _die_as_it_writes(where)
    else:
        setattr(*FUNCTIONS[where], die)
    open_instance()
    publication.publish(Path(folder))


def _die_as_it_writes(where: str) -> None:
    write, written = tile_store.TileStore.write, []

    def write_then_die(place: Any, name: str, content: bytes) -> None:
        written.append(name)
        if where == "among the tiles" and len(written) == 4:
            die()
        if where == "before the checkpoint" and name == "checkpoint":
            die()
        if where == "in the middle of a file" and len(written) == 2:
            content = content[: len(content) // 2]
            Path.replace = die
        write(place, name, content)

    tile_store.TileStore.write = write_then_die
