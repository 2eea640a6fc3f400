"""What a user writes, for the checkers of types."""

from edgewarden import AllowEntry, Decision, EdgewardenError, Origin, PromptScanner, ScanReport, Thresholds, Category

scanner = PromptScanner(preset="strict", thresholds={"user": Thresholds(flag=10), "tool": {"flag": 3}}, allow=[AllowEntry("x"), {"text": "y"}], disabled_rules=["a"], limits={"depth": 2})

def guard(text: str) -> str:
    report: ScanReport = scanner.scan(text, origin=Origin.USER)
    if report.decision is Decision.BLOCK or report.decision >= Decision.REDACT:
        return ", ".join(finding.rule_id for finding in report.findings)
    for finding in report.findings:
        start, end = finding.span
        value: str = finding.category.value
        print(text[finding.slice], start + end, finding.category is Category.PII, value)
    data: bytes = scanner.scan_bytes(b"x").redact(b"x")
    print(data)
    return report.redact(text)

async def pieces() -> AsyncIterator[str]:
    yield "hello"

async def main() -> None:
    async for output in scanner.scan_stream(pieces()):
        print(output.release.upper())
    report = await scanner.scan_async("hi")
    print(report.to_dict()["score"])

try:
    print(guard("hello"))
    asyncio.run(main())
except EdgewardenError as error:
    print(error.code, error.offset, error.field)
