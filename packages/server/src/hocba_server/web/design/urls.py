from __future__ import annotations

from django.urls import path

from hocba_server.web.design import views

app_name = "web_design"
urlpatterns = [path("", views.gallery, name="gallery")]
