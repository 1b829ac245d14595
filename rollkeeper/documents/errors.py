# SPDX-License-Identifier: EUPL-1.2
"""Refusals of the package documents."""

from rollkeeper.kernel.errors import Kind, Refusal, RollkeeperError

IMAGE_REJECTED = Refusal(
    "image_rejected",
    Kind.MALFORMED,
    "The file is not read: {why}.",
    "Take the picture again, as a JPEG, PNG, WebP, HEIC or PDF of the document alone; or type what it says.",
)
NO_DOCUMENT_FOUND = Refusal(
    "no_document_found",
    Kind.REFUSED,
    "No document is recognised on the picture.",
    "Take it again, closer, in even light, with the whole zone or card in it; or type what it says.",
)


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


NOTHING_TO_CHECK = Refusal(
    "nothing_to_check",
    Kind.MALFORMED,
    "There is no number to check.",
    "Give one, or '-' and the text on standard input, which leaves it out of the shell's history.",
)
FONT_MISSING = Refusal(
    "font_missing",
    Kind.MALFORMED,
    "A font is missing that is needed here: Debian's package {package}.",
    "Install it: apt-get install {package}",
)
IMAGE_NOT_READABLE = Refusal(
    "image_not_readable",
    Kind.MALFORMED,
    "The file cannot be opened: {why}.",
    "Look at the name and at who may read it.",
)
OUTPUT_FILE_EXISTS = Refusal(
    "output_file_exists",
    Kind.MALFORMED,
    "{file} is there already and is not written over.",
    "Give another name.",
)
UNKNOWN_SPECIMEN = Refusal(
    "unknown_specimen",
    Kind.MALFORMED,
    "No specimen is called so; there are: {known}.",
    "Give one of these, or 'all'.",
)
