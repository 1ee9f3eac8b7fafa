"""`hocba.ports.Key` of a credential held by a remote signing service.

The order is: prepare every record, `authorize` their digests with what the user shows (or
`RemoteSigningService.begin_credential` and `finish_credential` in a browser), then `sign_digests`.
A digest that was not authorised is refused here, before the service is asked, whether or not the
service itself binds activations to digests (SCAL2).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from cryptography import x509

from hocba_server.adapters.remote_signing import faults
from hocba_server.adapters.remote_signing.service import RemoteSigningService
from hocba_server.adapters.remote_signing.values import Activation, AuthMode, Credential, Grant


class RemoteKey:
    """A key that signs with an activation; it changes as the activation is used up."""

    def __init__(
        self,
        service: RemoteSigningService,
        credential: Credential,
        activation: Activation | None = None,
    ) -> None:
        """Raises `Refused` with code `activation_damaged` for another credential's activation."""
        if activation is not None and activation.credential_id != credential.credential_id:
            raise faults.activation_damaged()
        self._service = service
        self._credential = credential
        self._activation = activation

    @property
    def certificate(self) -> x509.Certificate:
        """The signer's certificate."""
        return self._credential.certificate

    @property
    def chain(self) -> tuple[x509.Certificate, ...]:
        """Intermediate certificates, nearest issuer first, without the root."""
        return self._credential.chain

    @property
    def algorithm(self) -> str:
        """Name of a member of `SignatureAlgorithm`."""
        return self._credential.algorithm.name

    @property
    def activation(self) -> Activation | None:
        """What is left of the activation; seal it again after signing a part."""
        return self._activation

    @property
    def most_at_once(self) -> int | None:
        """Digests that one act of the user can cover; None where any number can.

        A PIN alone authorises group after group; a one-time code or a page, one group.
        """
        auth = self._credential.auth
        one_time = auth.otp is not None or auth.elsewhere or auth.mode is not AuthMode.EXPLICIT
        return self._credential.multisign if one_time else None

    def authorize(
        self,
        digests: Sequence[bytes],
        *,
        service_token: str,
        pin: str = "",
        otp: str = "",
        description: str = "",
    ) -> Activation:
        """Activate the key for these digests (explicit and implicit mode).

        More digests than `multisign` become several authorisations, where `most_at_once` allows.
        Raises as `RemoteSigningService.authorize`; then nothing is activated.
        """
        size = self._credential.multisign
        if not digests or (self.most_at_once is not None and len(digests) > size):
            raise faults.too_many(len(digests), size)
        unique = list(dict.fromkeys(digests))
        grants = tuple(
            self._service.authorize(
                service_token,
                self._credential,
                unique[start : start + size],
                pin=pin,
                otp=otp,
                description=description,
            )
            for start in range(0, len(unique), size)
        )
        mode = self._credential.auth.mode
        activation = Activation(self._credential.credential_id, mode, service_token, grants)
        self._activation = activation
        return activation

    def batches(self) -> list[tuple[bytes, ...]]:
        """The digests still to be signed, as the service takes them: one call for each.

        Who signs batch by batch and seals `activation` in between can stop and go on.
        """
        return [grant.digests for grant in self._open_grants()]

    def sign_digests(self, digests: Sequence[bytes]) -> list[bytes]:
        """Sign authorised SHA-256 digests in order; ECDSA answers are DER.

        All or nothing: where a later group fails, the signatures of the earlier ones are lost and
        their digests have to be authorised again; use `batches` to lose less. Raises `Refused`
        with `not_authorised` or `activation_expired`, and what the service refuses; `Unavailable`.
        """
        plan = self._plan(digests)
        signed: dict[bytes, bytes] = {}
        for index, wanted in plan.items():
            signed.update(zip(wanted, self._sign_group(index, wanted), strict=True))
        return [signed[digest] for digest in digests]

    def _open_grants(self) -> tuple[Grant, ...]:
        return self._activation.open_grants if self._activation else ()

    def _plan(self, digests: Sequence[bytes]) -> dict[int, list[bytes]]:
        """Which grant signs what, by its place in the activation."""
        owner = {
            digest: index
            for index, grant in enumerate(self._activation.grants if self._activation else ())
            for digest in grant.digests
        }
        plan: dict[int, list[bytes]] = {}
        for digest in Counter(digests):
            if digest not in owner:
                raise faults.not_authorised()
            plan.setdefault(owner[digest], []).append(digest)
        return plan

    def _sign_group(self, index: int, wanted: list[bytes]) -> list[bytes]:
        activation = self._activation
        assert activation is not None  # noqa: S101 - the plan came from it
        grant = activation.grants[index]
        if grant.used and activation.mode is not AuthMode.OAUTH2_CODE:
            grant = self._service.extend(activation.service_token, self._credential, grant)
            # Kept before it is used: the old SAD is worthless from now on, whatever comes.
            self._activation = activation = activation.exchanged(index, grant)
        values = self._service.sign_hashes(activation, self._credential, grant, wanted)
        self._activation = activation.without(index, frozenset(wanted))
        return values
