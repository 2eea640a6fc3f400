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


guarded = EdgewardenMiddleware(application, scanner, event_text=JsonText("choices", 0, "delta", "content"))

try:
    print(guard("hello"))
    asyncio.run(main())
except EdgewardenError as error:
    print(error.code.upper(), error.offset, error.field)
