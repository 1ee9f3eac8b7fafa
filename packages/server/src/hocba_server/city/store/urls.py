from __future__ import annotations

from django.urls import path

from hocba_server.city.store import views

app_name = "city_store"
urlpatterns = [
    path("api/v1/bo-sung", views.supplement, name="supplement"),
    path("so/kho/", views.received, name="received"),
    path("so/kho/goi/<int:message_id>/", views.message, name="message"),
]
