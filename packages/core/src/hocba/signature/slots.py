"""Where the slots stand and what each must sign, by position: one table per format profile.

Identifiers never decide what was signed: a reference must resolve to the element that stands in the
place given here. That is what defeats signature wrapping.

Sources: CV 2088/BGDĐT-GDTH annex 1.1 (v1_2024); the tree of v2_2025 is inferred from vendors'
published code, see docs/formats/signature.md.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from lxml import etree

from hocba.ids import RecordUuid, SubjectCode, parse_record_uuid
from hocba.record.model import FormatProfile, SignerRole, SlotId
from hocba.signature.faults import fault
from hocba.signature.names import ID_ATTRIBUTES

ROOT: Final = "HOC_BA"
DATA: Final = "DU_LIEU_HOC_BA"
SIGNERS: Final = "DANH_SACH_THONG_TIN_KY"
SUBJECT_SIGNERS: Final = "DANH_SACH_GVBM"
ISSUE: Final = "PHAT_HANH_HOC_BA"
_IDENTIFIED = etree.XPath("descendant-or-self::*[@Id or @ID or @id or @xml:id]")
_SUBJECT_CODE = re.compile(r"[0-9A-Za-z]{1,10}")
_ROLES = {role.value: role for role in SignerRole}


@dataclass(frozen=True, slots=True)
class Layout:
    """Placement of one format profile. Paths are relative to HOC_BA."""

    profile: FormatProfile
    frame: Mapping[str, tuple[str, ...]]
    """Elements whose children are fixed: exactly these, each once."""
    containers: Mapping[str, tuple[str, ...]]
    """Elements that hold slots (or another container), in the order in which they are written."""
    payload: Mapping[SignerRole, str]
    """What each role signs; for a subject teacher the list of the subjects."""
    general: str
    """Path of THONG_TIN_CHUNG, which holds the record's UUID."""

    def container_of(self, role: SignerRole) -> str | None:
        """Path of the element that holds the slot of `role`, or None where there is none."""
        return next((path for path, tags in self.containers.items() if role.value in tags), None)


V1_2024: Final = Layout(
    profile=FormatProfile.V1_2024,
    frame={"": (DATA, SIGNERS)},
    containers={SIGNERS: ("GVCN", "CBQL", "KY_PHAT_HANH")},
    payload={
        SignerRole.HOMEROOM_TEACHER: DATA,
        SignerRole.SCHOOL_LEADER: DATA,
        SignerRole.ORGANISATION: DATA,
    },
    general=f"{DATA}/THONG_TIN_CHUNG",
)
_INFORMATION = f"{DATA}/THONG_TIN_HOC_BA"
V2_2025: Final = Layout(
    profile=FormatProfile.V2_2025,
    frame={"": (DATA, ISSUE), DATA: ("THONG_TIN_HOC_BA", SIGNERS)},
    containers={
        f"{DATA}/{SIGNERS}": (SUBJECT_SIGNERS, "GVCN"),
        f"{DATA}/{SIGNERS}/{SUBJECT_SIGNERS}": ("GVBM",),
        ISSUE: ("CBQL", "KY_PHAT_HANH"),
    },
    payload={
        SignerRole.SUBJECT_TEACHER: f"{_INFORMATION}/TONG_KET/DANH_SACH_DIEM_TONG_KET",
        SignerRole.HOMEROOM_TEACHER: _INFORMATION,
        SignerRole.SCHOOL_LEADER: DATA,
        SignerRole.ORGANISATION: DATA,
    },
    general=f"{_INFORMATION}/THONG_TIN_CHUNG",
)
LAYOUTS: Final = {layout.profile: layout for layout in (V1_2024, V2_2025)}


@dataclass(frozen=True, slots=True)
class RecordTree:
    """A parsed record whose frame was checked."""

    root: etree._Element
    layout: Layout
    slots: tuple[tuple[SignerRole, etree._Element], ...]
    """Filled slots in the order in which they stand."""

    def payload(self, role: SignerRole) -> etree._Element:
        """Return the element at the place that `role` signs, for teachers the subject list."""
        return only(self.root, self.layout.payload[role])

    def subjects(self) -> dict[SubjectCode, etree._Element]:
        """Return the DIEM_TONG_KET elements by subject code. Raises `Malformed` on a repetition."""
        found: dict[SubjectCode, etree._Element] = {}
        for element in self.payload(SignerRole.SUBJECT_TEACHER):
            code = element.findtext("MA_MON_HOC") or ""
            if element.tag != "DIEM_TONG_KET" or not _SUBJECT_CODE.fullmatch(code):
                raise fault("record_structure", "DIEM_TONG_KET")
            if code in found:
                raise fault("record_structure", f"DIEM_TONG_KET {code}")
            found[SubjectCode(code)] = element
        return found

    def record_uuid(self) -> RecordUuid:
        """Return the record's UUID, from the place where it stands."""
        text = only(self.root, f"{self.layout.general}/MA_TRA_CUU_UUID").text or ""
        return parse_record_uuid(text, where="MA_TRA_CUU_UUID")


def read_tree(root: etree._Element, profile: FormatProfile | None = None) -> RecordTree:
    """Check the frame and find the slots. `profile` None: recognise it by the structure.

    Raises `NotTrusted` with code `comment_in_data` or `unexpected_signature`, and `Malformed`
    with code `record_structure` or `slot_form`.
    """
    if next(root.iter(etree.Comment, etree.ProcessingInstruction), None) is not None:
        raise fault("comment_in_data")
    if root.tag != ROOT:
        raise fault("record_structure", ROOT)
    if profile is None:
        is_v2 = root.find(ISSUE) is not None
        profile = FormatProfile.V2_2025 if is_v2 else FormatProfile.V1_2024
    layout = LAYOUTS[profile]
    _refuse_stray_text(root, layout)
    for path, tags in layout.frame.items():
        parent = only(root, path) if path else root
        if sorted(str(child.tag) for child in parent) != sorted(tags):
            raise fault("record_structure", path or ROOT)
    return RecordTree(root, layout, tuple(_slots(root, layout)))


def only(parent: etree._Element, path: str) -> etree._Element:
    """Return the element at `path`, which must stand there exactly once at every step."""
    for tag in path.split("/"):
        found = parent.findall(tag)
        if len(found) != 1:
            raise fault("record_structure", tag)
        parent = found[0]
    return parent


def identifier(element: etree._Element) -> str | None:
    """Return the identifier of an element under any of the usual attribute names."""
    return next((value for name in ID_ATTRIBUTES if (value := element.get(name))), None)


def identified(root: etree._Element) -> dict[str, list[etree._Element]]:
    """Return the elements of the record by identifier, under any of the usual attribute names."""
    found: dict[str, list[etree._Element]] = {}
    elements = _IDENTIFIED(root)
    for element in elements if isinstance(elements, list) else ():
        if isinstance(element, etree._Element):
            for name in ID_ATTRIBUTES:
                if value := element.get(name):
                    found.setdefault(value, []).append(element)
    return found


def slot_name(slot: SlotId) -> str:
    """Name a slot for a person: "GVBM 02", "CBQL"."""
    return f"{slot.role.value} {slot.subject}" if slot.subject else slot.role.value


def slot_identifier(slot: SlotId, record_uuid: RecordUuid) -> str:
    """Return the part of our identifiers that tells a slot from all others, across files too.

    The last 48 of the UUID's random bits suffice for a package of 500 records and keep a record
    with nine signatures under 40 KB.
    """
    tag = "seal" if slot.role is SignerRole.ORGANISATION else slot.role.value.lower()
    own = base64.urlsafe_b64encode(bytes.fromhex(record_uuid[-12:])).decode("ascii")
    return f"{tag}-{slot.subject}-{own}" if slot.subject else f"{tag}-{own}"


def _refuse_stray_text(root: etree._Element, layout: Layout) -> None:
    """Nothing but white space stands between the parts: such text would be nobody's."""
    for path in {"", *layout.frame, *layout.containers}:
        for holder in root.findall(path) if path else [root]:
            texts = (holder.text, *(child.tail for child in holder))
            if any(text and text.strip() for text in texts):
                raise fault("record_structure", path or ROOT)


def _slots(root: etree._Element, layout: Layout) -> list[tuple[SignerRole, etree._Element]]:
    found: list[tuple[SignerRole, etree._Element]] = []
    for path, tags in layout.containers.items():
        holders = root.findall(path)
        if len(holders) > 1 or (not holders and path.split("/")[-1] != SUBJECT_SIGNERS):
            raise fault("record_structure", path)
        seen: set[str] = set()
        for child in holders[0] if holders else ():
            tag = str(child.tag)
            if tag not in tags:
                raise fault("slot_form", path)
            if tag in seen and tag != SignerRole.SUBJECT_TEACHER.value:
                raise fault("unexpected_signature", tag)
            seen.add(tag)
            if tag in _ROLES:
                found.append((_ROLES[tag], child))
    order = {role: at for at, role in enumerate(SignerRole)}
    return sorted(found, key=lambda slot: order[slot[0]])
