"""Middleware for ASGI applications: scans what comes in and what goes out.

    from edgewarden.asgi import EdgewardenMiddleware

    app = EdgewardenMiddleware(app)                       # any ASGI application
    app.add_middleware(EdgewardenMiddleware)              # Starlette, FastAPI

A request body is read whole and scanned before the application sees it:

- application/json and +json with scan_json, text/* as one text, application/x-www-form-urlencoded field by field;
- block: answered with 400 and JSON that names rules and categories, never text;
- redact: the application gets the redacted body, with its new length;
- the request header x-edgewarden-decision tells the application the decision, scope["state"]["edgewarden"] the reports;
- 413 for a body that is too large, 400 for one that is malformed, 415 for a type or encoding that is not scanned.

An answer of type text/plain or text/event-stream goes through a StreamScanner, so that only released text leaves. When
it is to be blocked it ends with a notice. Headers, paths, query strings, websockets and answers of other types are not
scanned.

With a verifier, a request without a valid token does not reach the application, nor does a websocket:

    from edgewarden.jwt import AsyncJwksVerifier

    app = EdgewardenMiddleware(app, verifier=AsyncJwksVerifier(jwks_uri=..., issuer=..., audiences=[...], algorithms=[...]))

The token stands in the one header Authorization, after Bearer. The application finds it, verified, in
scope["state"]["edgewarden_token"].
"""

from dataclasses import dataclass
from typing import (
    TYPE_CHECKING,
    Any,
    Awaitable,
    Callable,
    Collection,
    Dict,
    Iterable,
    List,
    MutableMapping,
    Optional,
    Tuple,
    Union,
)
from urllib.parse import parse_qsl, urlencode

from ._answers import (
    UNSCANNED,
    UTF8,
    Answer,
    Headers,
    Message,
    Select,
    Send,
    is_plain,
    is_text,
    log,
    media_type,
    send_error,
    values,
    without,
)
from ._asgi_tokens import Authorize, TokenGate, Verify
from ._errors import ScanError
from ._events import EventText, JsonText
from ._names import Decision, Origin
from ._native import JsonReport, ScanReport
from ._scanner import PromptScanner

if TYPE_CHECKING:
    from .jwt import AsyncJwksVerifier, JwksVerifier, TokenVerifier

__all__ = [
    "Application",
    "Authorize",
    "EdgewardenMiddleware",
    "EventText",
    "JsonText",
    "Message",
    "Receive",
    "RequestScan",
    "Scope",
    "Send",
    "Verify",
]

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]


@dataclass(frozen=True)
class RequestScan:
    """What was found in a request: scope["state"]["edgewarden"]."""

    decision: Decision
    """The strongest of all reports."""
    score: int
    """The highest of all reports."""
    reports: Tuple[Union[ScanReport, JsonReport], ...]
    """One for a text or a document, one for each name and value of a form, in order."""


class EdgewardenMiddleware:
    """Scans request bodies and streamed answers, and verifies tokens.

    app: the ASGI application behind it.
    scanner: a PromptScanner; a default one if left out.
    origin, answer_origin: who wrote requests (default: user) and answers (default: assistant).
    max_body_bytes: longest request body; a longer one is answered with 413 (default: 1 MiB).
    applies: says of a scope whether its request and answer are scanned (default: all of them).
    pass_types: media types that are passed on without a scan, such as "multipart/form-data". All others that are not
        scanned are answered with 415, because many applications read a body whatever its type says.
    select: says of status and headers whether an answer is scanned (default: text/plain and text/event-stream).
    event_text: where the text of a server-sent event is (default: its whole data); see JsonText. The text of all events
        is scanned as one stream, and goes out in events of the same form; where one ends and the next begins may change.
    notice: what ends an answer that is blocked; in a stream of events the data of an event named blocked.
    verifier: an AsyncJwksVerifier, a JwksVerifier (which runs on the loop's executor), a TokenVerifier with a shared
        secret, or a coroutine function that takes a token and returns what it verified or raises VerifyError (default: no
        token is asked for).
    needs_token: says of a scope, of a request or a websocket, whether it needs a token (default: all of them).
    authorize: says of a verified token and a scope whether it may do this; anything but True is answered with 403. It may
        be a coroutine function.
    realm: what challenges name.
    """

    def __init__(
        self,
        app: Application,
        scanner: Optional[PromptScanner] = None,
        *,
        origin: Union[Origin, str] = Origin.USER,
        answer_origin: Union[Origin, str] = Origin.ASSISTANT,
        max_body_bytes: int = 1 << 20,
        applies: Callable[[Scope], bool] = lambda scope: True,
        pass_types: Collection[str] = (),
        select: Select = is_text,
        event_text: Optional[EventText] = None,
        notice: str = "[The answer was stopped.]",
        verifier: "Union[AsyncJwksVerifier, JwksVerifier, TokenVerifier, Verify, None]" = None,
        needs_token: Callable[[Scope], bool] = lambda scope: True,
        authorize: Optional[Authorize] = None,
        realm: str = "api",
    ) -> None:
        self.app = app
        self.scanner = PromptScanner() if scanner is None else scanner
        self._origin = Origin(origin)
        self._answer_origin = Origin(answer_origin)
        self._max_body_bytes = max_body_bytes
        self._applies = applies
        self._pass_types = frozenset(media.lower().encode() for media in pass_types)
        self._select = select
        self._event_text = EventText() if event_text is None else event_text
        self._notice = notice
        self._gate = None if verifier is None else TokenGate(verifier, needs_token, authorize, realm)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._gate is not None and scope["type"] in ("http", "websocket"):
            admitted = await self._gate.admit(scope, receive, send)
            if admitted is None:
                return
            scope = admitted
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers: Headers = [(bytes(name).lower(), bytes(value)) for name, value in scope.get("headers", ())]
        if not self._applies(scope):
            # No client may say what was decided, here neither.
            await self.app({**scope, "headers": without(headers, _DECISION)}, receive, send)
            return
        try:
            body = await self._read(headers, receive)
            if body is None:
                # The client went away: there is nobody to answer.
                return
            body, scanned = await self._scan(headers, body)
        except _Refused as refused:
            await refused.answer(send)
            return
        scope = self._scope_of(scope, headers, body, scanned)
        answer = Answer(
            send,
            lambda: self.scanner.stream(origin=self._answer_origin),
            self._select,
            self._notice,
            self._event_text,
            scope.get("method") == "HEAD",
        )
        try:
            await self.app(scope, _replay(body, receive), answer.send)
        except Exception:
            # An application that is told that nobody listens any more may well give up.
            if not answer.is_stopped:
                raise

    async def _read(self, headers: Headers, receive: Receive) -> Optional[bytes]:
        """The whole body, or None if the client left."""
        for length in values(headers, b"content-length"):
            if length.isdigit() and int(length[:20]) > self._max_body_bytes:
                raise _too_large()
        pieces: List[bytes] = []
        taken = 0
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return None
            piece = bytes(message.get("body", b""))
            taken += len(piece)
            if taken > self._max_body_bytes:
                raise _too_large()
            pieces.append(piece)
            if not message.get("more_body", False):
                return b"".join(pieces)

    async def _scan(self, headers: Headers, body: bytes) -> Tuple[bytes, Optional[RequestScan]]:
        """The body that the application may see, and what was found."""
        if not body:
            return body, None
        media, charset = media_type(headers)
        if media and media in self._pass_types:
            return body, None
        if not is_plain(headers):
            raise _Refused(415, "unsupported_encoding", "a compressed body is not scanned")
        is_json = media == b"application/json" or media.endswith(b"+json")
        is_form = media == b"application/x-www-form-urlencoded"
        if not (is_json or is_form or media.startswith(b"text/")):
            raise _Refused(415, "unsupported_type", "a body of this type is not scanned")
        if charset not in UTF8:
            raise _Refused(415, "unsupported_encoding", "a body in this character set is not scanned")
        try:
            text = body.decode()
        except UnicodeDecodeError as error:
            raise _Refused(400, "invalid_utf8", "the body is not UTF-8", error.start) from None
        try:
            if is_json:
                out, reports = await self._scan_json(text)
            elif is_form:
                out, reports = await self._scan_form(text)
            else:
                out, reports = await self._scan_text(text)
        except ScanError as error:
            status = 413 if error.code == "input_too_large" else 400
            raise _Refused(status, error.code, error.message, error.offset) from None
        scanned = RequestScan(
            _strongest(reports),
            max((report.score for report in reports), default=0),
            reports,
        )
        if scanned.decision is Decision.BLOCK:
            raise _blocked(scanned)
        return (out.encode() if scanned.decision is Decision.REDACT else body), scanned

    async def _scan_json(self, text: str) -> "Tuple[str, _Reports]":
        report = await self.scanner.scan_json_async(text, origin=self._origin)
        return report.redact(text), (report,)

    async def _scan_form(self, text: str) -> "Tuple[str, _Reports]":
        try:
            pairs = parse_qsl(text, keep_blank_values=True, errors="surrogateescape", max_num_fields=_FIELDS_MAX)
        except ValueError:
            raise _Refused(413, "input_too_large", "the form has too many fields") from None
        parts = [part for pair in pairs for part in pair]
        reports = await self.scanner.scan_batch_async(parts, origin=self._origin)
        out = [report.redact(part) for part, report in zip(parts, reports)]
        # The application may read it as JSON or as a text, whatever its type says.
        whole, more = await self._scan_text(text)
        if _strongest(more) > _strongest(reports):
            return whole, (*reports, *more)
        return urlencode(list(zip(out[::2], out[1::2])), errors="surrogateescape"), tuple(reports)

    async def _scan_text(self, text: str) -> "Tuple[str, _Reports]":
        reports: _Reports = ()
        if text.lstrip()[:1] in ("{", "[", '"'):
            try:
                text, reports = await self._scan_json(text)
            except ScanError:
                # It only looks like JSON.
                pass
        report = await self.scanner.scan_async(text, origin=self._origin)
        return report.redact(text), (*reports, report)

    def _scope_of(self, scope: Scope, headers: Headers, body: bytes, scanned: Optional[RequestScan]) -> Scope:
        headers = without(headers, _DECISION)
        if scanned is not None:
            headers.append((_DECISION, scanned.decision.value.encode()))
            if values(headers, b"content-length"):
                headers = [*without(headers, b"content-length"), (b"content-length", str(len(body)).encode())]
        extensions: Dict[str, Any] = dict(scope.get("extensions") or {})
        offered = {name: value for name, value in extensions.items() if name not in UNSCANNED}
        state = scope.setdefault("state", {})
        state["edgewarden"] = scanned
        return {**scope, "headers": headers, "extensions": offered, "state": state}


_Reports = Tuple[Union[ScanReport, JsonReport], ...]


class _Refused(Exception):
    """A request that the application does not see."""

    def __init__(self, status: int, code: str, message: str, offset: Optional[int] = None) -> None:
        super().__init__(message)
        self.status = status
        self.error: Dict[str, Any] = {"code": code, "message": message}
        if offset is not None:
            self.error["offset"] = offset

    async def answer(self, send: Send) -> None:
        """Sends the error as JSON."""
        await send_error(send, self.status, self.error)


def _strongest(reports: Iterable[Union[ScanReport, JsonReport]]) -> Decision:
    return max((report.decision for report in reports), default=Decision.ALLOW)


def _too_large() -> _Refused:
    return _Refused(413, "input_too_large", "the body is too large")


def _blocked(scanned: RequestScan) -> _Refused:
    refused = _Refused(400, "blocked", "the request was blocked")
    found = {finding.rule_id: finding.category.value for report in scanned.reports for finding in report.findings}
    refused.error["findings"] = [{"rule_id": rule_id, "category": found[rule_id]} for rule_id in found]
    log.warning("request blocked: %s", ", ".join(found))
    return refused


def _replay(body: bytes, receive: Receive) -> Receive:
    """Gives the body once, then what the server has."""
    is_given = False

    async def replay() -> Message:
        nonlocal is_given
        if is_given:
            return await receive()
        is_given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay


_DECISION = b"x-edgewarden-decision"
# Far more than an honest form has.
_FIELDS_MAX = 10_000
