"""What a user writes, for the checkers of types; the tests do not run it."""

import asyncio
from datetime import datetime, timezone
from typing import AsyncIterator, Dict, List, Optional, Tuple

from edgewarden import (
    AllowEntry,
    Category,
    Decision,
    EdgewardenError,
    JsonFinding,
    Layer,
    Limits,
    Origin,
    Preset,
    PromptScanner,
    Pseudonymizer,
    RuleInfo,
    ScanReport,
    SessionState,
    Strictness,
    Thresholds,
    canary_find,
    canary_line,
    canary_word,
    error_catalogue,
)
from edgewarden.asgi import EdgewardenMiddleware, JsonText, Message, Receive, Scope, Send
from edgewarden.jwt import (
    AsyncJwksVerifier,
    Evidence,
    FetchTicket,
    HostCheck,
    JwksRequest,
    JwksResponse,
    JwksVerifier,
    KeyCache,
    KeyInfo,
    KeySet,
    KeysUnavailable,
    KeyUpdate,
    ProofRequest,
    Step,
    TokenCache,
    TokenCheck,
    TokenExpired,
    TokenVerifier,
    VerifiedToken,
    VerifyError,
    challenge,
    proof_challenge,
)

scanner = PromptScanner(
    preset=Preset.STRICT,
    strictness="paranoid",
    thresholds={"user": Thresholds(flag=10), Origin.TOOL: {"flag": 3}},
    disabled_layers=[Layer.FUZZY, "pii"],
    disabled_rules={"a"},
    allow=[AllowEntry("x", until=datetime.now(timezone.utc)), {"text": "y", "until": 5}],
    on_limit="flag",
    limits=Limits(depth=2),
)
again: PromptScanner = PromptScanner.from_json("{}")


def guard(text: str) -> str:
    report: ScanReport = scanner.scan(text, origin=Origin.USER, now=datetime.now(timezone.utc))
    if report.decision is Decision.BLOCK or report.decision >= Decision.REDACT:
        return ", ".join(finding.rule_id for finding in report.findings)
    for finding in report.findings:
        start, end = finding.span
        value: str = finding.category.value
        print(text[finding.slice], start + end, finding.category is Category.PII, value)
    data: bytes = scanner.scan_bytes(bytearray(b"x")).redact(b"x")
    print(data)
    return report.redact(text)


def more() -> None:
    reports: List[ScanReport] = scanner.scan_batch(str(i) for i in range(3))
    finding: JsonFinding = scanner.scan_json("[]").findings[0]
    state = SessionState.from_bytes(SessionState().to_bytes())
    report = scanner.scan_in_session("text", state, origin="tool")
    pairs: Tuple[Tuple[str, str], ...] = Pseudonymizer(b"key").pseudonymize("text", report).originals
    rule: RuleInfo = scanner.rules()[0]
    strictness: Strictness = rule.strictness
    found: Optional[Tuple[int, int]] = canary_find(canary_word(b"key", "id"), canary_line("word"))
    codes: Dict[str, str] = error_catalogue()
    print(reports, finding.pointer, pairs, strictness, found, codes, state.turns + state.risk)


async def pieces() -> AsyncIterator[str]:
    yield "hello"


async def main() -> None:
    async for output in scanner.scan_stream(pieces()):
        print(output.release.upper())
    report = await scanner.scan_async("hi")
    print(report.to_dict()["score"])


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    message: Message = await receive()
    await send(message)


async def fetch(request: JwksRequest) -> JwksResponse:
    return JwksResponse(200, {"etag": request.url, **request.headers}, b"")


verifier = TokenVerifier(
    issuer="https://issuer.example",
    audiences=["https://api.example"],
    algorithms={"ES256"},
    limits={"token_bytes": 4096},
)
jwks = JwksVerifier(
    jwks_uri="https://issuer.example/jwks.json",
    issuer="https://issuer.example",
    audiences=["https://api.example"],
    algorithms=["ES256"],
    key_cache={"ttl_secs": 60, "limits": {"keys": 9}},
    fetch=lambda request: JwksResponse(304, {}),
    clock=lambda: 5,
)
tasks = AsyncJwksVerifier(
    jwks_uri="https://issuer.example/jwks.json",
    issuer="https://issuer.example",
    audiences=["https://api.example"],
    algorithms=["ES256"],
    fetch=fetch,
)


def tokens(token: str) -> None:
    keys: KeySet = KeySet.from_jwks("{}", {"bytes": 100})
    info: KeyInfo = keys.keys[0]
    verified: VerifiedToken = verifier.verify(token, keys, now=datetime.now(timezone.utc))
    print(verified.claims["scope"], verified.audience[0].upper(), info.algorithms[0])
    cache, kept = KeyCache(trust=["a"], limits={"keys": 1}), TokenCache(1 << 20)
    step: Step = verifier.step(token, cache, kept, entropy=1)
    if step.kind == "fetch" and step.ticket is not None:
        ticket: FetchTicket = step.ticket
        update: KeyUpdate = cache.fetched(ticket, b"", 5, "etag")
        print(update.fresh_until_ms, len(kept))
    check: HostCheck = verifier.begin(token, keys)
    print(check.finish(len(check.signature) > 1).subject)
    request = ProofRequest("GET", "https://api.example", access_token=token, verified=verified)
    checks: List[TokenCheck] = verifier.explain_proof(token, request)
    print(checks[0].error, challenge(), proof_challenge("missing", algorithms=["ES256"]))
    restored: int = jwks.restore(jwks.snapshot(b"key"), b"key")
    print(restored)


async def admit(token: str) -> Optional[str]:
    try:
        verified: VerifiedToken = await tasks.verify(token)
        return jwks.verify(token).subject or verified.subject
    except TokenExpired:
        return None
    except KeysUnavailable as error:
        when: Optional[int] = error.retry_at
        print(when)
        return None
    except VerifyError as error:
        evidence: Optional[Evidence] = error.evidence
        print(error.place, error.part, error.retry, error.http_status, evidence and evidence.found)
        return None


def may(token: VerifiedToken, scope: Scope) -> bool:
    return token.subject is not None and "path" in scope


admitting = EdgewardenMiddleware(application, verifier=tasks, authorize=may)
also_admitting = EdgewardenMiddleware(application, verifier=tasks.verify)
guarded = EdgewardenMiddleware(application, scanner, event_text=JsonText("choices", 0, "delta", "content"))

try:
    print(guard("hello"))
    asyncio.run(main())
except EdgewardenError as error:
    print(error.code.upper(), error.offset, error.field)
