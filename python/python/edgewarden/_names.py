"""The closed sets of names, as enums whose members are strings."""

from enum import Enum
from typing import TYPE_CHECKING, Dict, Type, TypeVar

_E = TypeVar("_E", bound="_Name")
_ranks: Dict[Type["_Ordered"], Dict[str, int]] = {}


class _Name(str, Enum):
    _value_: str

    if TYPE_CHECKING:
        # What Enum puts in the place of the constructor of str.
        def __new__(cls: Type[_E], value: object) -> _E: ...

    def __str__(self) -> str:
        return str.__str__(self.value)

    def __format__(self, spec: str) -> str:
        return str.__format__(self.value, spec)


class _Ordered(_Name):
    """Compares by rank, not by letters; the other side may be a member or its value."""

    def __lt__(self, other: str) -> bool:
        return _rank(self, self) < _rank(self, other)

    def __le__(self, other: str) -> bool:
        return _rank(self, self) <= _rank(self, other)

    def __gt__(self, other: str) -> bool:
        return _rank(self, self) > _rank(self, other)

    def __ge__(self, other: str) -> bool:
        return _rank(self, self) >= _rank(self, other)


def _rank(like: _Ordered, other: object) -> int:
    kind = type(like)
    ranks = _ranks.get(kind)
    if ranks is None:
        ranks = _ranks[kind] = {member.value: rank for rank, member in enumerate(kind)}
    # A member of another enum may have the same value and mean something else.
    foreign = isinstance(other, Enum) and not isinstance(other, kind)
    rank = None if foreign or not isinstance(other, str) else ranks.get(other)
    if rank is None:
        raise TypeError(f"not comparable with {kind.__name__}")
    return rank


class Decision(_Ordered):
    """What to do with a text: ALLOW < FLAG < REDACT < BLOCK."""

    ALLOW = "allow"
    FLAG = "flag"
    REDACT = "redact"
    BLOCK = "block"


class Origin(_Name):
    """Who produced a text."""

    SYSTEM = "system"
    """The developer's own prompt. Trusted: what is normal there does not count."""
    USER = "user"
    """The person who talks to the product."""
    ASSISTANT = "assistant"
    """The model's own answer."""
    TOOL = "tool"
    """The result of a tool call."""
    RETRIEVED = "retrieved"
    """A document from search, mail, web or a vector store."""


class Strictness(_Ordered):
    """Which rules run: RELAXED < STANDARD < STRICT < PARANOID. Higher levels accept more false positives."""

    RELAXED = "relaxed"
    STANDARD = "standard"
    STRICT = "strict"
    PARANOID = "paranoid"


class Preset(_Name):
    """Ready-made sets of thresholds."""

    RELAXED = "relaxed"
    """Fewer alarms: only combinations of strong findings block."""
    BALANCED = "balanced"
    """The default: one certain attack blocks, one probable attack flags."""
    STRICT = "strict"
    """More alarms: one probable attack blocks."""


class Severity(_Ordered):
    """Harm if a finding is true: LOW < MEDIUM < HIGH < CRITICAL."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


class Confidence(_Ordered):
    """How likely a finding is true: LOW < MEDIUM < HIGH."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class Category(_Name):
    """Class of attack or data."""

    PROMPT_INJECTION = "prompt-injection"
    """Orders that try to replace the instructions in force (OWASP LLM01)."""
    JAILBREAK = "jailbreak"
    """Role play, personas and modes that claim to lift the model's rules."""
    PROMPT_EXTRACTION = "prompt-extraction"
    """Attempts to read the system prompt or other hidden context (OWASP LLM07)."""
    DELIMITER = "delimiter"
    """Fake message boundaries."""
    OBFUSCATION = "obfuscation"
    """Text made unreadable for people or filters."""
    EXFILTRATION = "exfiltration"
    """Channels that carry data out: links, images, tool arguments."""
    DANGEROUS_COMMAND = "dangerous-command"
    """Commands and calls that do damage when a tool runs them."""
    SSRF = "ssrf"
    """Addresses that reach into private networks (CWE-918)."""
    SECRET = "secret"
    """Credentials."""
    PII = "pii"
    """Personal data."""
    CANARY = "canary"
    """A planted marker that came back."""
    DEFAMATION = "defamation"
    """Claims about named people that a person should look at."""
    LIMIT = "limit"
    """The input broke a limit and could not be scanned to the end."""


class Layer(_Name):
    """One layer of a scan. ENVELOPE and DECIDE always run."""

    ENVELOPE = "envelope"
    PROVENANCE = "provenance"
    CENSUS = "census"
    HIDDEN = "hidden"
    CANONICAL = "canonical"
    PEEL = "peel"
    STRUCTURE = "structure"
    SIGNATURE = "signature"
    FUZZY = "fuzzy"
    LEXICAL = "lexical"
    MENTION = "mention"
    SECRET = "secret"
    PII = "pii"
    EGRESS = "egress"
    SESSION = "session"
    DECIDE = "decide"
