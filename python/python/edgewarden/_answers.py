"""The answers of an application on their way out."""

import codecs
import json
import logging
from typing import Any, Awaitable, Callable, Dict, Iterable, List, MutableMapping, Optional, Sequence, Tuple

from ._events import Event, EventReader, EventText
from ._names import Decision
from ._native import StreamOutput, StreamScanner

Message = MutableMapping[str, Any]
Headers = List[Tuple[bytes, bytes]]
Send = Callable[[Message], Awaitable[None]]
Select = Callable[[int, Headers], bool]

log = logging.getLogger("edgewarden.asgi")


class AnswerEnded(OSError):
    """What an application meets that goes on writing after its answer was stopped, as if the client had gone."""


class Answer:
    """Scans one answer and lets out what was released."""

    def __init__(
        self,
        send: Send,
        open_stream: Callable[[], StreamScanner],
        select: Select,
        notice: str,
        event_text: EventText,
        is_head: bool,
    ) -> None:
        self._send = send
        self._open_stream = open_stream
        self._select = select
        self._notice = notice
        self._event_text = event_text
        self._is_head = is_head
        self._start: Optional[Message] = None
        self._body: Optional[_Body] = None
        self.is_stopped = False
        """Whether the notice stands in the place of the rest."""

    async def send(self, message: Message) -> None:
        """Takes what the application sends."""
        if self.is_stopped:
            raise AnswerEnded("the answer was stopped")
        kind = message["type"]
        if kind == "http.response.start":
            await self._begin(message)
        elif self._body is None:
            await self._send(message)
        elif kind == "http.response.body":
            await self._continue(self._body, message)
        elif kind in UNSCANNED:
            # The extension was not offered: the application took it all the same.
            await self._refuse()
        else:
            await self._send(message)

    async def _begin(self, message: Message) -> None:
        headers: Headers = [(bytes(name).lower(), bytes(value)) for name, value in message.get("headers", ())]
        status = int(message["status"])
        if status in (204, 304) or not self._select(status, headers):
            await self._send(message)
            return
        media, charset = media_type(headers)
        if not is_plain(headers) or charset not in UTF8:
            self._start = {"type": "http.response.start", "status": status}
            await self._refuse()
            return
        start = {**message, "headers": without(headers, b"content-length")}
        if self._is_head:
            # Without a body there is nothing to scan, and no telling how long it would be.
            await self._send(start)
            return
        is_events = media == b"text/event-stream"
        scanner = self._open_stream()
        self._body = _Events(scanner, self._event_text) if is_events else _Body(scanner)
        if values(headers, b"content-length"):
            # The length is known to the application: wait for the body, to tell the client its new length.
            self._start = start
        else:
            await self._send(start)

    async def _continue(self, body: "_Body", message: Message) -> None:
        is_last = not message.get("more_body", False)
        out = body.take(bytes(message.get("body", b"")), is_last)
        self.is_stopped = body.is_blocked
        if self.is_stopped:
            log.warning("answer stopped: %s", ", ".join(body.rule_ids))
            out += body.notice(self._notice)
            is_last = True
        data = out.encode()
        if self._start is not None:
            start, self._start = self._start, None
            if is_last:
                start["headers"] = [*start["headers"], (b"content-length", str(len(data)).encode())]
            await self._send(start)
        if data or is_last:
            await self._send({"type": "http.response.body", "body": data, "more_body": not is_last})

    async def _refuse(self) -> None:
        """Ends an answer that cannot be scanned."""
        self.is_stopped = True
        log.error("answer stopped: it is compressed, not UTF-8, or sent as a file")
        if self._start is not None:
            body = b'{"error":{"code":"answer_not_scannable","message":"the answer cannot be scanned"}}'
            length = str(len(body)).encode()
            headers = [(b"content-type", b"application/json"), (b"content-length", length)]
            await self._send({"type": "http.response.start", "status": 500, "headers": headers})
            await self._send({"type": "http.response.body", "body": body})
        else:
            await self._send({"type": "http.response.body", "body": b""})


class _Body:
    """A body that is one text."""

    def __init__(self, stream: StreamScanner) -> None:
        self._stream = stream
        # What goes out is what was scanned, so a byte that is no text does no harm.
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self.is_blocked = False
        self.rule_ids: Dict[str, None] = {}

    def take(self, data: bytes, is_last: bool) -> str:
        """What may go out now."""
        return self._take(self._decoder.decode(data, is_last), is_last)

    def notice(self, text: str) -> str:
        """What stands in the place of the rest."""
        return text

    def _take(self, text: str, is_last: bool) -> str:
        out = self._learn(self._stream.push(text)) if text else ""
        if is_last and not self.is_blocked:
            out += self._learn(self._stream.finish())
        return out

    def _learn(self, output: StreamOutput) -> str:
        self.is_blocked = output.decision is Decision.BLOCK
        self.rule_ids.update((finding.rule_id, None) for finding in output.findings)
        return output.release


class _Events(_Body):
    """A body of server-sent events: their texts are one stream, which goes out in events of the same form."""

    def __init__(self, stream: StreamScanner, event_text: EventText) -> None:
        super().__init__(stream)
        self._reader = EventReader()
        self._event_text = event_text
        self._pushed_bytes = 0
        # The last event with text, in whose form text goes out.
        self._form: Optional[Event] = None
        # Events without text, each with how much text came before it.
        self._waiting: List[Tuple[int, str]] = []

    def notice(self, text: str) -> str:
        return Event(None, ("event: blocked",)).written(text)

    def _take(self, text: str, is_last: bool) -> str:
        out: List[str] = []
        self._scan(self._reader.read(text), out)
        if self._reader.held > EVENT_MAX:
            self.is_blocked = True
            self.rule_ids["event-too-long"] = None
        if is_last and not self.is_blocked:
            self._scan(self._reader.end(), out)
        if is_last and not self.is_blocked:
            self._write(self._learn(self._stream.finish()), out)
            if not self.is_blocked:
                out.extend(event for _, event in self._waiting)
        return "".join(out)

    def _scan(self, events: Iterable[Event], out: List[str]) -> None:
        for event in events:
            if self.is_blocked:
                return
            data = event.data
            text = None if data is None else self._event_text.read(data)
            if text is None:
                self._waiting.append((self._pushed_bytes, event.written(data)))
            else:
                self._form = event
                # JSON may hold halves of pairs, which are counted as what stands for them in the stream.
                text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
                self._pushed_bytes += len(text.encode())
                self._write(self._learn(self._stream.push(text)), out)
            if not self.is_blocked:
                self._pass_on(out)

    def _pass_on(self, out: List[str]) -> None:
        """Lets out the events whose turn has come: the text before them has gone."""
        gone = self._pushed_bytes - self._stream.held_bytes
        while self._waiting and self._waiting[0][0] <= gone:
            out.append(self._waiting.pop(0)[1])

    def _write(self, release: str, out: List[str]) -> None:
        form = self._form
        if release and form is not None:
            out.append(form.written(self._event_text.write(form.data or "", release)))


async def send_error(
    send: Send,
    status: int,
    error: Dict[str, Any],
    more: Sequence[Tuple[bytes, bytes]] = (),
    kind: str = "http",
) -> None:
    """Sends an error as JSON; kind: http, or websocket for one that is not accepted."""
    body = json.dumps({"error": error}).encode()
    length = str(len(body)).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", length), *more]
    await send({"type": f"{kind}.response.start", "status": status, "headers": headers})
    await send({"type": f"{kind}.response.body", "body": body})


def media_type(headers: Headers) -> Tuple[bytes, bytes]:
    """Media type and character set, in lower case; both empty when the header is missing or there are several."""
    found = values(headers, b"content-type")
    if len(found) != 1:
        return b"", b""
    media, *parameters = found[0].lower().split(b";")
    charset = b"utf-8"
    for parameter in parameters:
        name, _, value = parameter.partition(b"=")
        if name.strip() == b"charset":
            charset = value.strip().strip(b'"')
    return media.strip(), charset


def is_plain(headers: Headers) -> bool:
    """Whether the body is not compressed."""
    codings = [c.strip().lower() for value in values(headers, b"content-encoding") for c in value.split(b",")]
    return all(coding in (b"", b"identity") for coding in codings)


def values(headers: Headers, name: bytes) -> List[bytes]:
    """Values of the header of that name, which is in lower case."""
    return [value for one, value in headers if one.lower() == name]


def without(headers: Headers, name: bytes) -> Headers:
    """The headers but those of that name, which is in lower case."""
    return [(one, value) for one, value in headers if one.lower() != name]


def is_text(status: int, headers: Headers) -> bool:
    """Whether an answer is text/plain or text/event-stream."""
    return media_type(headers)[0] in (b"text/plain", b"text/event-stream")


UTF8 = (b"utf-8", b"utf8", b"us-ascii", b"ascii")
# Ways to send a body past the middleware; they are not offered to the application.
UNSCANNED = ("http.response.pathsend", "http.response.zerocopysend")
# Longest event, in characters.
EVENT_MAX = 1 << 20
