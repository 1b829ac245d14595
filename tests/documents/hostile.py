# SPDX-License-Identifier: EUPL-1.2
"""Malicious files. Used by the tests and by the bench; each with the reason of its refusal."""

import io
import struct
import zlib
from collections.abc import Callable, Iterator

from PIL import Image

from rollkeeper.documents.reading.refusals import RejectReason


def plain(form: str, size=(400, 300), **options) -> bytes:
    written = io.BytesIO()
    Image.new("RGB", size, (200, 210, 220)).save(written, form, **options)
    return written.getvalue()


def png(
    width: int, height: int, *, data: bytes = b"", depth: int = 8, colour: int = 2, extra: bytes = b""
) -> bytes:
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0))
    return (
        b"\x89PNG\r\n\x1a\n"
        + header
        + extra
        + chunk(b"IDAT", data or zlib.compress(b"\0" * 1000))
        + chunk(b"IEND", b"")
    )


def chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def squeezed(part: bytes, times: int) -> bytes:
    """Compress a part repeated this many times. After a full flush each repetition has the same bytes, so one is compressed for all."""
    squeeze, total = zlib.compressobj(9), 1
    first, other = (squeeze.compress(part) + squeeze.flush(zlib.Z_FULL_FLUSH) for _ in range(2))
    for _ in range(times):
        total = zlib.adler32(part, total)
    return first + other * (times - 1) + b"\x03\0" + total.to_bytes(4)


def bomb_png() -> bytes:
    """Fifty gigabytes of zeros in fifty kilobytes; its header gives the true size."""
    return png(120_000, 140_000, data=squeezed(bytes(1 << 20), 40))


def lying_png() -> bytes:
    """A small picture by its header, with far more data than it has room for."""
    return png(600, 400, data=squeezed(bytes(1 << 20), 300))


def text_bomb_png() -> bytes:
    """Metadata that unpack to a hundred megabytes."""
    text = squeezed(bytes(1 << 20), 100)
    return png(
        600, 400, extra=chunk(b"zTXt", b"Comment\0\0" + text), data=zlib.compress(bytes((1 + 1800) * 400))
    )


def many_scans_jpeg() -> bytes:
    """A progressive JPEG of the largest size allowed whose last scan comes thousands of times."""
    whole = plain("JPEG", (5900, 5900), progressive=True, quality=30)
    start = whole.rfind(b"\xff\xda")
    scan = whole[start:-2]
    return whole[:-2] + scan * (4_000_000 // max(1, len(scan))) + b"\xff\xd9"


def pdf(*objects: bytes, trailer: bytes = b"") -> bytes:
    written = b"%PDF-1.7\n"
    places = []
    for number, content in enumerate(objects, start=1):
        places.append(len(written))
        written += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    table += b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"trailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1,
        trailer,
        len(written),
    )
    return written + table + end


def page_pdf(
    content: bytes = b"",
    *,
    catalog: bytes = b"",
    page: bytes = b"",
    box: bytes = b"0 0 300 200",
    count: int = 1,
) -> bytes:
    pages = b" ".join(b"3 0 R" for _ in range(count))
    return pdf(
        b"<< /Type /Catalog /Pages 2 0 R %s >>" % catalog,
        b"<< /Type /Pages /Kids [%s] /Count %d >>" % (pages, count),
        b"<< /Type /Page /Parent 2 0 R /MediaBox [%s] /Contents 4 0 R /Resources << >> %s >>" % (box, page),
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
    )


def squeezed_script_pdf() -> bytes:
    """A script inside a compressed stream of objects, its name written with an escape."""
    inner = zlib.compress(b"5 0 << /S /Java#53cript /JS (app.alert\\(1\\)) >>")
    return pdf(
        b"<< /Type /Catalog /Pages 2 0 R /OpenAction 5 0 R >>",
        b"<< /Type /Pages /Kids [] /Count 0 >>",
        b"<< /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream"
        % (len(inner), inner),
    )


def bomb_pdf() -> bytes:
    """A page of a few hundred kilobytes that unpack to half a gigabyte of drawing."""
    data = squeezed(b"0 0 m 300 200 l 0 200 l 300 0 l f\n" * 4096 * 40, 100)
    return pdf(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 200] /Contents 4 0 R /Resources << >> >>",
        b"<< /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream" % (len(data), data),
    )


def loop_pdf() -> bytes:
    """A form that draws itself, twice."""
    form = b"/Type /XObject /Subtype /Form /BBox [0 0 300 200] /Resources << /XObject << /A 5 0 R >> >>"
    body = b"/A Do /A Do"
    return pdf(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 200] /Contents 4 0 R /Resources << /XObject << /A 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(body), body),
        b"<< %s /Length %d >>\nstream\n%s\nendstream" % (form, len(body), body),
    )


def moving(form: str) -> bytes:
    frames = [Image.new("RGB", (300, 200), (shade, 90, 90)) for shade in (10, 120, 240)]
    written = io.BytesIO()
    frames[0].save(written, form, save_all=True, append_images=frames[1:], duration=100)
    return written.getvalue()


def zipped() -> bytes:
    import zipfile

    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        archive.writestr("x.txt", "x")
    return written.getvalue()


def heic() -> bytes:
    import pillow_heif

    pillow_heif.register_heif_opener()
    return plain("HEIF")


def files() -> Iterator[tuple[str, Callable[[], bytes], str, set[RejectReason]]]:
    """Yield each hostile file: what it is, what makes its bytes, its name, and the right reasons of refusal."""
    broken, work, pixels = {RejectReason.BROKEN}, {RejectReason.TOO_MUCH_WORK}, {RejectReason.TOO_MANY_PIXELS}
    jpeg = plain("JPEG")
    yield "nothing", lambda: b"", "x.jpg", {RejectReason.EMPTY}
    yield "a bomb of fifty gigabytes", bomb_png, "x.png", pixels
    yield "a bomb in the metadata", text_bomb_png, "x.png", broken | work
    yield "a line of 100,000 pixels", lambda: plain("PNG", (100_000, 1)), "x.png", pixels
    yield "100,000 pixels each way", lambda: png(100_000, 100_000), "x.png", pixels
    yield (
        "a WebP of 16,383 pixels each way",
        lambda: b"RIFF\x1e\0\0\0WEBPVP8L\x11\0\0\0\x2f\xfe\xbf\xff\x0f" + bytes(13),
        "x.webp",
        pixels | broken,
    )
    yield (
        "a JPEG of 65,000 pixels each way",
        lambda: jpeg.replace(struct.pack(">HH", 300, 400), struct.pack(">HH", 65_000, 65_000)),
        "x.jpg",
        pixels,
    )
    yield "a JPEG of endless scans", many_scans_jpeg, "x.jpg", work | broken
    yield "three pixels", lambda: plain("PNG", (3, 3)), "x.png", {RejectReason.TOO_SMALL}
    yield "half a JPEG", lambda: jpeg[: len(jpeg) // 2], "x.jpg", broken
    yield "half a PNG", lambda: plain("PNG")[:60], "x.png", broken
    yield "half a WebP", lambda: plain("WEBP")[:50], "x.webp", broken
    yield "half a HEIC", lambda: heic()[:400], "x.heic", broken
    yield "a HEIC of noise", lambda: heic()[:200] + bytes(range(256)) * 40, "x.heic", broken
    yield "noise", lambda: bytes(range(256)) * 40, "x.jpg", {RejectReason.UNKNOWN_KIND}
    yield "a moving PNG", lambda: moving("PNG"), "x.png", {RejectReason.MOVING}
    yield "a moving WebP", lambda: moving("WEBP"), "x.webp", {RejectReason.MOVING}
    yield (
        "a film in a HEIC",
        lambda: heic().replace(b"ftypheic", b"ftyphevc"),
        "x.heic",
        {RejectReason.MOVING, RejectReason.UNKNOWN_KIND},
    )
    yield "a GIF", lambda: plain("GIF"), "x.gif", {RejectReason.UNKNOWN_KIND}
    yield "a TIFF", lambda: plain("TIFF"), "x.tif", {RejectReason.UNKNOWN_KIND}
    yield (
        "an SVG with a script",
        lambda: b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>",
        "x.svg",
        {RejectReason.UNKNOWN_KIND},
    )
    yield "a PNG called .jpg", lambda: plain("PNG"), "x.jpg", {RejectReason.NOT_WHAT_IT_SAYS}
    yield "a PDF called .png", page_pdf, "x.png", {RejectReason.NOT_WHAT_IT_SAYS}
    yield "a program called .jpg", lambda: b"MZ" + bytes(200), "x.jpg", {RejectReason.UNKNOWN_KIND}
    yield "a JPEG that is a ZIP", lambda: jpeg + zipped(), "x.jpg", {RejectReason.TWO_IN_ONE}
    yield (
        "a JPEG that is a PDF",
        lambda: jpeg[:2] + b"\xff\xfe\x00\x20%PDF-1.4".ljust(34, b" ") + jpeg[2:],
        "x.jpg",
        {RejectReason.TWO_IN_ONE},
    )
    yield (
        "a PNG that is a page",
        lambda: plain("PNG") + b"<html><script>x</script></html>",
        "x.png",
        {RejectReason.TWO_IN_ONE},
    )
    yield (
        "a JPEG that is PHP",
        lambda: jpeg[:2] + b"\xff\xfe\x00\x14<?php system(1); ?>" + jpeg[2:],
        "x.jpg",
        {RejectReason.TWO_IN_ONE},
    )
    yield "a PDF that is a ZIP", lambda: page_pdf() + zipped(), "x.pdf", {RejectReason.TWO_IN_ONE}
    yield (
        "a PDF with a script",
        lambda: page_pdf(catalog=b"/OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >>"),
        "x.pdf",
        {RejectReason.ACTIVE},
    )
    yield "a PDF with a hidden script", squeezed_script_pdf, "x.pdf", {RejectReason.ACTIVE}
    yield (
        "a PDF that starts a program",
        lambda: page_pdf(catalog=b"/OpenAction << /S /Launch /F (x) >>"),
        "x.pdf",
        {RejectReason.ACTIVE},
    )
    yield (
        "a PDF with a file in it",
        lambda: page_pdf(catalog=b"/Names << /EmbeddedFiles << /Names [] >> >>"),
        "x.pdf",
        {RejectReason.ACTIVE},
    )
    yield (
        "a PDF with a form",
        lambda: page_pdf(catalog=b"/AcroForm << /XFA 4 0 R >>"),
        "x.pdf",
        {RejectReason.ACTIVE},
    )
    yield (
        "a locked PDF",
        lambda: pdf(b"<< /Type /Catalog >>", trailer=b"/Encrypt << /Filter /Standard /V 2 >>"),
        "x.pdf",
        {RejectReason.LOCKED},
    )
    yield "a PDF of 100 pages", lambda: page_pdf(count=100), "x.pdf", {RejectReason.TOO_MANY_PAGES}
    yield (
        "a PDF without a page",
        lambda: pdf(b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [] /Count 0 >>"),
        "x.pdf",
        broken,
    )
    yield "half a PDF", lambda: page_pdf()[:90], "x.pdf", broken
    yield "a PDF of a page a mile long", lambda: page_pdf(box=b"0 0 30 9000000"), "x.pdf", pixels
    yield "a PDF that draws without end", bomb_pdf, "x.pdf", work | broken
    yield (
        "20 MB and a byte",
        lambda: b"\xff\xd8\xff" + bytes(20 * 1024 * 1024),
        "x.jpg",
        {RejectReason.TOO_LARGE},
    )


def harmless() -> Iterator[tuple[str, Callable[[], bytes]]]:
    """Yield files that look hostile and are harmless: the excess in them is never read."""
    yield "more data than the header says", lying_png
    yield "a page that draws itself", loop_pdf
