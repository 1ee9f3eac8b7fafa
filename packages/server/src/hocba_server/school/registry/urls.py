from __future__ import annotations

from django.urls import path

from hocba_server.school.registry import (
    case_views,
    movement_views,
    paper_views,
    pupil_views,
    special_views,
    views,
    year_views,
)

app_name = "school_registry"
urlpatterns = [
    path("lop/<int:classroom_id>/", views.classroom, name="classroom"),
    path("lop/<int:classroom_id>/mon-hoc/", year_views.class_subjects, name="class_subjects"),
    path("lop/<int:classroom_id>/phieu-thong-tin/", year_views.sheets, name="sheets"),
    path("lop/<int:classroom_id>/phieu-thong-tin/xac-nhan/", year_views.confirm, name="confirm"),
    path(
        "lop/<int:classroom_id>/phieu-thong-tin/khoi-tao/",
        year_views.initialise,
        name="initialise",
    ),
    path("hoc-sinh/", pupil_views.pupil_list, name="pupils"),
    path("hoc-sinh/them/", pupil_views.add, name="add_pupil"),
    path("hoc-sinh/chua-co-so-dinh-danh/", pupil_views.without_number, name="without_number"),
    path("hoc-sinh/<int:enrolment_id>/", pupil_views.pupil, name="pupil"),
    path("hoc-sinh/<int:enrolment_id>/sua/", pupil_views.edit, name="edit_pupil"),
    path(
        "hoc-sinh/<int:enrolment_id>/chuyen-lop/",
        movement_views.change_class,
        name="change_class",
    ),
    path("hoc-sinh/<int:enrolment_id>/roi-lop/", movement_views.leave, name="leave"),
    path("hoc-sinh/<int:enrolment_id>/da-mat/", movement_views.passed_away, name="passed_away"),
    path("hoc-sinh/<int:enrolment_id>/di-hoc-lai/", movement_views.come_back, name="come_back"),
    path("hoc-sinh/<int:enrolment_id>/xep-lop/", movement_views.place, name="place"),
    path("hoc-sinh/<int:enrolment_id>/ho-tich/", case_views.civil_status, name="civil_status"),
    path(
        "hoc-sinh/<int:enrolment_id>/phieu-thong-tin.<str:kind>",
        year_views.sheet_file,
        name="sheet_file",
    ),
    path("hoc-sinh/<int:enrolment_id>/truong-hop-rieng/", special_views.special, name="special"),
    path(
        "hoc-sinh/<int:enrolment_id>/truong-hop-rieng/cach-danh-gia/",
        special_views.decide_mode,
        name="decide_mode",
    ),
    path(
        "hoc-sinh/<int:enrolment_id>/truong-hop-rieng/mien-hoc/",
        special_views.exempt,
        name="exempt",
    ),
    path(
        "hoc-sinh/<int:enrolment_id>/truong-hop-rieng/rut-mien-hoc/",
        special_views.withdraw,
        name="withdraw_exemption",
    ),
    path(
        "hoc-sinh/<int:enrolment_id>/truong-hop-rieng/hoc-ba-giay/",
        paper_views.paper_form,
        name="paper_form",
    ),
    path("ho-tich/", case_views.civil_changes, name="civil_changes"),
    path("ho-tich/<int:change_id>/quyet-dinh/", case_views.decide_civil, name="decide_civil"),
    path("ho-tich/<int:change_id>/tep/", case_views.civil_file, name="civil_file"),
    path("cach-danh-gia/<int:decision_id>/tep/", special_views.mode_file, name="mode_file"),
    path("mien-hoc/<int:exemption_id>/tep/", special_views.exemption_file, name="exemption_file"),
    path("nam-hoc-moi/", year_views.new_year, name="new_year"),
    path("nam-hoc-moi/<int:opening_id>/hoan-tac/", year_views.undo_new_year, name="undo_year"),
]
