"""Signing keys held by a remote service that speaks the Cloud Signature Consortium API v2."""

from hocba_server.adapters.remote_signing.configured import remote_signing_service
from hocba_server.adapters.remote_signing.key import RemoteKey
from hocba_server.adapters.remote_signing.sealing import open_activation, seal_activation
from hocba_server.adapters.remote_signing.service import RemoteSigningService
from hocba_server.adapters.remote_signing.values import (
    Activation,
    AuthMode,
    AuthorizationRequest,
    Credential,
    CredentialAuth,
    Grant,
    Patience,
    ServiceInfo,
    ServiceToken,
)

__all__ = [
    "Activation",
    "AuthMode",
    "AuthorizationRequest",
    "Credential",
    "CredentialAuth",
    "Grant",
    "Patience",
    "RemoteKey",
    "RemoteSigningService",
    "ServiceInfo",
    "ServiceToken",
    "open_activation",
    "remote_signing_service",
    "seal_activation",
]
