from __future__ import annotations

from django.urls import path

from hocba_server.school.paperwork import remote_views, views

app_name = "school_paperwork"
urlpatterns = [
    path("ky/giay/<slug:task>/", views.sign, name="sign"),
    path("ky/giay/<slug:task>/luot/", views.next_round, name="next_round"),
    path("ky/giay/<slug:task>/luot/xong/", views.complete_round, name="complete_round"),
    path("ky/giay/<slug:task>/di-ky-tu-xa/", remote_views.go, name="go_remote"),
    path("ky/giay/<slug:task>/tu-xa/", remote_views.choose, name="remote"),
    path("ky/giay/<slug:task>/tu-xa/dang-nhap/", remote_views.sign_in, name="remote_sign_in"),
    path("ky/giay/<slug:task>/tu-xa/kich-hoat/", remote_views.activate, name="remote_activate"),
    path("ky/giay/<slug:task>/tu-xa/tro-lai/", remote_views.come_back, name="remote_back"),
]
