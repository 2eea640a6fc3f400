"""The exceptions, each with a stable code."""

from typing import Any, Dict, NamedTuple, Optional, Tuple, Type


class EdgewardenError(Exception):
    """Base of everything this package raises on purpose. Messages hold no text of yours."""

    code: str
    """Stable snake_case name; error_catalogue() lists them."""
    message: str
    """For people."""
    offset: Optional[int]
    """Where in the input: code points of a str, bytes of bytes."""
    field: Optional[str]
    """Which argument or option, as a path such as limits.findings."""

    def __init__(
        self, code: str, message: str, offset: Optional[int] = None, field: Optional[str] = None
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.offset = offset
        self.field = field

    def __reduce__(self) -> Tuple[Type["EdgewardenError"], Tuple[Any, ...]]:
        return type(self), (self.code, self.message, self.offset, self.field)


class ScanError(EdgewardenError, ValueError):
    """Bytes that are not UTF-8, or a document that is not JSON, too deep or too long."""


class SessionError(EdgewardenError, ValueError):
    """Bytes that are not a session state."""


class OptionError(EdgewardenError, ValueError):
    """An option that is unknown, of the wrong kind or outside its range."""


class RuleSetError(EdgewardenError, ValueError):
    """Bytes that are not a rule set this version reads."""


class ArgumentError(EdgewardenError):
    """An argument of the wrong type (ArgumentTypeError) or outside its range (ArgumentValueError)."""


class ArgumentTypeError(ArgumentError, TypeError):
    """An argument of the wrong type."""


class ArgumentValueError(ArgumentError, ValueError):
    """An argument outside its range."""


class ClosedError(EdgewardenError, RuntimeError):
    """A stream or a check was used after its end."""


class InternalError(EdgewardenError, RuntimeError):
    """A fault of this library. Treat the text as not scanned."""


class KeySetError(EdgewardenError, ValueError):
    """A document that is no key set, or a key that cannot be used."""


class KeyCacheError(EdgewardenError, ValueError):
    """An issuer that a key cache does not take, or a ticket that counts no longer. Nothing changed."""


class SnapshotError(EdgewardenError, ValueError):
    """Bytes that are not a snapshot, or not one under this key. The cache is as it was."""


class Evidence(NamedTuple):
    """What was found in a token against what is right."""

    kind: str
    """offset (a byte), limit (found against the most), length (found against the right one), or time (now against the
    line that the token draws, in milliseconds)."""
    found: int
    """What was found."""
    expected: Optional[int] = None
    """What it is held against; not for an offset."""


class VerifyError(EdgewardenError):
    """A token is refused. Holds no text of the token, so it may be logged."""

    place: str
    """The part that is wrong: token, header, payload, key, signature, claim or keys."""
    part: Optional[str]
    """Which header parameter or claim."""
    retry: str
    """Whether the same token may be accepted later: never, after_refresh of the key set, or at a time."""
    retry_at: Optional[int]
    """That time, in milliseconds since 1970."""
    evidence: Optional[Evidence]
    """Numbers that say more."""
    http_status: int
    """The status of a response: 401, or 503 where the server has no keys."""

    def __init__(
        self,
        code: str,
        message: str,
        place: str,
        part: Optional[str] = None,
        retry: str = "never",
        retry_at: Optional[int] = None,
        evidence: Optional[Evidence] = None,
        http_status: int = 401,
    ) -> None:
        super().__init__(code, message)
        self.place = place
        self.part = part
        self.retry = retry
        self.retry_at = retry_at
        self.evidence = evidence
        self.http_status = http_status

    def __reduce__(self) -> Tuple[Type[EdgewardenError], Tuple[Any, ...]]:
        more = (self.place, self.part, self.retry, self.retry_at, self.evidence, self.http_status)
        return type(self), (self.code, self.message, *more)


class TokenExpired(VerifyError):
    """The token has expired: the client needs a new one."""


class TokenNotYetValid(VerifyError):
    """The token is not valid yet, or comes from the future: clocks may differ."""


class KeysUnavailable(VerifyError):
    """There are no keys to verify with: not the token's fault but the server's."""


_CLASSES: Dict[str, Type[EdgewardenError]] = {
    "invalid_utf8": ScanError,
    "invalid_json": ScanError,
    "json_too_deep": ScanError,
    "input_too_large": ScanError,
    "invalid_session": SessionError,
    "invalid_option": OptionError,
    "invalid_thresholds": OptionError,
    "invalid_limits": OptionError,
    "rule_set_not_recognised": RuleSetError,
    "rule_set_version_unsupported": RuleSetError,
    "rule_set_truncated": RuleSetError,
    "rule_set_inconsistent": RuleSetError,
    "invalid_argument": ArgumentValueError,
    "closed": ClosedError,
    "blocked": ScanError,
    "not_initialized": InternalError,
    "internal": InternalError,
    "missing_issuer": OptionError,
    "missing_audience": OptionError,
    "missing_algorithms": OptionError,
    "hmac_needs_secret": OptionError,
    "not_hmac": OptionError,
    "unfit_secret": OptionError,
    "not_for_profile": OptionError,
    "too_many_issuers": KeyCacheError,
    "bad_issuer": KeyCacheError,
    "unknown_issuer": KeyCacheError,
    "ticket_spent": KeyCacheError,
    "ticket_superseded": KeyCacheError,
    "snapshot_too_large": SnapshotError,
    "not_a_snapshot": SnapshotError,
    "snapshot_unknown_version": SnapshotError,
    "snapshot_authentication_mismatch": SnapshotError,
    "snapshot_not_authentic": SnapshotError,
    "snapshot_malformed": SnapshotError,
    "key_set_too_large": KeySetError,
    "key_set_not_json": KeySetError,
    "key_set_too_deep": KeySetError,
    "key_set_duplicate_name": KeySetError,
    "not_a_key_set": KeySetError,
    "too_many_keys": KeySetError,
    "no_usable_key": KeySetError,
    "mixed_key_set": KeySetError,
    # What is wrong with a single key.
    "too_large": KeySetError,
    "bad_header": KeySetError,
    "alg_key_mismatch": KeySetError,
    "key_not_usable": KeySetError,
    "weak_key": KeySetError,
    "private_key_published": KeySetError,
    "bad_key": KeySetError,
    "key_unsupported": KeySetError,
}

_VERDICTS: Dict[str, Type[VerifyError]] = {
    "token_expired": TokenExpired,
    "token_not_yet_valid": TokenNotYetValid,
    "issued_in_future": TokenNotYetValid,
    "keys_unavailable": KeysUnavailable,
}


def error_of(
    code: str, message: str, offset: Optional[int], field: Optional[str]
) -> EdgewardenError:
    """The exception of a code."""
    return _CLASSES.get(code, EdgewardenError)(code, message, offset, field)


def type_error_of(
    code: str, message: str, offset: Optional[int], field: Optional[str]
) -> EdgewardenError:
    """The exception of a wrong type."""
    return ArgumentTypeError(code, message, offset, field)


def verify_error_of(
    code: str,
    message: str,
    place: str,
    part: Optional[str],
    retry: str,
    retry_at: Optional[int],
    evidence: Optional[Tuple[str, int, Optional[int]]],
    http_status: int,
) -> VerifyError:
    """The exception of a refused token."""
    told = None if evidence is None else Evidence(*evidence)
    return _VERDICTS.get(code, VerifyError)(code, message, place, part, retry, retry_at, told, http_status)
