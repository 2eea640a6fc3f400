"""Native half of the package edgewarden."""

from typing import Any, ClassVar, Dict, Iterable, List, Literal, Optional, Tuple, Type, TypeVar, Union, final

from typing_extensions import disjoint_base

from ._errors import VerifyError
from ._names import Category, Confidence, Decision, Origin, Severity, Strictness
from ._options import Time
from ._token_options import KeyLimits
from ._token_values import FetchTicket, KeyInfo, KeyUpdate, PlausibleInfo, RefusedKeyInfo, TokenCheck

__all__ = [
    "Finding",
    "HostCheck",
    "JsonFinding",
    "JsonReport",
    "KeyAnswer",
    "KeySet",
    "NativeKeyCache",
    "ProofRequest",
    "Pseudonymized",
    "Pseudonymizer",
    "Redaction",
    "RuleInfo",
    "ScanReport",
    "Scanner",
    "SessionState",
    "Step",
    "StreamOutput",
    "StreamScanner",
    "TokenCache",
    "VerifiedToken",
    "Verifier",
    "__version__",
    "canary_find",
    "canary_line",
    "canary_word",
    "challenge",
    "error_catalogue",
    "panic_probe",
    "proof_challenge",
]

_S = TypeVar("_S", bound="Scanner")
_T = TypeVar("_T", str, bytes)
_V = TypeVar("_V", bound="Verifier")
_C = TypeVar("_C", bound="NativeKeyCache")
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

@final
class VerifiedToken:
    """A token whose signature and claims were checked. Only a verifier makes one."""

    @property
    def claims(self) -> Dict[str, Any]:
        """The claims, as json.loads reads them. Data of the issuer: merge it into nothing."""
    @property
    def claims_json(self) -> str:
        """The claims set as the issuer wrote it."""
    @property
    def header_json(self) -> str:
        """alg, typ, cty and kid of the header, as far as they are there."""
    @property
    def algorithm(self) -> str:
        """Name of the algorithm."""
    @property
    def kid(self) -> Optional[str]:
        """kid of the header."""
    @property
    def issuer(self) -> Optional[str]:
        """iss"""
    @property
    def subject(self) -> Optional[str]:
        """sub"""
    @property
    def audience(self) -> Tuple[str, ...]:
        """aud, several or not."""
    @property
    def token_id(self) -> Optional[str]:
        """jti"""
    @property
    def expires_at_ms(self) -> Optional[int]:
        """exp, in milliseconds since 1970."""
    @property
    def not_before_ms(self) -> Optional[int]:
        """nbf, in milliseconds since 1970."""
    @property
    def issued_at_ms(self) -> Optional[int]:
        """iat, in milliseconds since 1970."""
    @property
    def valid_until_ms(self) -> Optional[int]:
        """From then on no call accepts it, leeway included; None for never."""
    @property
    def bound_key(self) -> Optional[str]:
        """cnf.jkt: the thumbprint of the key that a proof of possession must come from."""
    @property
    def key_thumbprint(self) -> str:
        """SHA-256 thumbprint (RFC 7638) of the key that it was verified with, base64url."""
    @property
    def key_generation(self) -> int:
        """The number that a key cache gave the key; 0 for a key of no cache."""
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@final
class KeySet:
    """Keys that any number of threads may verify with."""

    @staticmethod
    def from_jwks(jwks: str, limits: Optional[KeyLimits] = None) -> KeySet:
        """Return the public keys of a JWK set (RFC 7517). A key that cannot be used does not spoil the others: see refused."""
    @staticmethod
    def from_jwk(jwk: str, /) -> KeySet:
        """Return a set of one public key."""
    @staticmethod
    def from_secret(secret: _Bytes, algorithms: Iterable[str], *, kid: Optional[str] = None) -> KeySet:
        """Return a set of one shared secret for these HMAC algorithms."""
    @property
    def keys(self) -> Tuple[KeyInfo, ...]:
        """The usable keys."""
    @property
    def refused(self) -> Tuple[RefusedKeyInfo, ...]:
        """The keys that cannot be used, and why."""
    @property
    def revision(self) -> int:
        """Number that a key cache gave this set; 0 for a set of no cache."""
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@final
class HostCheck:
    """A token that lacks nothing but the check of its signature: the host verifies signature over signing_input with
    key_jwk, then calls finish. After finish every other call raises ClosedError."""

    @property
    def algorithm(self) -> str:
        """Name of the algorithm."""
    @property
    def key_jwk(self) -> Optional[str]:
        """The key as a JWK of its required members; None for the shared secret, which the host has."""
    @property
    def key_kid(self) -> Optional[str]:
        """kid of the key, for KeyCache.bad_signature."""
    @property
    def key_thumbprint(self) -> str:
        """SHA-256 thumbprint (RFC 7638) of the key, base64url: import each key once."""
    @property
    def signing_input(self) -> bytes:
        """The bytes that are signed."""
    @property
    def signature(self) -> bytes:
        """The signature; that of ECDSA as r and s side by side."""
    def next_key(self) -> bool:
        """Go on to the next key that may be tried; False if there is none."""
    def finish(self, valid: bool, *, now: Optional[Time] = None) -> VerifiedToken:
        """End the verification with what the host says of the signature."""

@final
class Step:
    """What to do about a token. A ticket beside a verdict is fetched without letting the request wait."""

    @property
    def kind(self) -> Literal["verified", "check", "fetch", "wait", "refused"]:
        """verified, check (the host checks the signature), fetch, wait (others are fetching) or refused."""
    @property
    def verified(self) -> Optional[VerifiedToken]:
        """The token, if it is verified."""
    @property
    def check(self) -> Optional[HostCheck]:
        """The check, if it is the host's turn."""
    @property
    def ticket(self) -> Optional[FetchTicket]:
        """What to fetch with: at once for fetch, else beside the verdict."""
    @property
    def until_ms(self) -> Optional[int]:
        """For wait: step again soon, and at this time, in milliseconds since 1970, at the latest."""
    @property
    def error(self) -> Optional[VerifyError]:
        """Why it is refused; not raised yet."""

@final
class ProofRequest:
    """The request that a proof of possession must be for. The URL is absolute, as the client sees it; access_token is the
    token as it was sent, and verified the same token as it was verified."""

    def __new__(
        cls,
        method: str,
        url: str,
        *,
        nonce: Optional[str] = None,
        access_token: Optional[str] = None,
        verified: Optional[VerifiedToken] = None,
    ) -> ProofRequest: ...
    @property
    def method(self) -> str:
        """The HTTP method."""
    @property
    def url(self) -> str:
        """The absolute URL."""

@disjoint_base
class Verifier:
    """Verifies on the native side; edgewarden.jwt.TokenVerifier adds what options need."""

    def __new__(
        cls: Type[_V], options: str, shared_secret: Optional[_Bytes] = None, host_checks: bool = False, /
    ) -> _V: ...
    def verify(
        self, token: str, keys: Optional[KeySet] = None, *, now: Optional[Time] = None
    ) -> VerifiedToken:
        """Verify a token. The keys may be left out where the verifier has a shared secret."""
    def begin(self, token: str, keys: Optional[KeySet] = None, *, now: Optional[Time] = None) -> HostCheck:
        """Check all but the signature, which the host checks."""
    def step(
        self,
        token: str,
        key_cache: NativeKeyCache,
        token_cache: Optional[TokenCache] = None,
        *,
        now: Optional[Time] = None,
        entropy: Optional[int] = None,
    ) -> Step:
        """Say what to do about a token with the keys that a cache has: the verdict, a fetch, or a wait."""
    def plausible(self, token: str, *, now: Optional[Time] = None) -> PlausibleInfo:
        """Check all that needs no key, and say which key to have at hand. Anybody can have written what it answers."""
    def explain(
        self, token: str, keys: Optional[KeySet] = None, *, now: Optional[Time] = None
    ) -> List[TokenCheck]:
        """Return every check of verify with its outcome. It holds no text of the token."""
    def verify_proof(
        self, proof: str, request: ProofRequest, *, now: Optional[Time] = None
    ) -> VerifiedToken:
        """Verify a proof of possession (RFC 9449) with the key in its header. For verifiers of the profile dpop_proof."""
    def begin_proof(self, proof: str, request: ProofRequest, *, now: Optional[Time] = None) -> HostCheck:
        """Check all of a proof but the signature, which the host checks."""
    def explain_proof(
        self, proof: str, request: ProofRequest, *, now: Optional[Time] = None
    ) -> List[TokenCheck]:
        """Return every check of verify_proof with its outcome."""
    @property
    def issuer(self) -> Optional[str]:
        """The issuer whose tokens are accepted; None for verifiers of proofs of possession."""
    @property
    def profile(self) -> str:
        """Name of the profile."""
    @property
    def fingerprint(self) -> bytes:
        """SHA-256 over all settings that can change a verdict."""
    @property
    def shared_keys(self) -> Optional[KeySet]:
        """The keys of a verifier with a shared secret, else None."""

@final
class KeyAnswer:
    """What a key cache says about a token's keys."""

    @property
    def kind(self) -> Literal["use", "use_and_refresh", "fetch", "wait", "unavailable"]:
        """use, use_and_refresh, fetch, wait (others are fetching) or unavailable."""
    @property
    def keys(self) -> Optional[KeySet]:
        """The keys to verify with."""
    @property
    def ticket(self) -> Optional[FetchTicket]:
        """What to fetch with: at once for fetch, else without letting the token wait."""
    @property
    def until_ms(self) -> Optional[int]:
        """For wait: ask again soon, and at this time, in milliseconds since 1970, at the latest."""
    @property
    def error(self) -> Optional[VerifyError]:
        """Why there are none; not raised yet."""

@disjoint_base
class NativeKeyCache:
    """Keeps keys on the native side; edgewarden.jwt.KeyCache adds what options need."""

    def __new__(cls: Type[_C], options: str, /) -> _C: ...
    def trust(self, issuer: str, /) -> None:
        """Let the cache keep keys of this issuer, the exact value of iss. Never one that a token merely names."""
    def forget(self, issuer: str, /) -> None:
        """Drop an issuer and its keys."""
    @property
    def issuers(self) -> Tuple[str, ...]:
        """The trusted issuers, in the order they were trusted in."""
    def keys(
        self,
        issuer: str,
        kid: Optional[str] = None,
        plausible: bool = True,
        *,
        now: Optional[Time] = None,
        entropy: Optional[int] = None,
    ) -> KeyAnswer:
        """Return the keys of an issuer for a token that names kid, or say what to do before there are any. plausible: all
        about the token that needs no key is right."""
    def fetched(
        self,
        ticket: Union[FetchTicket, str],
        body: _Bytes,
        max_age_secs: Optional[int] = None,
        etag: Optional[str] = None,
        *,
        now: Optional[Time] = None,
    ) -> KeyUpdate:
        """Tell that a fetch brought a document with status 200. max_age_secs: max-age of Cache-Control less Age. A document that
        is no key set is a failed fetch, not an error."""
    def not_modified(
        self,
        ticket: Union[FetchTicket, str],
        max_age_secs: Optional[int] = None,
        *,
        now: Optional[Time] = None,
    ) -> KeyUpdate:
        """Tell that a fetch was answered with status 304."""
    def failed(self, ticket: Union[FetchTicket, str], *, now: Optional[Time] = None) -> KeyUpdate:
        """Tell that a fetch brought another status, or nothing."""
    def bad_signature(
        self,
        issuer: str,
        kid: Optional[str] = None,
        *,
        now: Optional[Time] = None,
        entropy: Optional[int] = None,
    ) -> Optional[FetchTicket]:
        """Tell that a signature did not verify with the key of kid; returns a ticket if it is time to fetch. The token need not
        wait for that."""
    def state(
        self, issuer: str, *, now: Optional[Time] = None
    ) -> Optional[Literal["empty", "fresh", "stale", "refreshing"]]:
        """Return how the cache stands with an issuer: empty, fresh, stale or refreshing; None for one that is not trusted."""
    def snapshot(self, mac_key: Optional[_Bytes] = None) -> bytes:
        """Return the sets that the cache holds as bytes. With mac_key, 32 random bytes, they are authenticated: without, whoever
        can write into the store can put keys of their own there."""
    def restore(
        self, data: _Bytes, mac_key: Optional[_Bytes] = None, *, now: Optional[Time] = None
    ) -> int:
        """Take of a snapshot what is trusted and newer than what is held; returns how many sets."""

@final
class TokenCache:
    """A bounded cache of verified tokens. Each hit checks times and key anew; a deny list is yours to ask on every request.
    bytes_max: about how much it holds (default: 4 MiB); a usual token takes 3 KiB."""

    def __new__(cls, bytes_max: int = 4194304) -> TokenCache: ...
    def get(
        self, verifier: Verifier, token: str, keys: KeySet, *, now: Optional[Time] = None
    ) -> Optional[VerifiedToken]:
        """Return what the verifier said about this very token, if it would say the same with these keys now."""
    def insert(self, verifier: Verifier, token: str, verified: VerifiedToken) -> bool:
        """Keep a token that the verifier has just verified; False if it is not kept."""
    def forget(self, verifier: Verifier, token: str) -> bool:
        """Drop a token, as after a logout; says whether it was there."""
    def clear(self) -> None:
        """Drop all tokens."""
    @property
    def bytes(self) -> int:
        """Bytes held, roughly."""
    def __len__(self) -> int: ...

def challenge(error: Optional[VerifyError] = None, *, realm: str = "") -> str:
    """Return the value of WWW-Authenticate for the scheme Bearer (RFC 6750): of a VerifyError, or of None for a request
    without a token."""

def proof_challenge(
    what: Literal["missing", "token", "proof", "nonce_needed"],
    error: Optional[VerifyError] = None,
    *,
    realm: str = "",
    algorithms: Iterable[str] = (),
) -> str:
    """Return the same for the scheme DPoP (RFC 9449). what: missing, token (the access token was refused), proof (the proof was)
    or nonce_needed."""

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
