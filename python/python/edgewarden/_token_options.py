"""What verifiers and key caches are told, and its way into JSON."""

import json
from typing import Dict, Iterable, Mapping, Optional, TypedDict

from ._errors import OptionError
from ._options import list_of, plain, snake_error


class TokenLimits(TypedDict, total=False):
    """Caps on what one token may cost; what is left out keeps its default."""

    token_bytes: int
    """Longest token. Default: 16,384."""
    header_bytes: int
    """Longest header, in base64url. Default: 4,096."""
    header_members: int
    """Most members of a header. Default: 64."""
    claims: int
    """Most claims. Default: 256."""
    values: int
    """Most values in header or payload. Default: 1,024."""
    json_depth: int
    """Deepest JSON. Default: 16."""
    kid_bytes: int
    """Longest kid. Default: 256."""


class KeyLimits(TypedDict, total=False):
    """Caps on a key set; what is left out keeps its default."""

    keys: int
    """Most keys. Default: 100."""
    bytes: int
    """Longest document. Default: 262,144."""


class KeyCacheOptions(TypedDict, total=False):
    """How long keys serve; what is left out keeps its default."""

    ttl_secs: int
    """How long a set is fresh where the response does not say. Default: 600."""
    ttl_secs_min: int
    """The least that a response can say. Default: 60."""
    ttl_secs_max: int
    """The most that a response can say. Default: 86,400."""
    stale_secs: int
    """How long a set serves while the endpoint is down. Default: 86,400."""
    fetch_secs: int
    """How long a fetch may take. Default: 10."""
    cooldown_secs: int
    """Least time between two fetches for unknown keys. Default: 30."""
    negative_secs: int
    """How long a key that was not found causes no other fetch. Default: 300."""
    grace_secs: int
    """How long a withdrawn key still serves. Default: 0."""
    issuers: int
    """Most issuers. Default: 64."""
    limits: KeyLimits
    """Caps on a key set."""


def verifier_json(
    issuer: Optional[str],
    audiences: Iterable[str],
    algorithms: Iterable[str],
    profile: Optional[str],
    confirmation: Optional[str],
    nonce: Optional[str],
    leeway_secs: Optional[int],
    age_secs_max: Optional[int],
    require: Iterable[str],
    without_expiry: bool,
    kidless_tries: Optional[int],
    limits: Optional[TokenLimits],
) -> str:
    """The JSON form that every language shares."""
    lists: Dict[str, object] = {"audiences": audiences, "algorithms": algorithms, "require": require}
    single: Dict[str, object] = {
        "issuer": issuer,
        "profile": profile,
        "confirmation": confirmation,
        "nonce": nonce,
        "leeway_secs": leeway_secs,
        "age_secs_max": age_secs_max,
        "kidless_tries": kidless_tries,
        "limits": limits,
    }
    options: Dict[str, object] = {name: list_of(value, name) for name, value in lists.items()}
    options["without_expiry"] = without_expiry
    options.update((name, value) for name, value in single.items() if value is not None)
    return json.dumps(plain(options, "", _CAMEL_DEPTH))


def key_cache_json(options: Mapping[str, object], trust: Iterable[str]) -> str:
    """The JSON form that every language shares."""
    given = {name: value for name, value in options.items() if value is not None}
    return json.dumps(plain({**given, "trust": list_of(trust, "trust")}, "", _CAMEL_DEPTH))


def key_limits_json(limits: object) -> str:
    """The same for the limits of one key set, which need no other spelling."""
    if not isinstance(limits, Mapping):
        raise OptionError("invalid_option", "option `limits`: not an object", None, "limits")
    return json.dumps(plain(limits, "limits", 0))  # pyright: ignore[reportUnknownArgumentType]


def within(error: OptionError, option: str) -> OptionError:
    """The error of an option inside of another."""
    error = snake_error(error)
    if error.field is None:
        return error
    field = f"{option}.{error.field}"
    return OptionError(error.code, error.message.replace(f"`{error.field}`", f"`{field}`"), error.offset, field)


# Options, and the members of their limits.
_CAMEL_DEPTH = 2
