from __future__ import annotations

from django.urls import path

from hocba_server.school.submission import views

app_name = "school_submission"
urlpatterns = [
    path("nop/", views.outbox, name="outbox"),
    path("dot/<int:batch_id>/nop/", views.batch, name="batch"),
    path("goi/<int:package_id>/", views.package, name="package"),
    path("goi/<int:package_id>/ket-qua/", views.answers, name="answers"),
    path("chung-thu-so/", views.certificates, name="certificates"),
    path("chung-thu-so/<int:registration_id>/hoi/", views.ask, name="ask"),
]
