"""Verifies signed tokens (JSON Web Tokens, RFC 7519) against the published keys of their issuer.

    from edgewarden.jwt import JwksVerifier, VerifyError

    verifier = JwksVerifier(
        jwks_uri="https://issuer.example/jwks.json",
        issuer="https://issuer.example",
        audiences=["https://api.example"],
        algorithms=["ES256"],
    )
    try:
        user = verifier.verify(token).subject
    except VerifyError as error:
        ...  # error.code, error.http_status, challenge(error, realm="api")

AsyncJwksVerifier is the same for asyncio. TokenVerifier verifies with keys that you have, or with a shared secret.
Nothing but these two opens a connection, and only to the address that they are given.
"""

from ._errors import (
    Evidence,
    KeyCacheError,
    KeySetError,
    KeysUnavailable,
    SnapshotError,
    TokenExpired,
    TokenNotYetValid,
    VerifyError,
)
from ._jwks import JwksRequest, JwksResponse
from ._jwks_verifier import AsyncJwksVerifier, JwksVerifier
from ._native import (
    HostCheck,
    KeyAnswer,
    KeySet,
    ProofRequest,
    Step,
    TokenCache,
    VerifiedToken,
    challenge,
    proof_challenge,
)
from ._token_options import KeyCacheOptions, KeyLimits, TokenLimits
from ._token_values import FetchTicket, KeyInfo, KeyUpdate, PlausibleInfo, RefusedKeyInfo, TokenCheck
from ._tokens import KeyCache, TokenVerifier

__all__ = [
    "AsyncJwksVerifier",
    "Evidence",
    "FetchTicket",
    "HostCheck",
    "JwksRequest",
    "JwksResponse",
    "JwksVerifier",
    "KeyAnswer",
    "KeyCache",
    "KeyCacheError",
    "KeyCacheOptions",
    "KeyInfo",
    "KeyLimits",
    "KeySet",
    "KeySetError",
    "KeyUpdate",
    "KeysUnavailable",
    "PlausibleInfo",
    "ProofRequest",
    "RefusedKeyInfo",
    "SnapshotError",
    "Step",
    "TokenCache",
    "TokenCheck",
    "TokenExpired",
    "TokenLimits",
    "TokenNotYetValid",
    "TokenVerifier",
    "VerifiedToken",
    "VerifyError",
    "challenge",
    "proof_challenge",
]


def _name_home() -> None:
    """Let pickles, tracebacks and help say where a name is imported from, not where it is written."""
    for name in __all__:
        if isinstance(globals()[name], type):
            globals()[name].__module__ = __name__


_name_home()
