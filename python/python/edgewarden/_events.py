"""Server-sent events: read in pieces, written again."""

import json
from typing import Any, Iterator, List, Optional, Tuple, Union


class Event:
    """One event: its data, and the lines of its other fields."""

    __slots__ = ("data", "fields")

    def __init__(self, data: Optional[str], fields: Tuple[str, ...]) -> None:
        self.data = data
        """None if it has none: the event is a comment or sets a field alone."""
        self.fields = fields

    def written(self, data: Optional[str]) -> str:
        """The event with other data, as it goes over the wire."""
        lines = list(self.fields)
        if data is not None:
            lines.extend("data: " + line for line in _lines(data))
        return "\n".join(lines) + "\n\n"


class EventReader:
    """Cuts a text that comes in pieces into events."""

    def __init__(self) -> None:
        self._rest = ""
        self._lines: List[str] = []
        self._is_start = True

    def read(self, piece: str) -> Iterator[Event]:
        """The events that the piece completes."""
        if self._is_start and piece:
            self._is_start = False
            piece = piece[1:] if piece.startswith("\ufeff") else piece
        text = self._rest + piece
        # A carriage return at the end may be the first half of a line end.
        held = "\r" if text.endswith("\r") else ""
        lines = _lines(text[: len(text) - len(held)])
        self._rest = lines.pop() + held
        for line in lines:
            yield from self._take(line)

    def end(self) -> Iterator[Event]:
        """What a stream leaves that does not end with a blank line."""
        rest, self._rest = self._rest.rstrip("\r"), ""
        if rest:
            yield from self._take(rest)
        yield from self._take("")

    @property
    def held(self) -> int:
        """Characters taken that belong to no event yet."""
        return len(self._rest) + sum(map(len, self._lines))

    def _take(self, line: str) -> Iterator[Event]:
        if line:
            self._lines.append(line)
            return
        lines, self._lines = self._lines, []
        data: List[str] = []
        fields: List[str] = []
        for one in lines:
            name, _, value = one.partition(":")
            if name == "data":
                data.append(value[1:] if value.startswith(" ") else value)
            else:
                fields.append(one)
        if lines:
            yield Event("\n".join(data) if data else None, tuple(fields))


class EventText:
    """Where the text of a model stands in the data of an event. This one: the data is the text, but for [DONE]."""

    def read(self, data: str) -> Optional[str]:
        """The text in the data, or None if the event has none; it is then passed on as it is."""
        return None if data == "[DONE]" else data

    def write(self, data: str, text: str) -> str:
        """The data with the text in the place of its own."""
        return text


class JsonText(EventText):
    """The data is JSON and the text a member of it: JsonText("choices", 0, "delta", "content").

    Events without that member, or where it is no string, are passed on as they are.
    """

    def __init__(self, *path: Union[str, int]) -> None:
        if not path:
            raise ValueError("a path of at least one step is needed")
        self._path = path

    def read(self, data: str) -> Optional[str]:
        try:
            value: Any = json.loads(data)
            for step in self._path:
                value = value[step]
        except (ValueError, LookupError, TypeError, RecursionError):
            return None
        return value if isinstance(value, str) else None

    def write(self, data: str, text: str) -> str:
        document: Any = json.loads(data)
        parent: Any = document
        for step in self._path[:-1]:
            parent = parent[step]
        parent[self._path[-1]] = text
        return json.dumps(document)


def _lines(text: str) -> List[str]:
    """Lines as the standard of server-sent events ends them, which knows fewer line ends than Python does."""
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
