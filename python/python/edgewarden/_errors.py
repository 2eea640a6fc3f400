"""The exceptions, each with a stable code."""

from typing import Dict, Optional, Tuple, Type


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

    def __reduce__(
        self,
    ) -> Tuple[Type["EdgewardenError"], Tuple[str, str, Optional[int], Optional[str]]]:
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
    """A stream was used after its end."""


class InternalError(EdgewardenError, RuntimeError):
    """A fault of this library. Treat the text as not scanned."""


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
