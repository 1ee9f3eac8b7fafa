from __future__ import annotations

from typing import ClassVar

from django.db import models

from hocba_server.school.registry.models import School


class KeyTrial(models.Model):
    """A key was tried: it signed a random number and its certificate is good."""

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="key_trials")
    owner = models.CharField("chủ chứng thư", max_length=20)
    """Personal number, or the school's code for the organisation's key."""
    owner_name = models.CharField("tên chủ chứng thư", max_length=200)
    fingerprint = models.CharField("dấu vân tay SHA-256", max_length=64)
    valid_until = models.DateTimeField("hiệu lực đến")
    warnings = models.JSONField("lưu ý", default=list)
    tried_by = models.BigIntegerField("người thử")
    tried_at = models.DateTimeField("thử lúc")

    class Meta:
        verbose_name = "lần thử khoá ký"
        ordering: ClassVar = ["-tried_at", "-pk"]
        indexes: ClassVar = [models.Index(fields=["school", "owner"], name="key_trial_of_owner")]

    def __str__(self) -> str:
        return self.owner_name
