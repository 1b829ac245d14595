# SPDX-License-Identifier: EUPL-1.2
"""Refusals of the package documents."""

from rollkeeper.documents.reading.refusals import SENTENCES, RejectReason
from rollkeeper.kernel.errors import Kind, RollkeeperError


class ImageRejected(RollkeeperError):
    """A file is not opened, or turned out to be no picture of a document."""

    code = "image_rejected"
    kind = Kind.MALFORMED
    sentence = "The file is not read: {why}."
    remedy = "Take the picture again, as a JPEG, PNG, WebP, HEIC or PDF of the document alone; or type what it says."

    def __init__(self, *, why: RejectReason) -> None:
        self.why = why
        super().__init__(why=SENTENCES[why])


class NoDocumentFound(RollkeeperError):
    """No document was recognised on a picture."""

    code = "no_document_found"
    kind = Kind.REFUSED
    sentence = "No document is recognised on the picture."
    remedy = "Take it again, closer, in even light, with the whole zone or card in it; or type what it says."


class ReaderFailed(RollkeeperError):
    """The process that reads pictures ended or took too long."""

    code = "reader_failed"
    kind = Kind.INTERNAL
    sentence = "The picture could not be read to its end."
    remedy = "Type what the document says; take the picture again if a copy has to be kept."


class WorkerNotSandboxed(RollkeeperError):
    """The machine cannot lock up the process that reads pictures, so none is read."""

    code = "worker_not_sandboxed"
    kind = Kind.INTERNAL
    sentence = "No picture is read here: this machine cannot seal the process that would read it ({why})."
    remedy = "Run Rollkeeper on Linux (x86-64 or ARM64) with seccomp; documents can be typed meanwhile."


class NothingToCheck(RollkeeperError):
    """The command was given no number."""

    code = "nothing_to_check"
    kind = Kind.MALFORMED
    sentence = "There is no number to check."
    remedy = "Give one, or '-' and the text on standard input, which leaves it out of the shell's history."


class FontMissing(RollkeeperError):
    """A font that is needed to draw is not installed."""

    code = "font_missing"
    kind = Kind.MALFORMED
    sentence = "A font is missing that is needed here: Debian's package {package}."
    remedy = "Install it: apt-get install {package}"


class ImageNotReadable(RollkeeperError):
    """The file of a picture cannot be opened."""

    code = "image_not_readable"
    kind = Kind.MALFORMED
    sentence = "The file cannot be opened: {why}."
    remedy = "Look at the name and at who may read it."


class OutputFileExists(RollkeeperError):
    """A file of that name is there already."""

    code = "output_file_exists"
    kind = Kind.MALFORMED
    sentence = "{file} is there already and is not written over."
    remedy = "Give another name."


class UnknownSpecimen(RollkeeperError):
    """There is no specimen of that kind, or no such form of file."""

    code = "unknown_specimen"
    kind = Kind.MALFORMED
    sentence = "No specimen is called so; there are: {known}."
    remedy = "Give one of these, or 'all'."
