"""Attacks of somebody in the school who holds the true seal, or of whoever prepares the file.

The seal is genuine and covers the file; what the paper shows is not what the record says, or can be
made so afterwards.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from io import BytesIO
from typing import Any

import pikepdf
import pytest
from family import Attack, numbered
from pdf_attacks import ANNOTATIONS, SECOND_VALUES, with_annotation, with_second_signature
from pdf_updates import OVERLAY, dictionary, page_number, root_of, size_of, stream, update
from pyhanko.sign.fields import MDPPerm
from workshop import COLLECTED, VERIFY_URL, Workshop

from hocba.record.sample import HOMEROOM, sample_record
from hocba.rendition import seal
from hocba.rendition.form import render_pdf
from hocba.rendition.seal import PERSON_FIELD, SignatureOrder, seal_pdf
from hocba.verify.face import signature_lines
from hocba_certworld.cast import STAMPED
from hocba_certworld.local import LocalTimestamp
from hocba_certworld.softkey import SoftKey

RECORD = sample_record(4)
Change = Callable[[pikepdf.Pdf], None]


class Insider:
    """A school with its record, its rendering and its true seal."""

    def __init__(self) -> None:
        self.shop = Workshop.open()
        self.document = self.shop.cast.sign()
        self.container = self.shop.container(self.document, self.shop.evidence(self.document))

    def render(self, **changed: Any) -> bytes:
        arguments: dict[str, Any] = {
            "record": RECORD,
            "document": self.document,
            "fonts": None,
            "signatures": signature_lines(self.document),
            "verify_url": f"{VERIFY_URL}?ma={RECORD.record_uuid}",
            "timestamp": STAMPED,
            "evidence": self.container,
            **changed,
        }
        record, document = arguments.pop("record"), arguments.pop("document")
        return render_pdf(record, document, **arguments)

    def seal(
        self,
        pdf: bytes,
        key: SoftKey | None = None,
        order: SignatureOrder = SignatureOrder.ONLY,
    ) -> bytes:
        source = LocalTimestamp(self.shop.world, lambda: COLLECTED)
        return seal_pdf(pdf, key or self.shop.cast.seal, COLLECTED, source, order=order)

    def certified(self, permission: MDPPerm) -> bytes:
        """A file that is certified so that some changes are allowed."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(seal, "MDPPerm", _Allowing(permission))
            return self.seal(self.render(), order=SignatureOrder.FIRST_OF_TWO)

    def sign_again(self, pdf: bytes, key: SoftKey) -> bytes:
        """A second signature behind the first, by whoever holds the key."""
        order = SignatureOrder.SECOND
        return seal_pdf(pdf, key, COLLECTED, None, field=PERSON_FIELD, order=order)


class _Allowing:
    def __init__(self, permission: MDPPerm) -> None:
        self.NO_CHANGES = MDPPerm.NO_CHANGES
        self.FILL_FORMS = permission


def changed(pdf: bytes, change: Change) -> bytes:
    out = BytesIO()
    with pikepdf.open(BytesIO(pdf)) as file, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # an attacker does not mind that the file is odd
        change(file)
        file.save(out, deterministic_id=True)
    return out.getvalue()


def _overlay(file: pikepdf.Pdf) -> None:
    page = file.pages[2]
    page.contents_add(file.make_stream(OVERLAY))


def _overlay_number(pdf: bytes) -> int:
    with pikepdf.open(BytesIO(pdf)) as file:
        return int(list(file.pages[2].obj.Contents)[-1].objgen[0])


def shadow_hide(school: Insider) -> Iterator[tuple[str, bytes]]:
    """Sealed with something over the marks; the cover is taken away afterwards."""
    sealed = school.seal(changed(school.render(), _overlay))
    yield "covered by an object, before", sealed
    number = _overlay_number(sealed)
    yield "covering object emptied", update(sealed, {number: stream(b" ")})
    yield "covering object freed", update(sealed, {number: b"null"})
    page = page_number(sealed)
    bare = dictionary(sealed, page).replace(b"%d 0 R" % number, b"")
    yield "covering object taken off the page", update(sealed, {page: bare})
    for permission in (MDPPerm.FILL_FORMS, MDPPerm.ANNOTATE):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(seal, "MDPPerm", _Allowing(permission))
            loose = school.seal(
                changed(school.render(), _overlay), order=SignatureOrder.FIRST_OF_TWO
            )
        yield (
            f"the same, changes allowed ({permission.name})",
            update(loose, {_overlay_number(loose): stream(b" ")}),
        )


def shadow_replace(school: Insider) -> Iterator[tuple[str, bytes]]:
    """Fonts or the values of fields change afterwards: no content is touched."""
    sealed = school.seal(school.render())
    with pikepdf.open(BytesIO(sealed)) as file:
        fonts = [
            each
            for each in file.objects
            if isinstance(each, pikepdf.Dictionary) and each.get("/Type") == "/Font"
        ]
        for each in fonts:
            number = int(each.objgen[0])
            body = bytes(each.unparse(resolved=True))
            for name, new in {
                "without ToUnicode": body.replace(b"/ToUnicode", b"/ToUnicodf"),
                "another font": body.replace(b"/BaseFont", b"/BaseFonu"),
                "null": b"null",
            }.items():
                if new != body:
                    yield f"font {number} {name}", update(sealed, {number: new})

    def field(file: pikepdf.Pdf) -> None:
        picture = file.make_stream(OVERLAY, Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Form)
        picture.BBox = [0, 0, 595, 842]
        widget = file.make_indirect(
            pikepdf.Dictionary(
                Type=pikepdf.Name.Annot,
                Subtype=pikepdf.Name.Widget,
                FT=pikepdf.Name.Tx,
                T="Diem",
                V="9",
                Rect=[90, 500, 390, 620],
                AP=pikepdf.Dictionary(N=picture),
            )
        )
        file.pages[2].obj.Annots = [widget]

    with_field = school.seal(changed(school.render(), field))
    yield "field over the marks, before", with_field


def shadow_hide_and_replace(school: Insider) -> Iterator[tuple[str, bytes]]:
    """A second document waits in the file; afterwards it takes the place of the first."""
    taller = replace(RECORD, pupil=replace(RECORD.pupil, height_cm=Decimal(150)))
    other = school.render(record=taller)

    def hide(file: pikepdf.Pdf) -> None:
        with pikepdf.open(BytesIO(other)) as second:
            copied = [file.copy_foreign(each.obj) for each in second.pages]
        tree = file.make_indirect(
            pikepdf.Dictionary(
                Type=pikepdf.Name.Pages, Kids=pikepdf.Array(copied), Count=len(copied)
            )
        )
        file.Root.PieceInfo = pikepdf.Dictionary(An=tree)

    sealed = school.seal(changed(school.render(), hide))
    yield "second document waiting, before", sealed
    with pikepdf.open(BytesIO(sealed)) as file:
        shown = int(file.Root.Pages.objgen[0])
        hidden = int(file.Root.PieceInfo.An.objgen[0])
    root = root_of(sealed)
    catalogue = dictionary(sealed, root)
    swapped = catalogue.replace(b"/Pages %d 0 R" % shown, b"/Pages %d 0 R" % hidden)
    yield "catalogue points to the second", update(sealed, {root: swapped})
    yield "page tree replaced", update(sealed, {shown: dictionary(sealed, hidden)})
    free = size_of(sealed)
    yield "another catalogue", update(sealed, {free: swapped}, root=free)
    with pikepdf.open(BytesIO(sealed)) as file:
        first = int(file.pages[2].obj.Contents.objgen[0])
        drawn = file.get_object((hidden, 0)).Kids[2].Contents.read_bytes()
    yield "content of the second under the first's number", update(sealed, {first: stream(drawn)})


def certified_files(school: Insider) -> list[Attack]:
    """Files that allow forms or annotations, and what these allow an attacker."""
    found = []
    for permission in (MDPPerm.FILL_FORMS, MDPPerm.ANNOTATE):
        loose = school.certified(permission)
        label = f"P{permission.value}"
        found.append(Attack("evil annotation", f"{label}, before", loose))
        found += [
            Attack("evil annotation", f"{kind} on {label}", with_annotation(loose, kind))
            for kind in ANNOTATIONS
        ]
        found += [
            Attack("sneaky signature", f"{name} on {label}", with_second_signature(loose, value=v))
            for name, v in SECOND_VALUES.items()
        ]
        stranger = school.shop.world.issue_organisation("Trường Khác", "00000999")
        again = school.sign_again(loose, stranger)
        found.append(Attack("sneaky signature", f"true signature on {label}", again))
    return found


def other_keys(school: Insider) -> Iterator[tuple[str, bytes]]:
    """The seal holds and is somebody else's."""
    shop = school.shop
    pdf = school.render()
    yield "another school", school.seal(pdf, shop.world.issue_organisation("Khác", "00000999"))
    yield "a teacher", school.seal(pdf, shop.cast.people[str(HOMEROOM.personal_id)])
    stranger = Workshop.open()
    yield "another world's school", school.seal(pdf, stranger.cast.seal)


def attachments(school: Insider) -> Iterator[tuple[str, bytes]]:
    """The true seal over a file whose attachments are not those of its pages."""
    second = sample_record(4, seed=1)
    other = school.shop.cast.sign(second)
    own = school.render()

    def twice(file: pikepdf.Pdf) -> None:
        names = file.Root.Names.EmbeddedFiles.Names
        spec = pikepdf.AttachedFileSpec(file, other, filename="hoc-ba.xml")
        file.Root.Names.EmbeddedFiles.Names = pikepdf.Array([*names, "hoc-ba.xml", spec.obj])

    def exchanged(file: pikepdf.Pdf) -> None:
        file.attachments["hoc-ba.xml"] = pikepdf.AttachedFileSpec(
            file, other, filename="hoc-ba.xml"
        )

    def without(file: pikepdf.Pdf) -> None:
        del file.attachments["hoc-ba.xml"]

    def unsigned(file: pikepdf.Pdf) -> None:
        data = school.document.split(b"<KY_PHAT_HANH>")[0] + b"</HOC_BA>"
        file.attachments["hoc-ba.xml"] = pikepdf.AttachedFileSpec(file, data, filename="hoc-ba.xml")

    for name, change in {
        "the XML twice": twice,
        "the XML of another pupil": exchanged,
        "no XML": without,
        "an XML cut off": unsigned,
    }.items():
        yield name, school.seal(changed(own, change))
    yield "pages of one pupil, XML of another", school.seal(school.render(document=other))


def layer(file: pikepdf.Pdf) -> None:
    file.pages[2].contents_add(file.make_stream(b"/OC /x BDC " + OVERLAY + b" EMC"))


def invisible(file: pikepdf.Pdf) -> None:
    page = file.pages[2]
    drawn = page.obj.Contents.read_bytes()
    page.obj.Contents = file.make_stream(b"3 Tr " + drawn.replace(b"0 Tr", b"3 Tr"))


def fewer(file: pikepdf.Pdf) -> None:
    del file.pages[3]


def turned(file: pikepdf.Pdf) -> None:
    file.pages[2].rotate(180, relative=True)


def cropped(file: pikepdf.Pdf) -> None:
    file.pages[2].cropbox = [0, 0, 300, 300]


def script(file: pikepdf.Pdf) -> None:
    file.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")


def note(file: pikepdf.Pdf) -> None:
    picture = file.make_stream(OVERLAY, Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Form)
    picture.BBox = [0, 0, 595, 842]
    file.pages[2].obj.Annots = [
        pikepdf.Dictionary(
            Type=pikepdf.Name.Annot,
            Subtype=pikepdf.Name.Stamp,
            Rect=[90, 500, 390, 620],
            F=4,
            AP=pikepdf.Dictionary(N=picture),
        )
    ]


def more(file: pikepdf.Pdf) -> None:
    file.add_blank_page()


LIES: dict[str, Change] = {
    "drawn over": _overlay,
    "a layer": layer,
    "invisible text": invisible,
    "a page fewer": fewer,
    "a page more": more,
    "a page turned": turned,
    "a page cropped": cropped,
    "a script": script,
    "an annotation": note,
    "saved again": lambda _file: None,
}
"""What is done to the pages before the true seal is put on."""


def lying_faces(school: Insider) -> Iterator[tuple[str, bytes]]:
    """The true seal, the true XML, and a paper that shows something else."""
    own = school.render()
    better = replace(
        RECORD, subjects=(replace(RECORD.subjects[0], test_score=7), *RECORD.subjects[1:])
    )
    yield "another mark", school.seal(school.render(record=better))
    yield (
        "another name",
        school.seal(
            school.render(
                record=replace(RECORD, pupil=replace(RECORD.pupil, full_name="Trần Văn Khác"))
            )
        ),
    )
    for name, change in LIES.items():
        yield name, school.seal(changed(own, change))


def insider_pdf_attacks(school: Insider) -> list[Attack]:
    """Every variant that needs the true seal."""
    return [
        *numbered("shadow hide", shadow_hide(school)),
        *numbered("shadow replace", shadow_replace(school)),
        *numbered("shadow hide and replace", shadow_hide_and_replace(school)),
        *certified_files(school),
        *numbered("seal of another key", other_keys(school)),
        *numbered("attachment confusion", attachments(school)),
        *numbered("face that lies", lying_faces(school)),
    ]
