from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q


class KeyAlgorithm(models.TextChoices):
    """Persisted values: algorithms of signed requests, by their names in RFC 9421 section 3.3."""

    ED25519 = "ed25519", "Ed25519"
    ECDSA = "ecdsa-p256-sha256", "ECDSA P-256"
    RSA_PSS = "rsa-pss-sha512", "RSA-PSS"
    RSA_PKCS1 = "rsa-v1_5-sha256", "RSA PKCS#1 v1.5"


class TokenOrigin(models.TextChoices):
    """Persisted values: with what a token was asked for."""

    SIGNATURE = "signature", "yêu cầu có chữ ký"
    PASSWORD = "password", "mật khẩu"


class Vendor(models.Model):
    """Who makes the software of schools, as the department's administrator registered them."""

    code = models.SlugField("mã", max_length=40, unique=True)
    name = models.CharField("tên nhà cung cấp", max_length=200)
    software = models.CharField("tên phần mềm", max_length=200)
    contact_name = models.CharField("người liên hệ", max_length=150)
    contact_email = models.EmailField("thư điện tử", max_length=254)
    active = models.BooleanField("đang kết nối", default=True)
    registered_by = models.BigIntegerField("người đăng ký", null=True)
    registered_at = models.DateTimeField("đăng ký lúc")

    class Meta:
        verbose_name = "nhà cung cấp"
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name


class VendorSwitch(models.Model):
    """One switch that stands otherwise than by default; without a row the default holds."""

    vendor = models.ForeignKey(Vendor, on_delete=models.PROTECT, related_name="switches")
    name = models.CharField("công tắc", max_length=40)
    value = models.CharField("giá trị", max_length=40)
    changed_by = models.BigIntegerField("người đổi", null=True)
    changed_at = models.DateTimeField("đổi lúc")

    class Meta:
        verbose_name = "công tắc"
        ordering: ClassVar = ["vendor_id", "name"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["vendor", "name"], name="vendor_switch_once")
        ]

    def __str__(self) -> str:
        return self.name


class AccountTerms(models.Model):
    """What holds for one account beside its password; without a row the department's settings."""

    account = models.OneToOneField(
        "city_gateway.GatewayAccount", on_delete=models.PROTECT, related_name="terms"
    )
    vendor = models.ForeignKey(
        Vendor, on_delete=models.PROTECT, related_name="accounts", null=True, blank=True
    )
    token_required = models.BooleanField("phải có token", null=True)
    """None: as the department's setting says."""
    requests_per_minute = models.PositiveIntegerField("số yêu cầu mỗi phút", null=True)
    changed_by = models.BigIntegerField("người đổi", null=True)
    changed_at = models.DateTimeField("đổi lúc")

    class Meta:
        verbose_name = "điều kiện của tài khoản"
        ordering: ClassVar = ["account_id"]

    def __str__(self) -> str:
        return str(self.account_id)


class RequestKey(models.Model):
    """A public key with which a vendor, or one unit, signs its requests (RFC 9421).

    The private half never comes here.
    """

    key_id = models.CharField("tên khoá (keyid)", max_length=80, unique=True)
    vendor = models.ForeignKey(Vendor, on_delete=models.PROTECT, related_name="keys", null=True)
    account = models.ForeignKey(
        "city_gateway.GatewayAccount", on_delete=models.PROTECT, related_name="keys", null=True
    )
    algorithm = models.CharField("thuật toán", max_length=20, choices=KeyAlgorithm.choices)
    public_key = models.TextField("khoá công khai (PEM)")
    fingerprint = models.CharField("mã băm khoá", max_length=64)
    registered_by = models.BigIntegerField("người đăng ký", null=True)
    registered_at = models.DateTimeField("đăng ký lúc")
    revoked_by = models.BigIntegerField("người thu hồi", null=True)
    revoked_at = models.DateTimeField("thu hồi lúc", null=True)

    class Meta:
        verbose_name = "khoá ký yêu cầu"
        ordering: ClassVar = ["-registered_at", "-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="request_key_one_owner",
                condition=Q(vendor__isnull=True, account__isnull=False)
                | Q(vendor__isnull=False, account__isnull=True),
            ),
            models.CheckConstraint(
                name="request_key_revoked_pair",
                condition=Q(revoked_by__isnull=True, revoked_at__isnull=True)
                | Q(revoked_by__isnull=False, revoked_at__isnull=False),
            ),
            models.CheckConstraint(
                name="request_key_algorithm_known",
                condition=Q(algorithm__in=KeyAlgorithm.values),
            ),
        ]

    def __str__(self) -> str:
        return self.key_id


class SeenNonce(models.Model):
    """A nonce of a signed request, kept until the request could not be accepted anyway."""

    key = models.ForeignKey(RequestKey, on_delete=models.CASCADE, related_name="nonces")
    nonce = models.CharField("nonce", max_length=100)
    expires_at = models.DateTimeField("hết hạn", db_index=True)

    class Meta:
        verbose_name = "nonce đã dùng"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["key", "nonce"], name="nonce_once_per_key")
        ]

    def __str__(self) -> str:
        return self.nonce


class AccessToken(models.Model):
    """A token that was given out. Only its hash is kept: who reads the table can use none."""

    sha256 = models.CharField("mã băm", max_length=64, unique=True)
    account = models.ForeignKey(
        "city_gateway.GatewayAccount", on_delete=models.PROTECT, related_name="tokens"
    )
    origin = models.CharField("cấp theo", max_length=10, choices=TokenOrigin.choices)
    issued_at = models.DateTimeField("cấp lúc")
    expires_at = models.DateTimeField("hết hạn", db_index=True)
    revoked_at = models.DateTimeField("thu hồi lúc", null=True)

    class Meta:
        verbose_name = "token"
        ordering: ClassVar = ["-issued_at", "-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="token_expires_after_issue",
                condition=Q(expires_at__gt=models.F("issued_at")),
            ),
            models.CheckConstraint(
                name="token_origin_known", condition=Q(origin__in=TokenOrigin.values)
            ),
        ]

    def __str__(self) -> str:
        return self.sha256[:8]


class RequestCount(models.Model):
    """How many requests an account sent within one minute."""

    account = models.ForeignKey(
        "city_gateway.GatewayAccount", on_delete=models.CASCADE, related_name="request_counts"
    )
    minute = models.DateTimeField("phút", db_index=True)
    requests = models.PositiveIntegerField("số yêu cầu", default=0)

    class Meta:
        verbose_name = "số yêu cầu trong một phút"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account", "minute"], name="request_count_once")
        ]

    def __str__(self) -> str:
        return str(self.requests)
