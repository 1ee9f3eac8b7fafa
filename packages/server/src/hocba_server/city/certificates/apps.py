from __future__ import annotations

from django.apps import AppConfig


class CertificatesConfig(AppConfig):
    """Units, their organisation certificates, and who approved them."""

    name = "hocba_server.city.certificates"
    label = "city_certificates"
    verbose_name = "chứng thư số"
    default_auto_field = "django.db.models.BigAutoField"
