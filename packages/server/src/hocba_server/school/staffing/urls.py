from __future__ import annotations

from django.urls import path

from hocba_server.school.staffing import (
    account_views,
    assignment_views,
    decision_views,
    letter_views,
    views,
)

app_name = "school_staffing"
urlpatterns = [
    path("nhan-su/", views.people, name="people"),
    path("nhan-su/them/", views.add, name="add"),
    path("nhan-su/<int:staff_id>/", views.person, name="person"),
    path("nhan-su/<int:staff_id>/roi-truong/", views.leave, name="leave"),
    path("nhan-su/<int:staff_id>/tro-lai/", views.come_back, name="come_back"),
    path("nhan-su/nhap/", views.upload, name="upload"),
    path("nhan-su/nhap/<uuid:preview_id>/", views.preview, name="preview"),
    path("nhan-su/nhap/<uuid:preview_id>/luu/", views.save, name="save"),
    path("thong-tin-truong/", views.facts, name="facts"),
    path("diem-truong/", assignment_views.campuses, name="campuses"),
    path("diem-truong/lop/", assignment_views.place_classes, name="place_classes"),
    path("phan-cong/", assignment_views.current, name="current"),
    path("phan-cong/<str:school_year>/", assignment_views.assignments, name="assignments"),
    path("phan-cong/<str:school_year>/vai-tro/", assignment_views.give_role, name="give_role"),
    path("phan-cong/<str:school_year>/chep/", assignment_views.copy_year, name="copy_year"),
    path("phan-cong/<str:school_year>/quyet-dinh/", decision_views.decision, name="decision"),
    path("lop/<int:classroom_id>/phan-cong/", assignment_views.classroom, name="class"),
    path("phan-cong-vai-tro/<int:assignment_id>/bo/", assignment_views.take_role, name="take_role"),
    path(
        "day-thay/phan-cong/<int:assignment_id>/",
        assignment_views.add_substitute,
        name="add_substitute",
    ),
    path(
        "day-thay/<int:substitution_id>/ket-thuc/",
        assignment_views.end_substitute,
        name="end_substitute",
    ),
    path("quyet-dinh-phan-cong/<int:decision_id>/tep.<str:kind>", decision_views.file, name="file"),
    path("tai-khoan/", account_views.accounts, name="accounts"),
    path("tai-khoan/mo-tat-ca/", account_views.order_all, name="order_all"),
    path("tai-khoan/dong-bo/", account_views.synchronise, name="synchronise"),
    path("tai-khoan/thu-moi/", letter_views.write, name="write_letter"),
    path(
        "tai-khoan/thu-moi/<int:invitation_id>/duyet/", letter_views.confirm, name="confirm_letter"
    ),
    path("tai-khoan/nhan-su/<int:staff_id>/yeu-cau/", account_views.order, name="order"),
    path("tai-khoan/yeu-cau/<int:order_id>/lam/", account_views.carry_out, name="carry_out"),
    path("tai-khoan/yeu-cau/<int:order_id>/rut/", account_views.withdraw, name="withdraw"),
]
