from __future__ import annotations

from django.urls import path

from hocba_server.school.training import views

app_name = "school_training"
urlpatterns = [
    path("tap-huan/", views.training, name="training"),
    path("tap-huan/mo/", views.open_school, name="open"),
    path("tap-huan/tien-do/", views.progress, name="progress"),
    path("tap-huan/vao/", views.enter, name="enter"),
    path("tap-huan/ra/", views.leave, name="leave"),
    path("tap-huan/lam-lai/", views.reset, name="reset"),
    path("tap-huan/ket-qua/", views.people, name="people"),
    path("tap-huan/ket-qua/excel/", views.sheet, name="sheet"),
]
