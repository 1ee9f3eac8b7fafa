"""Attacks on a sealed PDF by somebody who has the file and none of the keys."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO

import pikepdf
from family import GENUINE_PDF, GENUINE_XML, Attack, numbered, replaced
from pdf_updates import (
    OVERLAY,
    byte_range,
    dictionary,
    last_startxref,
    overlaid,
    page_content,
    page_number,
    places_of,
    root_of,
    seal_number,
    size_of,
    stream,
    update,
    written_over,
)

ANNOTATIONS = (
    "FreeText",
    "Stamp",
    "Redact",
    "Ink",
    "Square",
    "Circle",
    "Line",
    "Polygon",
    "Highlight",
    "Underline",
    "StrikeOut",
    "Caret",
    "Watermark",
    "Link",
    "FileAttachment",
)


def targets(pdf: bytes) -> dict[str, dict[int, bytes]]:
    """What an update may put in place of what was sealed."""
    root, page = root_of(pdf), page_number(pdf)
    free = size_of(pdf)
    catalogue = dictionary(pdf, root)
    with pikepdf.open(BytesIO(pdf)) as file:
        spec = file.attachments["hoc-ba.xml"].obj
        embedded = int(spec.EF.F.objgen[0])
        info = int(file.trailer.Info.objgen[0])
    forged = replaced(GENUINE_XML, b"<CAN_NANG>28.5<", b"<CAN_NANG>38.5<")
    action = b"/OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >>"
    return {
        "content of a page": overlaid(pdf),
        "attached XML": {embedded: stream(forged, b"/Type /EmbeddedFile ")},
        "catalogue with an action": {root: catalogue[:-2] + action + b">>"},
        "page with another box": {page: dictionary(pdf, page)[:-2] + b"/CropBox [0 0 300 300] >>"},
        "title": {info: b"<< /Title (Gia mao) >>"},
        "an object that nobody uses": {free: b"<< /A 1 >>"},
    }


def incremental_saving() -> Iterator[tuple[str, bytes]]:
    """Something is saved behind what was sealed."""
    pdf = GENUINE_PDF
    seal = seal_number(pdf)
    for name, objects in targets(pdf).items():
        for parts in ("objects xref trailer", "objects", "objects xref", "objects trailer"):
            yield f"{name}: {parts}", update(pdf, objects, parts=parts)
        start = places_of(pdf, byte_range(pdf)[1] - 400)[seal]
        copied = pdf[start : pdf.index(b"endobj", start)].split(b"obj", 1)[1].strip()
        for parts in ("objects xref trailer", "objects"):
            with_copy = {**objects, seal: copied}
            yield f"{name}: {parts}, with the seal again", update(pdf, with_copy, parts=parts)
    yield "a comment", pdf + b"% x\n"
    yield "a byte", pdf + b"\0"
    yield "the file twice", pdf + pdf
    yield "an empty update", pdf + b"xref\n0 0\ntrailer\n<<>>\nstartxref\n0\n%%EOF\n"


def signature_wrapping() -> Iterator[tuple[str, bytes]]:
    """The sealed bytes stay, moved apart; between them stands what is shown."""
    pdf = GENUINE_PDF
    _, before, after, rest = byte_range(pdf)
    number, content = page_content(pdf)
    evil = b"%d 0 obj\n%s\nendobj\n" % (number, stream(content + OVERLAY))
    xref_at = last_startxref(pdf)
    for room in (0, 4_000, 20_000):
        inserted = _gap(pdf, evil, after, xref_at, room)
        moved = after + len(inserted)
        inserted = inserted.replace(b"@@@@@@@@@@", b"%010d" % moved)
        forged = pdf[:after] + inserted + pdf[after:]
        yield f"second ByteRange, its own table, room {room}", forged
    for name, numbers in {
        "whole file": (0, before, after, len(pdf) - after + len(evil)),
        "gap behind": (0, before, after + len(evil), rest),
        "overlap": (0, after, before, rest),
        "turned round": (after, rest, 0, before),
        "first part only": (0, before, after, 0),
        "six numbers": (0, before, after, rest, 0, 0),
    }.items():
        text = b"/ByteRange [" + b" ".join(b"%d" % each for each in numbers) + b"]"
        found = re.search(rb"/ByteRange \[[0-9 ]+\] *", pdf)
        assert found is not None
        changed = written_over(pdf, found[0], text)
        yield f"numbers: {name}", changed
        yield f"numbers: {name}, and something inserted", changed[:after] + evil + changed[after:]
    yield "inserted before the seal's value", pdf[:before] + evil + pdf[before:]
    yield "inserted behind the seal's value", pdf[:after] + evil + pdf[after:]
    yield "inserted into the seal's value", pdf[: after - 9] + evil + pdf[after - 9 :]
    half = (after - before) // 2 + before
    yield (
        "the room of the seal's value used",
        pdf[:half] + b">" + evil + pdf[half + 1 + len(evil) :],
    )


def _gap(pdf: bytes, evil: bytes, after: int, xref_at: int, room: int) -> bytes:
    """Close the seal's dictionary with a ByteRange of one's own, put an object and a table where
    the sealed `startxref` points to."""
    seal = (
        b"\n/ByteRange [0 %d @@@@@@@@@@ %d]\n/Type /Sig /Filter /Adobe.PPKLite "
        b"/SubFilter /ETSI.CAdES.detached /M (D\\07220260528000000Z)\n>>\nendobj\n"
        % (byte_range(pdf)[1], byte_range(pdf)[3])
    )
    first = seal.ljust(max(len(seal), xref_at - after - 1)) + b"\n"
    old = places_of(pdf, pdf.rindex(b"%%EOF", 0, byte_range(pdf)[1]))
    table_at = after + len(first)
    number = int(evil.split()[0])
    # The table stands where the sealed startxref points to, so the object comes behind it.
    entries = {each: place for each, place in old.items() if place < after}
    for _ in range(3):
        table = b"xref\n"
        for each, place in sorted({**entries, number: 0}.items()):
            table += b"%d 1\n%010d 00000 n \n" % (each, place or 0)
        trailer = b"trailer\n<< /Size %d /Root %d 0 R /Prev %d >>\n" % (
            size_of(pdf),
            root_of(pdf),
            72819,
        )
        at = table_at + len(table) + len(trailer)
        table = table.replace(b"%d 1\n%010d" % (number, 0), b"%d 1\n%010d" % (number, at))
    return first + table + trailer + evil + b" " * room


def _ranges(before: int, after: int, size: int) -> dict[str, bytes]:
    """Byte ranges that say nothing, or nonsense."""
    return {
        "missing": b"",
        "null": b"/ByteRange null",
        "empty": b"/ByteRange []",
        "zeros": b"/ByteRange [0 0 0 0]",
        "negative": b"/ByteRange [0 -1 -1 -1]",
        "a number": b"/ByteRange 0",
        "a text": b"/ByteRange (0)",
        "two numbers": b"/ByteRange [0 %d]" % before,
        "three numbers": b"/ByteRange [0 %d %d]" % (before, after),
        "texts": b"/ByteRange [/a /b /c /d]",
        "reals": b"/ByteRange [0.0 1.5 2.5 3.5]",
        "huge": b"/ByteRange [0 99999999999999999999 1 1]",
        "one part": b"/ByteRange [0 %d %d 0]" % (size, size),
        "renamed": b"/ByteRangf [0 1 2 3]",
    }


def universal_forgery() -> Iterator[tuple[str, bytes]]:
    """The seal's dictionary is damaged so that a careless verifier finds nothing to complain of."""
    pdf = GENUINE_PDF
    _, before, after, _ = byte_range(pdf)
    found = re.search(rb"/ByteRange \[[0-9 ]+\] *", pdf)
    assert found is not None
    ranges = _ranges(before, after, len(pdf))
    value = pdf[before:after]
    contents = {
        "empty": b"<>",
        "null": b"null",
        "one zero": b"<00>",
        "zeros": b"<" + b"0" * (len(value) - 2) + b">",
        "a number": b"0",
        "an empty sequence": b"<3000>",
        "an endless sequence": b"<3080>",
        "a text": b"(x)",
        "a name": b"/x",
        "an array": b"[]",
    }
    damaged = {
        **{f"ByteRange {name}": written_over(pdf, found[0], new) for name, new in ranges.items()},
        **{
            f"Contents {name}": pdf[:before] + new.ljust(len(value)) + pdf[after:]
            for name, new in contents.items()
        },
        "Contents renamed": written_over(pdf, b"/Contents <", b"/Contentz <"),
        "SubFilter old": written_over(pdf, b"/ETSI.CAdES.detached", b"/adbe.x509.rsa_sha1"),
        "SubFilter unknown": written_over(pdf, b"/ETSI.CAdES.detached", b"/khong.co"),
        "SubFilter missing": written_over(pdf, b"/SubFilter /ETSI.CAdES.detached", b""),
        "Filter unknown": written_over(pdf, b"/Filter /Adobe.PPKLite", b"/Filter /Khong"),
        "Type missing": written_over(pdf, b"/Type /Sig\n", b"\n"),
        "Reference missing": written_over(pdf, b"/TransformMethod /DocMDP", b""),
        "changes allowed": written_over(pdf, b"/P 1", b"/P 3"),
    }
    at = pdf.index(b"stream", pdf.index(b"/EmbeddedFile")) + 20
    for name, content in damaged.items():
        yield name, content
        edited = content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]
        yield f"{name}, and the content changed", edited


def annotation(kind: str) -> bytes:
    """An annotation with a picture of its own over the marks."""
    extra = {
        "Ink": b"/InkList [[100 500 300 600]] ",
        "Line": b"/L [100 500 300 600] ",
        "Polygon": b"/Vertices [100 500 300 600 200 700] ",
    }.get(kind, b"/QuadPoints [90 620 390 620 90 500 390 500] ")
    return (
        b"<< /Type /Annot /Subtype /%s /Rect [90 500 390 620] /F 4 /Contents (10) /C [1 1 1] "
        b"/IC [1 1 1] /DA (/Helv 12 Tf 0 g) %s/AP << /N %%d 0 R >> >>" % (kind.encode(), extra)
    )


def with_annotation(pdf: bytes, kind: str) -> bytes:
    """Append an annotation to a sealed file."""
    page, free = page_number(pdf), size_of(pdf)
    listed = dictionary(pdf, page)
    reference = b"%d 0 R" % free
    if b"/Annots [" in listed:
        listed = listed.replace(b"/Annots [", b"/Annots [ " + reference + b" ", 1)
    else:
        listed = listed[:-2] + b"/Annots [ " + reference + b" ] >>"
    picture = stream(OVERLAY, b"/Type /XObject /Subtype /Form /BBox [0 0 595 842] ")
    return update(pdf, {page: listed, free: annotation(kind) % (free + 1), free + 1: picture})


def with_second_signature(pdf: bytes, *, value: bytes | None) -> bytes:
    """Append a signature field with a picture, and perhaps a value."""
    page, free, root = page_number(pdf), size_of(pdf), root_of(pdf)
    with pikepdf.open(BytesIO(pdf)) as file:
        form = file.Root.AcroForm
        fields = [int(each.objgen[0]) for each in form.Fields]
        form_number = int(form.objgen[0])
    names = b" ".join(b"%d 0 R" % each for each in (*fields, free))
    new_form = b"<< /SigFlags 3 /Fields [ %s ] >>" % names
    field = (
        b"<< /Type /Annot /Subtype /Widget /FT /Sig /T (ChuKy2) /F 4 /Rect [90 500 390 620] "
        b"/P %d 0 R /AP << /N %d 0 R >> %s>>"
        % (page, free + 1, b"/V %d 0 R " % (free + 2) if value is not None else b"")
    )
    listed = dictionary(pdf, page)[:-2] + b"/Annots [ %d 0 R ] >>" % free
    objects = {
        page: listed,
        free: field,
        free + 1: stream(OVERLAY, b"/Type /XObject /Subtype /Form /BBox [0 0 595 842] "),
    }
    if value is not None:
        objects[free + 2] = value
    if form_number:
        objects[form_number] = new_form
    else:
        catalogue = re.sub(rb"/AcroForm << .*? >>", b"/AcroForm " + new_form, dictionary(pdf, root))
        objects[root] = catalogue
    return update(pdf, objects)


SECOND_VALUES = {
    "empty field": None,
    "empty value": b"<< /Type /Sig >>",
    "garbage": b"<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /ETSI.CAdES.detached "
    b"/ByteRange [0 1 2 3] /Contents <00> >>",
    "time-stamp": b"<< /Type /DocTimeStamp /Filter /Adobe.PPKLite /SubFilter /ETSI.RFC3161 "
    b"/ByteRange [0 1 2 3] /Contents <00> >>",
}


def outsider_pdf_attacks() -> list[Attack]:
    """Every variant that needs no key."""
    return [
        *numbered("incremental saving", incremental_saving()),
        *numbered("signature wrapping", signature_wrapping()),
        *numbered("universal signature forgery", universal_forgery()),
        *(
            Attack("evil annotation", f"{kind} on our seal", with_annotation(GENUINE_PDF, kind))
            for kind in ANNOTATIONS
        ),
        *(
            Attack(
                "sneaky signature",
                f"{name} on our seal",
                with_second_signature(GENUINE_PDF, value=value),
            )
            for name, value in SECOND_VALUES.items()
        ),
    ]
