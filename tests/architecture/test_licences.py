# SPDX-License-Identifier: EUPL-1.2
"""What the project depends on may be combined with it, and the one package of the GPL is known by name (decision 14)."""

import re
from collections.abc import Iterator
from importlib.metadata import Distribution, distribution

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

COMPATIBLE = re.compile(r"MIT|BSD|Apache|ISC|PSF|Mozilla|MPL|LGPL|Lesser General Public")
STRONGER = re.compile(r"(?<![LA])GPL|(?<!Lesser )General Public|Affero|AGPL", re.IGNORECASE)
GPL_LIBRARIES = re.compile(
    r"\.libs/lib(?:x26[45]|xvidcore|postproc|fftw3|gsl|readline|mupdf|poppler)", re.IGNORECASE
)


def needed(name: str, *, extras: frozenset[str], seen: set[str]) -> Iterator[Distribution]:
    """Give a package and all that it needs here, each once; of extras those that are asked for."""
    if canonicalize_name(name) in seen:
        return
    seen.add(canonicalize_name(name))
    package = distribution(name)
    yield package
    for line in package.requires or []:
        other = Requirement(line)
        if other.marker is None or any(other.marker.evaluate({"extra": one}) for one in ("", *extras)):
            yield from needed(other.name, extras=frozenset(other.extras), seen=seen)


def said_licence(package: Distribution) -> str:
    about = package.metadata
    kinds = [one for one in about.get_all("Classifier") or [] if one.startswith("License ::")]
    said = "\n".join([about.get("License-Expression") or "", about.get("License") or "", *kinds])
    return said if said.strip() else carried_licence(package)


def carried_licence(package: Distribution) -> str:
    """Return the text of the licence that a package carries: for one that says nothing in its metadata."""
    return "\n".join(file.read_text() for file in package.files or [] if "/licenses/" in str(file))


PACKAGES = {
    canonicalize_name(one.name): one for one in needed("rollkeeper", extras=frozenset({"all"}), seen=set())
}


def test_every_dependency_says_a_licence_that_may_be_combined_with_ours():
    said = {name: said_licence(one) for name, one in PACKAGES.items() if name != "rollkeeper"}

    assert len(said) > 40
    assert [name for name, text in said.items() if not COMPATIBLE.search(text) or STRONGER.search(text)] == []


def test_the_one_wheel_with_a_gpl_library_is_the_one_named_in_decision_14():
    carrying = {
        name
        for name, one in PACKAGES.items()
        if any(GPL_LIBRARIES.search(str(file)) for file in one.files or [])
    }

    assert carrying == {"pillow-heif"}
