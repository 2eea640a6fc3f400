"""Lets no request without a valid token pass."""

import asyncio
from typing import TYPE_CHECKING, Any, Awaitable, Callable, Dict, MutableMapping, Optional, Union

from ._answers import Headers, Message, Send, log, send_error, values
from ._errors import ArgumentTypeError, VerifyError
from ._native import VerifiedToken, challenge

if TYPE_CHECKING:
    from .jwt import AsyncJwksVerifier, JwksVerifier

Verify = Callable[[str], Awaitable[VerifiedToken]]
Receive = Callable[[], Awaitable[Message]]
_Scope = MutableMapping[str, Any]


class TokenGate:
    """Verifies the token of a request or of a websocket."""

    def __init__(
        self,
        verifier: "Union[AsyncJwksVerifier, JwksVerifier, Verify]",
        needs_token: Callable[[_Scope], bool],
        realm: str,
    ) -> None:
        self._verify = _verify_of(verifier)
        self._needs_token = needs_token
        self._realm = realm

    async def admit(self, scope: _Scope, receive: Receive, send: Send) -> Optional[_Scope]:
        """The scope with the verified token, or None if the request has been answered."""
        verified: Optional[VerifiedToken] = None
        if self._needs_token(scope):
            headers: Headers = [(bytes(name).lower(), bytes(value)) for name, value in scope.get("headers", ())]
            token = bearer(headers)
            if token is None:
                await self._refuse(scope, receive, send, None)
                return None
            try:
                verified = await self._verify(token)
            except VerifyError as error:
                await self._refuse(scope, receive, send, error)
                return None
        state: Dict[str, Any] = scope.setdefault("state", {})
        state[STATE] = verified
        return scope

    async def _refuse(self, scope: _Scope, receive: Receive, send: Send, error: Optional[VerifyError]) -> None:
        if error is None:
            told = {"code": "missing_token", "message": "one token of the scheme Bearer is needed"}
            status = 401
        else:
            told = {"code": error.code, "message": error.message}
            status = error.http_status
        log.info("request without a valid token: %s", told["code"])
        ask = (b"www-authenticate", challenge(error, realm=self._realm).encode())
        if scope["type"] == "http":
            await send_error(send, status, told, [ask])
            return
        # A websocket begins with this message, and has an answer of its own only where the server can send one.
        await receive()
        if "websocket.http.response" in (scope.get("extensions") or {}):
            await send_error(send, status, told, [ask], "websocket.http")
        else:
            await send({"type": "websocket.close", "code": 1008})


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


def _verify_of(verifier: "Union[AsyncJwksVerifier, JwksVerifier, Verify]") -> Verify:
    from .jwt import AsyncJwksVerifier, JwksVerifier

    if isinstance(verifier, AsyncJwksVerifier):
        return verifier.verify
    if not isinstance(verifier, JwksVerifier):
        if callable(verifier):
            return verifier
        raise ArgumentTypeError("invalid_argument", "argument `verifier`: not a verifier", None, "verifier")
    verify = verifier.verify

    async def aside(token: str) -> VerifiedToken:
        return await asyncio.get_running_loop().run_in_executor(None, verify, token)

    return aside


# Where the application finds the token: request.state.edgewarden_token.
STATE = "edgewarden_token"
