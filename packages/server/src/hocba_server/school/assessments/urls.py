from __future__ import annotations

from django.urls import path

from hocba_server.school.assessments import grid_views, views, window_views

app_name = "school_assessments"
_GRID = "lop/<int:classroom_id>/nhap-diem/<slug:sheet>/<str:period>/"
urlpatterns = [
    path("lop/<int:classroom_id>/mon/<str:subject_code>/", grid_views.subject, name="subject"),
    path("lop/<int:classroom_id>/nhap-diem/<slug:sheet>/", grid_views.current, name="current"),
    path(_GRID, grid_views.grid, name="grid"),
    path(f"{_GRID}luu/", grid_views.save, name="save"),
    path(f"{_GRID}moi/", grid_views.news, name="news"),
    path(f"{_GRID}lich-su/<int:enrolment_id>/<str:field>/", grid_views.history, name="history"),
    path(f"{_GRID}xin-phep/", window_views.ask, name="ask_permission"),
    path("lop/<int:classroom_id>/kiem-tra/", views.check, name="check"),
    path("hoc-sinh/<int:enrolment_id>/len-lop/", views.promotion, name="promotion"),
    path("hoc-sinh/<int:enrolment_id>/danh-gia-bo-sung/", views.reassessment, name="reassessment"),
    path("tra-lai/<int:reopened_id>/xong/", views.finish_return, name="finish_return"),
    path("thoi-han-nhap/", window_views.windows, name="windows"),
    path("thoi-han-nhap/<str:school_year>/<str:period>/", window_views.set_window, name="window"),
    path("phep-sua/<int:permission_id>/", window_views.decide, name="decide_permission"),
]
