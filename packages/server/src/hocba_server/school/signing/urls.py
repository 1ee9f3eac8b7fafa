from __future__ import annotations

from django.urls import path

from hocba_server.school.signing import remote_views, round_views, views

app_name = "school_signing"
urlpatterns = [
    path("lop/<int:classroom_id>/phat-hanh/", views.batch, name="batch"),
    path("dot/<int:batch_id>/ky/<str:role>/", views.start, name="start"),
    path("ky/", views.desk, name="desk"),
    path("ky/bat-dau/<str:role>/", views.start_scope, name="start_scope"),
    path("ky/<int:session_id>/", views.session, name="session"),
    path("ky/<int:session_id>/tien-do/", views.progress, name="progress"),
    path("ky/<int:session_id>/dieu-khien/", views.steer, name="steer"),
    path("ky/<int:session_id>/luot/", round_views.next_round, name="next_round"),
    path("ky/<int:session_id>/luot/xong/", round_views.complete_round, name="complete_round"),
    path("ky/<int:session_id>/tu-xa/", remote_views.choose, name="remote"),
    path("ky/<int:session_id>/tu-xa/dang-nhap/", remote_views.sign_in, name="remote_sign_in"),
    path("ky/<int:session_id>/tu-xa/kich-hoat/", remote_views.activate, name="remote_activate"),
    path("ky/tu-xa/tro-lai/", remote_views.come_back, name="remote_come_back"),
    path("chung-thu-nguoi-ky/", views.certificates, name="certificates"),
    path("chung-thu-nguoi-ky/<int:seen_id>/", views.decide_certificate, name="decide_certificate"),
    path("hoc-ba/<str:record_uuid>/pdf/", views.download_pdf, name="pdf"),
]
