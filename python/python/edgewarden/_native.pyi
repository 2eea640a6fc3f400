"""Native half of the package edgewarden."""

from typing import Any, ClassVar, Dict, Iterable, List, Optional, Tuple, Type, TypeVar, Union, final

from typing_extensions import disjoint_base

from ._names import Category, Confidence, Decision, Origin, Severity, Strictness
from ._options import Time

__all__ = [
    "Finding",
    "JsonFinding",
    "JsonReport",
    "Pseudonymized",
    "Pseudonymizer",
    "Redaction",
    "RuleInfo",
    "ScanReport",
    "Scanner",
    "SessionState",
    "StreamOutput",
    "StreamScanner",
    "__version__",
    "canary_find",
    "canary_line",
    "canary_word",
    "error_catalogue",
    "panic_probe",
]

_S = TypeVar("_S", bound="Scanner")
_T = TypeVar("_T", str, bytes)
_Bytes = Union[bytes, bytearray, memoryview]

__version__: str

@disjoint_base
class Finding:
    """One detection. It points into the text and does not quote it."""

    __match_args__: ClassVar[List[str]]
    def __new__(
        cls,
        rule_id: str,
        category: Union[Category, str],
        severity: Union[Severity, str],
        confidence: Union[Confidence, str],
        weight: int,
        start: int,
        end: int,
        chain: Tuple[str, ...] = (),
    ) -> Finding: ...
    @property
    def rule_id(self) -> str:
        """Stable kebab-case id of the rule."""
    @property
    def category(self) -> Category:
        """Class of attack or data."""
    @property
    def severity(self) -> Severity:
        """Harm if true."""
    @property
    def confidence(self) -> Confidence:
        """How likely true."""
    @property
    def weight(self) -> int:
        """Points it adds to the score, 0 to 1000."""
    @property
    def start(self) -> int:
        """First code point of the text, or first byte for scan_bytes."""
    @property
    def end(self) -> int:
        """One past the last."""
    @property
    def chain(self) -> Tuple[str, ...]:
        """Names of the decoders between the text and what the rule saw, outermost first."""
    @property
    def span(self) -> Tuple[int, int]:
        """(start, end), as re.Match.span gives it."""
    @property
    def slice(self) -> slice:
        """slice(start, end): text[finding.slice] is what was found."""
    def to_dict(self) -> Dict[str, Any]:
        """Return everything as a dictionary of plain values, ready for json.dumps."""
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@final
class JsonFinding(Finding):
    """A finding inside a JSON document; its offsets count the document."""

    def __new__(
        cls,
        pointer: str,
        rule_id: str,
        category: Union[Category, str],
        severity: Union[Severity, str],
        confidence: Union[Confidence, str],
        weight: int,
        start: int,
        end: int,
        chain: Tuple[str, ...] = (),
    ) -> JsonFinding: ...
    @property
    def pointer(self) -> str:
        """JSON Pointer (RFC 6901) of the string; for a member name the pointer of the member."""

@final
class Redaction:
    """One place that redaction replaces by its label in brackets."""

    __match_args__: ClassVar[List[str]]
    def __new__(cls, start: int, end: int, label: str) -> Redaction: ...
    @property
    def start(self) -> int:
        """First code point of the text, or first byte for scan_bytes."""
    @property
    def end(self) -> int:
        """One past the last."""
    @property
    def label(self) -> str:
        """What stands there instead, without its brackets."""
    @property
    def span(self) -> Tuple[int, int]:
        """(start, end), as re.Match.span gives it."""
    @property
    def slice(self) -> slice:
        """slice(start, end): text[redaction.slice] is what is replaced."""
    def to_dict(self) -> Dict[str, Any]:
        """Return everything as a dictionary of plain values, ready for json.dumps."""
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@final
class ScanReport:
    """The answer of a scan. It holds no text, so it may be logged."""

    __match_args__: ClassVar[List[str]]
    def __new__(
        cls,
        decision: Union[Decision, str],
        score: int = 0,
        findings: Tuple[Finding, ...] = (),
        redactions: Tuple[Redaction, ...] = (),
        findings_dropped: int = 0,
        findings_allowed: int = 0,
        rules_revision: int = 0,
        of_bytes: bool = False,
    ) -> ScanReport: ...
    @property
    def decision(self) -> Decision:
        """What to do with the text."""
    @property
    def score(self) -> int:
        """0 (nothing seen) to 1000."""
    @property
    def findings(self) -> Tuple[Finding, ...]:
        """What was found, by position, then rule id."""
    @property
    def redactions(self) -> Tuple[Redaction, ...]:
        """What redaction replaces, in order and without overlap."""
    @property
    def findings_dropped(self) -> int:
        """Findings beyond the limit, counted but not kept."""
    @property
    def findings_allowed(self) -> int:
        """Findings that the allow-list took out."""
    @property
    def rules_revision(self) -> int:
        """Revision of the rules that were used."""
    @property
    def of_bytes(self) -> bool:
        """Whether offsets count bytes: true for scan_bytes alone."""
    def redact(self, text: _T, /) -> _T:
        """Return the text that was scanned with each redaction replaced by its label: str, or bytes after scan_bytes."""
    def to_dict(self) -> Dict[str, Any]:
        """Return everything as a dictionary of plain values, ready for json.dumps."""
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@final
class JsonReport:
    """The answer of a scan of a JSON document. It holds no text but the pointers, which name members."""

    __match_args__: ClassVar[List[str]]
    def __new__(
        cls,
        decision: Union[Decision, str],
        score: int = 0,
        findings: Tuple[JsonFinding, ...] = (),
        redactions: Tuple[Redaction, ...] = (),
        strings: int = 0,
    ) -> JsonReport: ...
    @property
    def decision(self) -> Decision:
        """What to do with the document."""
    @property
    def score(self) -> int:
        """0 to 1000, over all strings together."""
    @property
    def findings(self) -> Tuple[JsonFinding, ...]:
        """What was found, in the order of the document."""
    @property
    def redactions(self) -> Tuple[Redaction, ...]:
        """What redaction replaces in the document; it stays JSON."""
    @property
    def strings(self) -> int:
        """How many strings were scanned."""
    def redact(self, json: str, /) -> str:
        """Return the document that was scanned with each redaction replaced by its label."""
    def to_dict(self) -> Dict[str, Any]:
        """Return everything as a dictionary of plain values, ready for json.dumps."""
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@final
class StreamOutput:
    """What a push or the end of a stream yields."""

    __match_args__: ClassVar[List[str]]
    def __new__(
        cls, release: str, decision: Union[Decision, str], score: int = 0, findings: Tuple[Finding, ...] = ()
    ) -> StreamOutput: ...
    @property
    def release(self) -> str:
        """Text that may go out, credentials and personal data already replaced."""
    @property
    def decision(self) -> Decision:
        """Decision for the stream so far; it never becomes weaker."""
    @property
    def score(self) -> int:
        """Score of the stream so far, 0 to 1000."""
    @property
    def findings(self) -> Tuple[Finding, ...]:
        """New findings; offsets count from the start of the stream."""
    def to_dict(self) -> Dict[str, Any]:
        """Return everything as a dictionary of plain values, ready for json.dumps."""
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@final
class RuleInfo:
    """What a rule is, without its patterns."""

    __match_args__: ClassVar[List[str]]
    def __new__(
        cls,
        id: str,
        category: Union[Category, str],
        severity: Union[Severity, str],
        confidence: Union[Confidence, str],
        strictness: Union[Strictness, str],
        weight: int,
        languages: Tuple[str, ...],
    ) -> RuleInfo: ...
    @property
    def id(self) -> str:
        """Stable kebab-case id."""
    @property
    def category(self) -> Category:
        """Class of attack or data."""
    @property
    def severity(self) -> Severity:
        """Harm if true."""
    @property
    def confidence(self) -> Confidence:
        """How likely true."""
    @property
    def strictness(self) -> Strictness:
        """Lowest level at which the rule runs."""
    @property
    def weight(self) -> int:
        """Points it adds to the score."""
    @property
    def languages(self) -> Tuple[str, ...]:
        """BCP 47 tags of the languages it reads; empty when it depends on none."""
    def to_dict(self) -> Dict[str, Any]:
        """Return everything as a dictionary of plain values, ready for json.dumps."""
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@disjoint_base
class Scanner:
    """Scans on the native side; edgewarden.PromptScanner adds what options and event loops need."""

    def __new__(cls: Type[_S], options: str, rules: Optional[_Bytes] = None, /) -> _S: ...
    def scan(
        self, text: str, *, origin: Union[Origin, str] = "user", now: Optional[Time] = None
    ) -> ScanReport:
        """Scan one text. What cannot be scanned to the end is reported as a finding, never raised."""
    def scan_bytes(
        self, data: _Bytes, *, origin: Union[Origin, str] = "user", now: Optional[Time] = None
    ) -> ScanReport:
        """Scan bytes that should be UTF-8. Offsets of the report count bytes."""
    def scan_batch(
        self, texts: Iterable[str], *, origin: Union[Origin, str] = "user", now: Optional[Time] = None
    ) -> List[ScanReport]:
        """Scan several texts of one origin, in order, while other threads run."""
    def scan_json(self, json: str, *, origin: Union[Origin, str] = "user") -> JsonReport:
        """Scan every string of a JSON document, member names too. Offsets count the document."""
    def scan_in_session(
        self,
        text: str,
        session: SessionState,
        *,
        origin: Union[Origin, str] = "user",
        now: Optional[Time] = None,
    ) -> ScanReport:
        """Scan one message of a conversation and book it there."""
    def stream(self, *, origin: Union[Origin, str] = "assistant") -> StreamScanner:
        """Return a scanner for a stream of text of one origin."""
    def explain(self, text: str, *, origin: Union[Origin, str] = "user", now: Optional[Time] = None) -> str:
        """Scan and say in words how the decision came about. Places count bytes of UTF-8. It holds no text of yours."""
    def rules(self) -> List[RuleInfo]:
        """Return the rules in force, in the order of their ids."""
    @property
    def rules_revision(self) -> int:
        """Revision of the rules in force."""

@final
class SessionState:
    """State of one conversation, for PromptScanner.scan_in_session. Calls from several threads take turns."""

    def __new__(cls) -> SessionState: ...
    @staticmethod
    def from_bytes(data: _Bytes, /) -> SessionState:
        """Return the state that to_bytes has written."""
    def to_bytes(self) -> bytes:
        """Return versioned bytes, at most about 4 KiB. They hold the last words of each side: store them like the
        conversation."""
    @property
    def turns(self) -> int:
        """Messages seen."""
    @property
    def risk(self) -> int:
        """Decayed risk, 0 to 1000."""

@final
class StreamScanner:
    """Scans a stream piece by piece and releases what is known to be safe. PromptScanner.stream makes it; calls from
    several threads take turns. After finish every call but is_finished raises ClosedError."""

    def push(self, piece: str, /) -> StreamOutput:
        """Take the next piece of text. A surrogate pair split over two pieces becomes two U+FFFD."""
    def finish(self) -> StreamOutput:
        """End the stream: scan and release the rest."""
    @property
    def decision(self) -> Decision:
        """Decision for the stream so far."""
    @property
    def score(self) -> int:
        """Score of the stream so far, 0 to 1000."""
    @property
    def findings(self) -> Tuple[Finding, ...]:
        """Everything found so far, with places grown to what was seen since."""
    @property
    def held_bytes(self) -> int:
        """Bytes of UTF-8 taken but not released yet."""
    @property
    def is_finished(self) -> bool:
        """Whether the stream has ended."""

@final
class Pseudonymizer:
    """Replaces credentials and personal data by stable placeholders under one key of at least 16 bytes."""

    def __new__(cls, key: _Bytes) -> Pseudonymizer: ...
    def pseudonymize(self, text: str, report: Union[ScanReport, JsonReport], /) -> Pseudonymized:
        """Replace what the redactions of a report point at in the text that was scanned."""

@final
class Pseudonymized:
    """A pseudonymised text and what is needed to read it again. The originals are as secret as the original text."""

    __match_args__: ClassVar[List[str]]
    def __new__(cls, text: str, originals: Tuple[Tuple[str, str], ...]) -> Pseudonymized: ...
    @property
    def text(self) -> str:
        """The text with placeholders."""
    @property
    def originals(self) -> Tuple[Tuple[str, str], ...]:
        """Pairs of placeholder and value, in order of first appearance."""
    def restore(self, text: str, /) -> str:
        """Put the originals back into a text that holds placeholders, such as a model's answer."""
    def to_dict(self) -> Dict[str, Any]:
        """Return everything as a dictionary of plain values, ready for json.dumps."""
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...

def canary_word(key: _Bytes, id: str, /) -> str:
    """Return the canary word of a prompt: 24 letters from HMAC-SHA-256 of id under a key of at least 16 bytes."""

def canary_line(word: str, /) -> str:
    """Return a line with the word, to put into a system prompt."""

def canary_find(word: str, text: str, /) -> Optional[Tuple[int, int]]:
    """Return (start, end) where the text holds the word or at least half of it, or None."""

def error_catalogue() -> Dict[str, str]:
    """Return every code an error can have, with when it is given."""

def panic_probe() -> None:
    """Panic inside: tests show with it that a panic becomes an InternalError."""
