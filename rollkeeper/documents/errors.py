# SPDX-License-Identifier: EUPL-1.2
"""Refusals of the package documents."""

from rollkeeper.kernel.errors import Kind, Refusal, RollkeeperError

IMAGE_REJECTED = Refusal(
    "image_rejected",
    Kind.MALFORMED,
    "The file cannot be read: {why}.",
    "Take the picture again, as a JPEG, PNG, WebP, HEIC or PDF of the document alone, or type the data.",
)
NO_DOCUMENT_FOUND = Refusal(
    "no_document_found",
    Kind.REFUSED,
    "No document is recognised on the picture.",
    "Take it again, closer, in even light, with the whole zone or card visible, or type the data.",
)


class ReaderFailed(RollkeeperError):
    """The process that reads pictures ended or took too long."""

    code = "reader_failed"
    kind = Kind.INTERNAL
    sentence = "The picture could not be read completely."
    remedy = "Type the data; take the picture again if a copy must be kept."


class WorkerNotSandboxed(RollkeeperError):
    """The machine cannot sandbox the process that reads pictures, so no picture is read."""

    code = "worker_not_sandboxed"
    kind = Kind.INTERNAL
    sentence = (
        "Pictures cannot be read here: this machine cannot sandbox the process that reads them ({why})."
    )
    remedy = "Run Rollkeeper on Linux (x86-64 or ARM64) with seccomp; meanwhile type the data."


NOTHING_TO_CHECK = Refusal(
    "nothing_to_check",
    Kind.MALFORMED,
    "There is no number to check.",
    "Give one, or '-' and the text on standard input, which keeps it out of the shell's history.",
)
FONT_MISSING = Refusal(
    "font_missing",
    Kind.MALFORMED,
    "A required font is missing: Debian's package {package}.",
    "Install it: apt-get install {package}",
)
IMAGE_NOT_READABLE = Refusal(
    "image_not_readable",
    Kind.MALFORMED,
    "The file cannot be opened: {why}.",
    "Check the name and who may read it.",
)
OUTPUT_FILE_EXISTS = Refusal(
    "output_file_exists",
    Kind.MALFORMED,
    "{file} already exists and is not overwritten.",
    "Give another name.",
)
UNKNOWN_SPECIMEN = Refusal(
    "unknown_specimen",
    Kind.MALFORMED,
    "There is no such specimen; the specimens are: {known}.",
    "Give one of these, or 'all'.",
)
