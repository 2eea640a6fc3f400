"""What key sets, key caches and explanations answer, as plain values."""

import json
from dataclasses import dataclass
from typing import Any, Dict, Optional, Tuple

from ._errors import VerifyError


@dataclass(frozen=True)
class KeyInfo:
    """What a key is, without its numbers."""

    kid: Optional[str]
    """Its name in the set."""
    algorithms: Tuple[str, ...]
    """Names of the algorithms that it verifies."""
    thumbprint: str
    """SHA-256 thumbprint (RFC 7638), base64url."""
    generation: int
    """The number that a key cache gave it; 0 in a set of no cache."""


@dataclass(frozen=True)
class RefusedKeyInfo:
    """A key of a document that no token is verified with."""

    index: int
    """Its place in keys, from 0."""
    kid: Optional[str]
    """Its name, if it is a string of at most 256 bytes."""
    code: str
    """What is wrong with it."""


@dataclass(frozen=True)
class FetchTicket:
    """Permission to fetch the keys of an issuer once. One that never comes back counts as failed at its deadline."""

    id: str
    """Names the ticket; opaque."""
    issuer: str
    """Whose keys. You know the address; it never comes from a token."""
    deadline_ms: int
    """From then on, in milliseconds since 1970, the fetch counts as failed: stop it."""
    etag: Optional[str] = None
    """What to send as If-None-Match."""


@dataclass(frozen=True)
class KeyUpdate:
    """What a fetch changed."""

    kind: str
    """replaced, confirmed or failed."""
    added: int
    """Keys that were not there, or not the same, before."""
    removed: int
    """Keys that are no longer there, or not the same."""
    refused: int
    """Keys of the set that cannot be used."""
    fresh_until_ms: Optional[int]
    """Until when the set needs no refresh; not for a failure."""
    reason: Optional[str]
    """For a failure: what is wrong with the response, if there was one."""
    retry_at_ms: Optional[int]
    """For a failure: before that time no other fetch of this kind is handed out."""


@dataclass(frozen=True)
class PlausibleInfo:
    """What a token that is right but for key and signature asks for. Anybody can have written it."""

    kid: Optional[str]
    """The key that it names."""
    algorithm: str
    """Name of its algorithm."""

    def __repr__(self) -> str:
        return f"<PlausibleInfo kid={self.kid is not None} algorithm={self.algorithm}>"


@dataclass(frozen=True)
class TokenCheck:
    """One check of a token. Nothing of the token can be read in it but sizes, types, times and names of algorithms and of
    kinds of token."""

    check: str
    """Stable name of the check."""
    place: str
    """The part that it looks at, as in VerifyError."""
    part: Optional[str]
    """Which header parameter or claim."""
    outcome: str
    """passed, failed, or skipped because a check before it failed."""
    error: Optional[VerifyError]
    """The fault."""
    expected: Optional[str]
    """What is asked for."""
    got: Optional[str]
    """What the token has, redacted."""


def claims_of(text: str) -> Dict[str, Any]:
    """A claims set that the core has read already."""
    claims: Dict[str, Any]
    try:
        claims = json.loads(text)
    except ValueError:
        # Integers of thousands of digits, which Python does not read.
        claims = json.loads(text, parse_int=float)
    return claims
