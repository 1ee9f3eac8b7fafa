from __future__ import annotations

from django.urls import path

from hocba_server.school.statements import views

app_name = "school_statements"
urlpatterns = [
    path("giay-to-ky/", views.statements, name="statements"),
    path("giay-to-ky/<int:statement_id>/tep.pdf", views.download, name="download"),
    path("lop/<int:classroom_id>/lap-phieu/", views.draw_sheets, name="draw_sheets"),
    path("hoc-sinh/<int:enrolment_id>/ket-qua-den-nay/", views.draw_results, name="draw_results"),
]
