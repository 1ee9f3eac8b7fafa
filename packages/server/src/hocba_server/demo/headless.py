"""The whole line without a browser: one class's spreadsheets in, issued records out.

Runs on databases of its own, thrown away at the end, with the job workers of both houses and the
demo's certificate services, as the platform does.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

from hocba.errors import HocBaError
from hocba.ports import Clock
from hocba.trust.evidence import write_container
from hocba.verify.document import Circumstances, verify_document
from hocba.verify.verdict import Verdict
from hocba_server.city.log_key import public_pem
from hocba_server.city.repository.selectors import evidence_for, original, status_of
from hocba_server.city.transparency.selectors import checkpoint
from hocba_server.city.trust import trust_store
from hocba_server.demo import line
from hocba_server.demo.cast import hire_department, hire_school
from hocba_server.demo.city import SCHOOL_YEAR, SCHOOLS
from hocba_server.demo.department import approve_waiting, enter_school, found_department
from hocba_server.demo.keys import KeyFolder
from hocba_server.demo.line import OpenSchool
from hocba_server.demo.reporting import RunReport, Step
from hocba_server.demo.typed import NOTE
from hocba_server.school.registry.models import Classroom
from hocba_server.school.signing.downloads import record_pdf
from hocba_server.school.submission.selectors import PackageView
from hocba_server.web.spreadsheets.cells import CellFault


@dataclass(slots=True)
class HeadlessRun:
    """One run: where it reads, where it writes, and what it reports."""

    source: Path
    target: Path
    keys: KeyFolder
    clock: Clock
    report: RunReport

    def run(self) -> bool:
        """Take the class through the line. Answers whether every record is in force."""
        self.report.facts["in"] = str(self.source)
        self.report.facts["school_year"] = SCHOOL_YEAR
        opened = self._open()
        classroom_id = self._import(opened)
        if classroom_id is None:
            return False
        batch_id = self._create(opened, classroom_id)
        self._sign(opened, classroom_id, batch_id)
        package = self._submit(opened, batch_id)
        accepted = [entry.record_uuid for entry in package.lines if entry.answer == "accepted"]
        self._write_records(opened, accepted)
        self._write_trust_and_log(accepted)
        return self._verify(accepted) and len(accepted) == len(package.lines)

    def _open(self) -> OpenSchool:
        with self.report.step("open", "Mở trường, đăng ký và phê duyệt chứng thư số") as step:
            found_department(self.clock.now())
            department = hire_department()
            school = SCHOOLS[0]
            cast = hire_school(school, self.keys)
            enter_school(school, department, self.clock.now())
            opened = line.found_school(school, cast, self.clock)

            def approve() -> None:
                step.counts["approved"] = approve_waiting(department, self.clock.now())

            line.declare_certificate(opened, approve, self.clock)
            step.counts["staff"] = len(opened.staff)
        self.report.facts["school"] = {"code": school.code, "name": school.name}
        return opened

    def _import(self, opened: OpenSchool) -> int | None:
        with self.report.step("class_list", "Nhập danh sách lớp") as step:
            self._refuse_missing_files(step)
            if step.refused:
                return None
            roster = line.read_class_list(opened, self.source, self.clock)
            step.counts.update({key: value for key, value in roster.counts.items() if value})
            step.notes.extend(warning.vi for warning in roster.warnings)
            faults = line.all_faults(opened, self.source, roster, self.clock)
            step.refused.extend(_fault_json(fault) for fault in faults)
            if step.refused:
                step.counts["faults"] = len(faults)
                step.notes.append("Còn lỗi nên chưa lưu gì của lớp này.")
                return None
            classroom_id = line.save_roster(opened, roster, self.clock)
            line.assign_teachers(opened, classroom_id, self.clock)
        title = "Nhập kết quả môn học, năng lực, phẩm chất"
        with self.report.step("results", title) as step:
            show = self.report.progress(title)
            step.counts["saved"] = line.enter_results(
                opened, classroom_id, self.source, self.clock, show
            )
        with self.report.step("homeroom", "Chủ nhiệm bổ sung, hiệu trưởng xét lên lớp") as step:
            step.counts["typed"] = line.type_homeroom_data(opened, classroom_id, self.clock)
            step.counts["decided_by_head"] = line.decide_promotions(
                opened, classroom_id, self.clock
            )
            step.notes.append(NOTE)
        return classroom_id

    def _refuse_missing_files(self, step: Step) -> None:
        for name in (line.CLASS_LIST, line.TRAITS):
            if not (self.source / name).is_file():
                step.refused.append(
                    {"file": name, "sentence": f"Thiếu tệp {name} trong {self.source}."}
                )

    def _create(self, opened: OpenSchool, classroom_id: int) -> int:
        with self.report.step("create", "Khởi tạo học bạ") as step:
            day = line.today(self.clock)
            batch_id = line.open_issue(opened, classroom_id, self.clock, day)
            room = Classroom.objects.get(pk=classroom_id)
            step.counts["records"] = room.batch.records.count()
            self.report.facts["classroom"] = room.name
        return batch_id

    def _sign(self, opened: OpenSchool, classroom_id: int, batch_id: int) -> None:
        for number, (member, role) in enumerate(line.signers_of(opened, classroom_id), start=1):
            title = f"Ký {number}: {member.title}"
            with self.report.step(f"sign_{number}_{role}", title) as step:
                show = self.report.progress(title)
                progress = line.sign(member, role, batch_id, self.clock, show)
                step.counts["signed"] = progress.done
                if progress.failed:
                    step.counts["failed"] = progress.failed
                if progress.problem:
                    step.refused.append({"sentence": progress.problem.vi})
                step.refused.extend(
                    {
                        "record": fault.record_uuid,
                        "code": fault.code,
                        "sentence": fault.sentence.vi,
                    }
                    for fault in progress.faults
                )

    def _submit(self, opened: OpenSchool, batch_id: int) -> PackageView:
        title = "Nộp về Sở; Sở kiểm tra, lưu giữ, ghi sổ công khai"
        with self.report.step("submit", title) as step:
            package = line.submit(opened, batch_id, self.clock, self.report.progress(title))
            step.counts.update(package.counts)
            if package.problem:
                step.refused.append({"sentence": package.problem.vi})
            step.refused.extend(
                {"record": entry.record_uuid, "code": entry.code, "sentence": entry.sentence}
                for entry in package.lines
                if entry.answer == "refused"
            )
        return package

    def _write_records(self, opened: OpenSchool, uuids: list[str]) -> None:
        title = "Ghi XML, bằng chứng và PDF có dấu"
        folder = self.target / "records"
        folder.mkdir(parents=True, exist_ok=True)
        with self.report.step("write", title) as step:
            show = self.report.progress(title)
            for number, uuid in enumerate(uuids, start=1):
                container = write_container(None, evidence_for(uuid))
                (folder / f"{uuid}.xml").write_bytes(original(uuid))
                (folder / f"{uuid}.evidence.zip").write_bytes(container)
                pdf = record_pdf(
                    by=opened.cast.clerk.actor,
                    at=self.clock.now(),
                    record_uuid=uuid,
                    evidence=container,
                )
                (folder / f"{uuid}.pdf").write_bytes(pdf)
                show(number, len(uuids))
            step.counts["records"] = len(uuids)

    def _write_trust_and_log(self, uuids: list[str]) -> None:
        trust, log = self.target / "trust", self.target / "log"
        for folder in (trust, log):
            folder.mkdir(parents=True, exist_ok=True)
        (trust / "root.pem").write_bytes(self.keys.world.roots_pem())
        (trust / "log.pem").write_bytes(public_pem())
        (log / "checkpoint").write_bytes(checkpoint())
        for uuid in uuids:
            evidence = evidence_for(uuid)
            (log / f"{uuid}.entry").write_bytes(evidence.log_entry or b"")
            (log / f"{uuid}.tlog-proof").write_bytes(evidence.log_proof or b"")

    def _verify(self, uuids: list[str]) -> bool:
        """A stranger's check of what was written, with the repository's status."""
        title = "Kiểm tra lại từng tệp như người ngoài"
        with self.report.step("verify", title) as step:
            show = self.report.progress(title)
            valid = 0
            for number, uuid in enumerate(uuids, start=1):
                valid += self._is_valid(uuid, step)
                show(number, len(uuids))
            step.counts["valid"] = valid
        return bool(uuids) and valid == len(uuids)

    def _is_valid(self, uuid: str, step: Step) -> bool:
        at = self.clock.now()
        good = True
        for suffix in ("xml", "pdf"):
            file = self.target / "records" / f"{uuid}.{suffix}"
            circumstances = Circumstances(
                store=trust_store(),
                at=at,
                evidence=evidence_for(uuid),
                status=status_of(uuid, at=at),
                fonts=settings.FONTS_DIR if settings.FONTS_DIR.is_dir() else None,
            )
            report = verify_document(file.read_bytes(), name=file.name, circumstances=circumstances)
            if report.verdict is not Verdict.VALID:
                good = False
                step.refused.append({"file": file.name, "sentence": report.because.vi})
        return good


def _fault_json(fault: CellFault) -> dict[str, Any]:
    return {**fault.to_json(), "sentence": fault.sentence.vi, "sentence_en": fault.sentence.en}


def run(source: Path, target: Path, keys: KeyFolder, clock: Clock) -> bool:
    """Run and write the report, whatever happens. Answers whether every record is in force."""
    target.mkdir(parents=True, exist_ok=True)
    report = RunReport()
    report.facts["started_at"] = clock.now().astimezone(dt.UTC).isoformat(timespec="seconds")
    try:
        report.ok = HeadlessRun(source, target, keys, clock, report).run()
    except HocBaError as fault:
        report.facts["problem"] = {"code": fault.code, "sentence": str(fault)}
    finally:
        report.write(target)
    return report.ok
