"""The states of one record, the actions on it and the roles that act. Values are persisted.

Sources: CV 2088/BGDĐT-GDTH III.2, III.3; QĐ 1789/QĐ-SGDĐT Đ5.3c, Đ20, Đ21.
"""

from __future__ import annotations

from enum import StrEnum

from hocba.errors import Sentence


class RecordState(StrEnum):
    """Where one record (one pupil, one school year) stands. Values are stored in databases."""

    DRAFT = "draft"
    CHECKED = "checked"
    SUBJECT_SIGNED = "subject_signed"
    HOMEROOM_SIGNED = "homeroom_signed"
    LEADER_SIGNED = "leader_signed"
    ISSUED = "issued"
    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    RECALL_REQUESTED = "recall_requested"
    CLOSED = "closed"
    CORRECTION_REQUESTED = "correction_requested"
    CORRECTION_APPROVED = "correction_approved"
    RECALLED = "recalled"
    REPLACED = "replaced"

    @property
    def label(self) -> Sentence:
        """Name of the state for a person."""
        return _STATE_TITLES[self]


class Action(StrEnum):
    """What can be done to a record. Values are stored in audit rows."""

    CHECK = "check"
    SIGN_SUBJECTS = "sign_subjects"
    SIGN_HOMEROOM = "sign_homeroom"
    SIGN_LEADER = "sign_leader"
    ISSUE = "issue"
    RETURN = "return"
    SUBMIT = "submit"
    ACCEPT = "accept"
    REJECT = "reject"
    REOPEN = "reopen"
    REQUEST_RECALL = "request_recall"
    APPROVE_RECALL = "approve_recall"
    REFUSE_RECALL = "refuse_recall"
    CLOSE = "close"
    REOPEN_CLOSED = "reopen_closed"
    REQUEST_CORRECTION = "request_correction"
    APPROVE_CORRECTION = "approve_correction"
    REFUSE_CORRECTION = "refuse_correction"
    RECALL_CORRECTED = "recall_corrected"
    REPLACE = "replace"

    @property
    def label(self) -> Sentence:
        """Name of the action for a person."""
        return _ACTION_TITLES[self]


class Role(StrEnum):
    """Roles with a part in the life of a record. Codes follow QĐ 1789 Đ5.3c; values are stored.

    `GATEWAY` is the department's own gateway deciding by rule, never another school's software.
    """

    SUBJECT_TEACHER = "GVBM"
    HOMEROOM_TEACHER = "GVCN"
    REGISTRAR = "HOC_VU"
    SCHOOL_CLERK = "VAN_THU"
    SCHOOL_LEADER = "CBQL"
    PRINCIPAL = "HIEU_TRUONG"
    SCHOOL_ADMINISTRATOR = "QTV"
    DEPARTMENT_OFFICER = "SO_DUYET"
    DEPARTMENT_ADMINISTRATOR = "SO_QT"
    GATEWAY = "CONG_TIEP_NHAN"

    @property
    def label(self) -> Sentence:
        """Name of the role for a person."""
        return _ROLE_TITLES[self]


_STATE_TITLES = {
    RecordState.DRAFT: Sentence("Đang soạn", "Draft"),
    RecordState.CHECKED: Sentence("Đã kiểm tra dữ liệu", "Data checked"),
    RecordState.SUBJECT_SIGNED: Sentence("Giáo viên bộ môn đã ký", "Signed by subject teachers"),
    RecordState.HOMEROOM_SIGNED: Sentence(
        "Giáo viên chủ nhiệm đã ký", "Signed by the homeroom teacher"
    ),
    RecordState.LEADER_SIGNED: Sentence("Cán bộ quản lý đã ký", "Signed by the school leader"),
    RecordState.ISSUED: Sentence("Đã phát hành", "Issued"),
    RecordState.SUBMITTED: Sentence("Đã nộp về Sở", "Submitted to the department"),
    RecordState.ACCEPTED: Sentence("Đang lưu hành", "In force"),
    RecordState.REJECTED: Sentence("Bị từ chối", "Rejected"),
    RecordState.RECALL_REQUESTED: Sentence("Đang yêu cầu thu hồi", "Recall requested"),
    RecordState.CLOSED: Sentence("Đã chốt", "Closed"),
    RecordState.CORRECTION_REQUESTED: Sentence("Đang yêu cầu chỉnh lý", "Correction requested"),
    RecordState.CORRECTION_APPROVED: Sentence("Đã duyệt chỉnh lý", "Correction approved"),
    RecordState.RECALLED: Sentence("Đã thu hồi", "Recalled"),
    RecordState.REPLACED: Sentence("Đã có bản thay thế", "Replaced by a new record"),
}

_ACTION_TITLES = {
    Action.CHECK: Sentence("kiểm tra và khởi tạo học bạ", "check and initialise the record"),
    Action.SIGN_SUBJECTS: Sentence("ký phần môn học", "sign the subject part"),
    Action.SIGN_HOMEROOM: Sentence("ký với vai giáo viên chủ nhiệm", "sign as homeroom teacher"),
    Action.SIGN_LEADER: Sentence("ký với vai cán bộ quản lý", "sign as school leader"),
    Action.ISSUE: Sentence("ký phát hành", "sign the issue"),
    Action.RETURN: Sentence("trả lại để sửa", "return for changes"),
    Action.SUBMIT: Sentence("nộp về Sở", "submit to the department"),
    Action.ACCEPT: Sentence("tiếp nhận học bạ", "accept the record"),
    Action.REJECT: Sentence("từ chối học bạ", "reject the record"),
    Action.REOPEN: Sentence("mở lại bản nháp", "open the draft again"),
    Action.REQUEST_RECALL: Sentence("yêu cầu thu hồi", "request the recall"),
    Action.APPROVE_RECALL: Sentence("đồng ý thu hồi", "approve the recall"),
    Action.REFUSE_RECALL: Sentence("từ chối thu hồi", "refuse the recall"),
    Action.CLOSE: Sentence("chốt học bạ", "close the record"),
    Action.REOPEN_CLOSED: Sentence("mở lại học bạ đã chốt", "reopen the closed record"),
    Action.REQUEST_CORRECTION: Sentence("yêu cầu chỉnh lý", "request a correction"),
    Action.APPROVE_CORRECTION: Sentence("duyệt chỉnh lý", "approve the correction"),
    Action.REFUSE_CORRECTION: Sentence("từ chối chỉnh lý", "refuse the correction"),
    Action.RECALL_CORRECTED: Sentence(
        "thu hồi bản cũ sau khi duyệt chỉnh lý", "recall the old record after the approval"
    ),
    Action.REPLACE: Sentence("ghi nhận bản thay thế", "note the replacing record"),
}

_ROLE_TITLES = {
    Role.SUBJECT_TEACHER: Sentence("giáo viên bộ môn", "subject teacher"),
    Role.HOMEROOM_TEACHER: Sentence("giáo viên chủ nhiệm", "homeroom teacher"),
    Role.REGISTRAR: Sentence("nhân viên học vụ", "registrar"),
    Role.SCHOOL_CLERK: Sentence("nhân viên văn thư", "school clerk"),
    Role.SCHOOL_LEADER: Sentence("cán bộ quản lý", "school leader"),
    Role.PRINCIPAL: Sentence("hiệu trưởng", "principal"),
    Role.SCHOOL_ADMINISTRATOR: Sentence("quản trị viên", "school administrator"),
    Role.DEPARTMENT_OFFICER: Sentence("chuyên viên Sở duyệt", "department officer"),
    Role.DEPARTMENT_ADMINISTRATOR: Sentence("quản trị hệ thống cấp Sở", "department administrator"),
    Role.GATEWAY: Sentence("cổng tiếp nhận học bạ số", "record gateway"),
}
