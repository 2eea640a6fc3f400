"""Lets no request without a valid token pass."""

import asyncio
import time
from typing import TYPE_CHECKING, Any, Awaitable, Callable, Dict, MutableMapping, Optional, Union

from ._answers import Headers, Message, Send, log, send_error, values
from ._errors import ArgumentTypeError, VerifyError
from ._native import VerifiedToken, challenge

if TYPE_CHECKING:
    from .jwt import AsyncJwksVerifier, JwksVerifier, TokenVerifier

    _Verifier = Union[AsyncJwksVerifier, JwksVerifier, TokenVerifier, "Verify"]

Receive = Callable[[], Awaitable[Message]]
_Scope = MutableMapping[str, Any]
Verify = Callable[[str], Awaitable[VerifiedToken]]
Authorize = Callable[[VerifiedToken, _Scope], Union[bool, Awaitable[bool]]]


class TokenGate:
    """Verifies the token of a request or of a websocket."""

    def __init__(
        self,
        verifier: "_Verifier",
        needs_token: Callable[[_Scope], bool],
        authorize: "Optional[Authorize]",
        realm: str,
    ) -> None:
        self._verify = _verify_of(verifier)
        self._needs_token = needs_token
        self._authorize = authorize
        self._realm = realm

    async def admit(self, scope: _Scope, receive: Receive, send: Send) -> Optional[_Scope]:
        """The scope with the verified token, or None if the request has been answered."""
        verified: Optional[VerifiedToken] = None
        if self._needs_token(scope):
            try:
                verified = await self._verified(scope)
            except _NotAdmitted as refused:
                await self._refuse(scope, receive, send, refused)
                return None
        state: Dict[str, Any] = scope.setdefault("state", {})
        state[STATE] = verified
        return scope

    async def _verified(self, scope: _Scope) -> VerifiedToken:
        headers: Headers = [(bytes(name).lower(), bytes(value)) for name, value in scope.get("headers", ())]
        token, ask = bearer(headers), challenge(realm=self._realm)
        if token is None:
            raise _NotAdmitted(401, "missing_token", "one token of the scheme Bearer is needed", ask)
        try:
            verified = await self._verify(token)
        except VerifyError as error:
            ask = challenge(error, realm=self._realm)
            raise _NotAdmitted(error.http_status, error.code, error.message, ask, error.retry_at) from None
        if self._authorize is not None:
            answer = self._authorize(verified, scope)
            if (answer if isinstance(answer, bool) else await answer) is not True:
                # RFC 6750 section 3.1: the token is right, and not for this.
                ask += ', error="insufficient_scope"'
                raise _NotAdmitted(403, "insufficient_scope", "the token does not allow this", ask)
        return verified

    async def _refuse(self, scope: _Scope, receive: Receive, send: Send, refused: "_NotAdmitted") -> None:
        log.info("request not admitted: %s", refused.error["code"])
        if scope["type"] == "http":
            await send_error(send, refused.status, refused.error, refused.headers)
            return
        # A websocket begins with this message, and has an answer of its own only where the server can send one.
        await receive()
        if "websocket.http.response" in (scope.get("extensions") or {}):
            await send_error(send, refused.status, refused.error, refused.headers, "websocket.http")
        else:
            await send({"type": "websocket.close", "code": 1008})


class _NotAdmitted(Exception):
    def __init__(self, status: int, code: str, message: str, ask: str, retry_at: Optional[int] = None) -> None:
        super().__init__(message)
        self.status = status
        self.error = {"code": code, "message": message}
        self.headers = [(b"www-authenticate", ask.encode())]
        if status == 503 and retry_at is not None:
            secs = max(1, -((time.time_ns() // 1_000_000 - retry_at) // 1000))
            self.headers.append((b"retry-after", str(secs).encode()))


def bearer(headers: Headers) -> Optional[str]:
    """The token of the one header Authorization; None if there is none, or more than one, or another scheme."""
    found = values(headers, b"authorization")
    if len(found) != 1:
        return None
    scheme, _, token = found[0].strip().partition(b" ")
    token = token.lstrip(b" ")
    if scheme.lower() != b"bearer" or not token or b" " in token:
        return None
    # Every byte has a character: what is none of a token's is refused as that.
    return token.decode("latin-1")


def _verify_of(verifier: "_Verifier") -> Verify:
    from .jwt import AsyncJwksVerifier, JwksVerifier, TokenVerifier

    if isinstance(verifier, AsyncJwksVerifier):
        return verifier.verify
    if isinstance(verifier, JwksVerifier):
        return _aside(verifier.verify)
    if isinstance(verifier, TokenVerifier):
        if verifier.shared_keys is not None:
            return _at_once(verifier.verify)
    elif callable(verifier):
        return verifier
    raise ArgumentTypeError("invalid_argument", "argument `verifier`: has no keys", None, "verifier")


def _aside(verify: Callable[[str], VerifiedToken]) -> Verify:
    async def verify_aside(token: str) -> VerifiedToken:
        return await asyncio.get_running_loop().run_in_executor(None, verify, token)

    return verify_aside


def _at_once(verify: Callable[[str], VerifiedToken]) -> Verify:
    async def verify_at_once(token: str) -> VerifiedToken:
        return verify(token)

    return verify_at_once


# Where the application finds the token: request.state.edgewarden_token.
STATE = "edgewarden_token"
