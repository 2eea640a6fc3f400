"""What a scanner is told, as values, and its way into JSON."""

import json
import re
from dataclasses import dataclass, fields
from datetime import datetime, timedelta, timezone
from enum import Enum
from typing import Dict, Iterable, List, Mapping, Optional, Union

from ._errors import ArgumentTypeError, ArgumentValueError, OptionError
from ._names import Decision, Layer, Origin, Preset, Strictness

Time = Union[int, datetime]
"""Milliseconds since 1970, or a datetime with a time zone."""


@dataclass(frozen=True)
class Thresholds:
    """Scores from which a decision is taken: 0 to 1000, 1001 for never; None keeps the preset's value."""

    flag: Optional[int] = None
    """From this score on: flag."""
    block: Optional[int] = None
    """From this score on: block."""
    redact: Optional[int] = None
    """From this weight of a secret or personal datum on: redact."""


@dataclass(frozen=True)
class AllowEntry:
    """A text that may be found without consequence."""

    text: str
    """What the whole span of the finding reads, ASCII case aside."""
    rule_id: Optional[str] = None
    """Only for this rule."""
    until: Optional[Time] = None
    """Only before this time."""

    def __repr__(self) -> str:
        return f"<AllowEntry text={len(self.text)} rule_id={self.rule_id!r} until={self.until!r}>"


@dataclass(frozen=True)
class Limits:
    """Caps on what one scan may cost; None keeps the default. What breaks one is answered with on_limit."""

    input_bytes: Optional[int] = None
    """Longest text in bytes of UTF-8. Default: 8 MiB."""
    documents: Optional[int] = None
    """Most texts one scan looks at: the original and what was derived from it. Default: 128."""
    derived_per_byte: Optional[int] = None
    """Bytes of derived text per byte of input. Default: 6."""
    derived_bytes_min: Optional[int] = None
    """Bytes of derived text that are always allowed. Default: 16 KiB."""
    depth: Optional[int] = None
    """Most decoders on top of each other. Default: 4."""
    findings: Optional[int] = None
    """Most findings kept. Default: 1024."""
    fuel_per_byte: Optional[int] = None
    """Steps of work per byte of input. Default: 96."""
    json_depth: Optional[int] = None
    """Deepest JSON. Default: 128."""


ThresholdsOption = Union[Thresholds, Mapping[str, int]]
AllowOption = Union[AllowEntry, Mapping[str, Union[str, Time]]]
LimitsOption = Union[Limits, Mapping[str, int]]


def options_json(
    preset: Union[Preset, str, None],
    strictness: Union[Strictness, str, None],
    thresholds: Optional[Mapping[Union[Origin, str], ThresholdsOption]],
    disabled_layers: Iterable[Union[Layer, str]],
    disabled_rules: Iterable[str],
    allowed_hosts: Iterable[str],
    allow: Iterable[AllowOption],
    canaries: Iterable[str],
    on_limit: Union[Decision, str, None],
    limits: Optional[LimitsOption],
) -> str:
    """The JSON form that every language shares."""
    lists: Dict[str, Iterable[object]] = {
        "disabled_layers": disabled_layers,
        "disabled_rules": disabled_rules,
        "allowed_hosts": allowed_hosts,
        "allow": allow,
        "canaries": canaries,
    }
    single: Dict[str, object] = {
        "preset": preset,
        "strictness": strictness,
        "thresholds": thresholds,
        "on_limit": on_limit,
        "limits": limits,
    }
    options: Dict[str, object] = {name: list_of(value, name) for name, value in lists.items()}
    options.update((name, value) for name, value in single.items() if value is not None)
    return json.dumps(plain(options, "", _CAMEL_DEPTH))


def millis_of(value: object, field: str) -> int:
    """A time as milliseconds since 1970."""
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ArgumentValueError(
                "invalid_argument", f"argument `{field}`: a datetime without a time zone", None, field
            )
        value = (value - _EPOCH) // timedelta(milliseconds=1)
    if isinstance(value, bool) or not isinstance(value, int):
        message = f"argument `{field}`: not milliseconds since 1970"
        raise ArgumentTypeError("invalid_argument", message, None, field)
    if not 0 <= value <= _TIME_MAX:
        message = f"argument `{field}`: not from 0 to 2^53 - 1"
        raise ArgumentValueError("invalid_argument", message, None, field)
    return value


def snake_error(error: OptionError) -> OptionError:
    """The same error with the names of Python's arguments."""
    field = error.field
    if field is None:
        return error
    snake = re.sub("[A-Z]", lambda letter: "_" + letter[0].lower(), field)
    return OptionError(error.code, error.message.replace(f"`{field}`", f"`{snake}`"), error.offset, snake)


def list_of(value: object, field: str) -> List[object]:
    """The elements of an option that is a list."""
    if isinstance(value, (str, bytes, Mapping)) or not isinstance(value, Iterable):
        raise _wrong(field, "not a list")
    return list(value)  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]


def plain(value: object, field: str, camel: int) -> object:
    """What JSON has a form for. Names of members become camelCase down to the depth `camel`."""
    if isinstance(value, Enum):
        return plain(value.value, field, 0)
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, int):
        return value if abs(value) <= _TIME_MAX else _TIME_MAX + 1
    if isinstance(value, datetime):
        try:
            return millis_of(value, field)
        except ArgumentValueError:
            raise _wrong(field, "not a time with a zone from 1970 on") from None
    if isinstance(value, (Thresholds, AllowEntry, Limits)):
        given = ((each.name, getattr(value, each.name)) for each in fields(value))
        value = {name: one for name, one in given if one is not None}
    if isinstance(value, Mapping):
        return _object(value, field, camel)  # pyright: ignore[reportUnknownArgumentType]
    if isinstance(value, (list, tuple)):
        elements: List[object] = list(value)  # pyright: ignore[reportUnknownArgumentType]
        return [plain(one, f"{field}.{i}", camel) for i, one in enumerate(elements)]
    raise _wrong(field, "of the wrong kind")


def _object(value: Mapping[object, object], field: str, camel: int) -> Dict[str, object]:
    out: Dict[str, object] = {}
    for name, one in value.items():
        name = name.value if isinstance(name, Enum) else name
        if not isinstance(name, str):
            raise _wrong(field, "a name that is not a string")
        inner = plain(one, f"{field}.{name}" if field else name, camel - 1)
        out[_camel(name) if camel > 0 else name] = inner
    return out


def _camel(name: str) -> str:
    return re.sub("_([a-z])", lambda letter: letter[1].upper(), name)


def _wrong(field: str, what: str) -> OptionError:
    return OptionError("invalid_option", f"option `{field}`: {what}", None, field)


_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_TIME_MAX = 2**53 - 1
# Options, the members of each of them, and the members of thresholds.
_CAMEL_DEPTH = 3
