"""How keys are fetched: what is asked, and what an answer says."""

import re
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Dict, Mapping, Optional
from urllib.parse import urlsplit

from ._errors import KeyCacheError, OptionError
from ._native import NativeKeyCache
from ._token_values import FetchTicket


@dataclass(frozen=True)
class JwksRequest:
    """What a fetch asks for: one GET, never repeated, without following a redirect."""

    url: str
    """The address, as it was configured."""
    headers: Mapping[str, str]
    """Accept, and If-None-Match where keys were there before."""
    timeout_secs: float
    """How long it may take in all."""
    bytes_max: int
    """How much of the body is read: nothing beyond counts."""


@dataclass(frozen=True)
class JwksResponse:
    """What a fetch brought."""

    status: int
    """The status. 200 and 304 count; all others are failures."""
    headers: Mapping[str, str]
    """The headers; case does not matter. Cache-Control, Age and ETag are read."""
    body: bytes = b""
    """The body, not compressed."""

    def __repr__(self) -> str:
        return f"<JwksResponse status={self.status} body={len(self.body)}>"


def checked_uri(uri: object) -> str:
    """The address of keys: https, or http on this machine alone."""
    if not isinstance(uri, str):
        raise _wrong("not a string")
    if not re.fullmatch("[!-~]+", uri):
        raise _wrong("a character that a URL cannot hold")
    try:
        parts = urlsplit(uri)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise _wrong("not a URL") from None
    if not host:
        raise _wrong("no host")
    if "@" in parts.netloc:
        raise _wrong("a user or a password in it")
    if parts.fragment:
        raise _wrong("a fragment in it")
    if parts.scheme != "https" and not (parts.scheme == "http" and _is_loopback(host)):
        raise _wrong("not https")
    return uri


def request_of(uri: str, ticket: FetchTicket, timeout_secs: float, body_max: int) -> JwksRequest:
    """What to ask with a ticket."""
    headers = {"accept": "application/jwk-set+json, application/json"}
    if ticket.etag is not None:
        headers["if-none-match"] = ticket.etag
    return JwksRequest(uri, headers, timeout_secs, body_max + 1)


def hand_in(
    cache: NativeKeyCache, ticket: FetchTicket, response: Optional[JwksResponse], bytes_max: int, now: int
) -> Optional[str]:
    """Ends a ticket with what came, or with nothing; says what was wrong with it."""
    try:
        if response is not None and response.status == 200:
            headers = _lower(response.headers)
            body = bytes(response.body)[:bytes_max]
            update = cache.fetched(ticket, body, max_age_secs(headers), _etag(headers), now=now)
        elif response is not None and response.status == 304:
            update = cache.not_modified(ticket, max_age_secs(_lower(response.headers)), now=now)
        else:
            update = cache.failed(ticket, now=now)
    except KeyCacheError as error:
        # It came too late: the cache has gone on without it.
        return error.code
    if update.kind != "failed":
        return None
    return update.reason or ("no response" if response is None else f"status {int(response.status)}")


def max_age_secs(headers: Mapping[str, str]) -> Optional[int]:
    """How long a response is fresh from now on: max-age less Age (RFC 9111 section 4.2)."""
    for directive in headers.get("cache-control", "").split(","):
        name, _, value = directive.strip().partition("=")
        if name.strip().lower() == "max-age":
            secs = _seconds(value.strip().strip('"'))
            return None if secs is None else max(0, secs - (_seconds(headers.get("age", "").strip()) or 0))
    return None


def _seconds(text: str) -> Optional[int]:
    """Delta-seconds of RFC 9111 section 1.2.2; what is larger than 2^31 counts as that."""
    if not re.fullmatch("[0-9]{1,64}", text):
        return None
    return min(int(text), 2**31)


def _etag(headers: Mapping[str, str]) -> Optional[str]:
    etag = headers.get("etag", "").strip()
    # What it is sent back in holds no more than this (RFC 9110 section 8.8.3).
    return etag if re.fullmatch('(W/)?"[!#-~]{0,512}"', etag) else None


def _lower(headers: Mapping[str, str]) -> Dict[str, str]:
    return {str(name).lower(): str(value) for name, value in headers.items()}


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _wrong(what: str) -> OptionError:
    return OptionError("invalid_option", f"option `jwks_uri`: {what}", None, "jwks_uri")
