"""The result of a whole inspection: for a person as text, for software as JSON."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from hocba.record.values import VIETNAM
from hocba_server.city.inspection.faults import SENTENCES, Fault, FaultKind

CITY_RECORDS = 31_000_000
"""Records that the whole city keeps (2.6 million a year for twelve years)."""
_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Inspection:
    """What was looked at, how fast, and what was wrong."""

    began: dt.datetime
    ended: dt.datetime
    records: int
    """Records looked at in all, in earlier parts of the run too."""
    entries: int
    faults: tuple[Fault, ...]
    workers: int
    records_now: int
    """Records looked at since `began`; the rate is made of these."""
    busy_seconds: float
    """How long cores were busy with these, added up over the workers."""
    closings: int = 0
    stamps: int = 0
    """Archive time-stamps, each with its tree; the records' chains are checked with the records."""
    files: int = 0
    """Files that schools attached to requests."""
    formats: Mapping[str, int] = field(default_factory=dict)
    """Format profile -> how many records follow it."""
    adopted: int = 0
    """Entries of the log that came back from its published files: their records were lost once."""

    @property
    def intact(self) -> bool:
        """Nothing was wrong."""
        return not self.faults

    @property
    def per_second_per_core(self) -> float:
        """Records that one busy core verifies in a second; 0 when there was nothing to do."""
        return self.records_now / self.busy_seconds if self.busy_seconds else 0.0

    def to_json(self) -> dict[str, Any]:
        """Stable keys; times in ISO 8601."""
        rate = self.per_second_per_core
        return {
            "intact": self.intact,
            "began": self.began.isoformat(),
            "ended": self.ended.isoformat(),
            "records": self.records,
            "formats": dict(sorted(self.formats.items())),
            "log_entries": self.entries,
            "adopted_entries": self.adopted,
            "closings": self.closings,
            "archive_stamps": self.stamps,
            "attached_files": self.files,
            "workers": self.workers,
            "records_per_second_per_core": round(rate, 1),
            "core_hours_for_the_city": round(CITY_RECORDS / rate / 3600, 1) if rate else None,
            "fault_counts": dict(Counter(fault.kind.value for fault in self.faults)),
            "faults": [fault.to_json() for fault in self.faults],
        }

    def to_text(self) -> str:
        """A report for the terminal, Vietnamese first."""
        head = "KHO HỌC BẠ VÀ SỔ CÔNG KHAI NGUYÊN VẸN (everything is intact)"
        if not self.intact:
            head = f"CÓ {len(self.faults)} CHỖ SAI (faults)"
        began = self.began.astimezone(VIETNAM)
        lines = [
            head,
            f"  Bắt đầu {began:%H:%M:%S %d/%m/%Y}, đã kiểm {self.records} học bạ và {self.entries} "
            "mục của sổ công khai.",
            f"  Cùng với {self.closings} bản kê chốt, {self.stamps} dấu thời gian lưu trữ và "
            f"{self.files} tệp kèm yêu cầu.",
        ]
        if self.formats:
            told = ", ".join(f"{name}: {count}" for name, count in sorted(self.formats.items()))
            lines.append(f"  Định dạng của học bạ: {told}.")
        if self.adopted:
            lines.append(
                f"  {self.adopted} mục nhận lại từ sổ đã công bố sau một lần khôi phục; nội dung "
                "của chúng đã mất khi đó và phải được gửi lại (adopted after a restore)."
            )
        rate = self.per_second_per_core
        if rate:
            hours = CITY_RECORDS / rate / 3600
            shown = f"{rate:.1f}".replace(".", ",")
            lines.append(
                f"  Tốc độ {shown} học bạ mỗi giây mỗi lõi; 31 triệu học bạ của thành phố cần "
                f"{hours:.0f} giờ lõi."
            )
        for kind in FaultKind:
            found = [fault for fault in self.faults if fault.kind is kind]
            if found:
                lines.append(f"  ✗ {SENTENCES[kind].vi} ({SENTENCES[kind].en}): {len(found)}")
                lines += [f"      {_shown(fault)}" for fault in found[:_SHOWN]]
                if len(found) > _SHOWN:
                    lines.append(f"      … và {len(found) - _SHOWN} chỗ nữa, xem báo cáo JSON")
        return "\n".join(lines) + "\n"


def _shown(fault: Fault) -> str:
    return f"{fault.subject}: {fault.detail}" if fault.detail else fault.subject
