# SPDX-License-Identifier: EUPL-1.2
"""Commands about the installation itself: setup, serve, demo, doctor."""

from enum import StrEnum
from typing import Annotated

import typer

from rollkeeper.kernel.console import out
from rollkeeper.kernel.settings import HomeKind, home
from rollkeeper.site import boot
from rollkeeper.site.faces import FACES, face_called

FaceName = StrEnum("FaceName", [face.name for face in FACES])


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(setup)
    app.command()(serve)


def setup(
    *,
    production: Annotated[
        bool, typer.Option("--production", help="A home for real people: no trial dates.")
    ] = False,
) -> None:
    """Make the home, or bring it up to date.

    Example: ROLLKEEPER_HOME=/srv/rollkeeper rollkeeper setup --production
    """
    boot.make_home(HomeKind.PRODUCTION if production else HomeKind.TRIAL)
    out.print(f"The home {home()} is ready.")


def serve(
    *,
    host: Annotated[
        str, typer.Option("--host", help="The address of this machine to listen on.")
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option("--port", help="The office's port; each further face takes the next.")
    ] = 8000,
    face: Annotated[
        list[FaceName] | None, typer.Option("--face", help="Only this face; repeat for more.")
    ] = None,
) -> None:
    """Serve the web faces until Ctrl-C.

    Example: rollkeeper serve --port 8000
    """
    from rollkeeper.site.serving import serve as serve_faces

    boot.open_home()
    chosen = tuple(face_called(one.value) for one in face or ()) or FACES
    serve_faces(host=host, port=port, faces=chosen)
