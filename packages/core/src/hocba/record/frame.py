"""The frame of HOC_BA around the data: the same at every school level.

Which profile a document has, that its outermost tags are those of the profile, and nothing else.
"""

from __future__ import annotations

from lxml import etree

from hocba.errors import Malformed
from hocba.record import fields
from hocba.record.model import FormatProfile
from hocba.record.tags import ID_NAMES, TagReader, fault


class FrameReader(TagReader):
    """Reads down to the node that holds the three parts of the record."""

    def frame(self, root: etree._Element) -> tuple[etree._Element, FormatProfile, str]:
        """Return that node, the profile and the node's path. Raises `Malformed`."""
        if next(root.iter(etree.Comment, etree.ProcessingInstruction), None) is not None:
            raise Malformed(
                "comment_in_data",
                "trong học bạ có chú thích hoặc chỉ thị XML; người đọc có thể thấy dữ liệu khác.",
                "holds XML comments or instructions, so that readers may see other data.",
                where="HOC_BA",
            )
        if root.tag != "HOC_BA":
            raise fault(
                "root", str(root.tag)[:60], "không phải tệp HOC_BA.", "is not a HOC_BA document."
            )
        profile = profile_of(root)
        data = self.child(root, "DU_LIEU_HOC_BA", "HOC_BA")
        path = "HOC_BA/DU_LIEU_HOC_BA"
        self.attributes(root, ID_NAMES, "HOC_BA")
        self.attributes(data, ID_NAMES, path)
        if profile is FormatProfile.V2_2025:
            self.sequence(root, ("DU_LIEU_HOC_BA", "PHAT_HANH_HOC_BA"), "HOC_BA")
            self.sequence(data, ("THONG_TIN_HOC_BA", "DANH_SACH_THONG_TIN_KY"), path)
            self._slot_list(data[1], path)
            data = data[0]
            path = f"{path}/THONG_TIN_HOC_BA"
            self.attributes(data, ID_NAMES, path)
        else:
            self.sequence(root, ("DU_LIEU_HOC_BA", "DANH_SACH_THONG_TIN_KY"), "HOC_BA")
        self._slot_list(root[1], "HOC_BA")
        return data, profile, path

    def version(self, text: str, profile: FormatProfile) -> None:
        """Warn of another PHIEN_BAN than ours: the Ministry has named no value."""
        if text != fields.VERSIONS[profile.value]:
            self.warn(
                f"PHIEN_BAN là “{text}”, khác {fields.VERSIONS[profile.value]}.",
                f"PHIEN_BAN is “{text}”.",
            )

    def _slot_list(self, element: etree._Element, parent: str) -> None:
        """Look at the list itself only: what stands in the slots is for the signature room."""
        path = f"{parent}/{element.tag}"
        self.no_text(element, path)
        self.attributes(element, ID_NAMES, path)


def profile_of(root: etree._Element) -> FormatProfile:
    """The profile of a document, by its structure.

    Either mark of 2025 is enough, so that the missing one is named instead of the wrong one.
    """
    if (
        root.find("PHAT_HANH_HOC_BA") is not None
        or root.find("DU_LIEU_HOC_BA/THONG_TIN_HOC_BA") is not None
    ):
        return FormatProfile.V2_2025
    return FormatProfile.V1_2024


def grade_text(root: etree._Element) -> str:
    """MA_KHOI as it stands in the document, unchecked; empty when it is not there."""
    data = root.find("DU_LIEU_HOC_BA")
    if data is None:
        return ""
    inner = data.find("THONG_TIN_HOC_BA")
    return (data if inner is None else inner).findtext("THONG_TIN_CHUNG/MA_KHOI") or ""
