"""Runs the vectors through the public interface of the installed package.

usage: python vectors.py [FOLDER]

Prints one line `VECTORS {...}` with the number of cases that held, by kind; ends with 1 if one did not.
"""

import base64
import json
import re
import sys
from pathlib import Path
from typing import Any, Callable, Dict, Iterable, List, Optional, Tuple

import vectors_jwt

import edgewarden
from edgewarden import PromptScanner, Pseudonymizer, SessionState

Case = Dict[str, Any]
REPLACEMENT = "\ufffd"
scanners: Dict[str, PromptScanner] = {}


def main(folder: Path) -> int:
    held: Dict[str, int] = {}
    faults: List[str] = []
    files = sorted([*folder.glob("*.json"), *folder.glob("jwt/*.json")])
    for path in files:
        document = json.loads(path.read_text(encoding="utf-8").replace("{{}}", ""))
        if "cases" not in document:
            continue
        kind = document["kind"]
        batches = batch_reports(document["cases"]) if kind == "scan" else {}
        held.setdefault(kind, 0)
        for index, case in enumerate(document["cases"]):
            try:
                if kind == "scan":
                    scan_case(case, batches.get(index))
                else:
                    KINDS[kind](case)
                held[kind] += 1
            except Exception as fault:
                name = case.get("name", case.get("id"))
                faults.append(f"{path.name}: {name}: {type(fault).__name__}: {fault}")
    if not held:
        faults.append(f"no vectors in {folder}")
    print("VECTORS " + json.dumps(held))
    for fault in faults:
        print(fault, file=sys.stderr)
    return 1 if faults else 0


def scan_case(case: Case, batched: Optional[edgewarden.ScanReport]) -> None:
    text, reference = texts(case)
    scanner = scanner_of(case)
    report = scanner.scan(text, **how(case))
    check_report(case, report, text, reference)
    equal("redacted", well_formed(report.redact(text)), case["redacted"])
    if batched is not None:
        equal("batch", batched, report)
    if "text" in case:
        data = text.encode()
        report = scanner.scan_bytes(data, **how(case))
        check_head(case, report)
        equal("findings of bytes", len(report.findings), len(case["findings"]))
        for finding, want in zip(report.findings, case["findings"]):
            equal("span in bytes", list(finding.span), want["span"])
            equal("slice of bytes", data[finding.slice].decode(), want["slice"])
        equal("redacted bytes", report.redact(data).decode(), case["redacted"])


def batch_reports(cases: List[Case]) -> Dict[int, edgewarden.ScanReport]:
    """One call for all cases of the same origin and time."""
    groups: Dict[Tuple[str, Optional[int]], List[int]] = {}
    for index, case in enumerate(cases):
        if "options" not in case:
            groups.setdefault((case["origin"], case.get("now")), []).append(index)
    out: Dict[int, edgewarden.ScanReport] = {}
    for members in groups.values():
        strings = [texts(cases[index])[0] for index in members]
        reports = scanner_of({}).scan_batch(strings, **how(cases[members[0]]))
        equal("reports of a batch", len(reports), len(members))
        out.update(zip(members, reports))
    return out


def redact_case(case: Case) -> None:
    text, reference = texts(case)
    report = scanner_of(case).scan(text, **how(case))
    equal("redactions", len(report.redactions), len(case["redactions"]))
    for redaction, want in zip(report.redactions, case["redactions"]):
        check_place(redaction.span, want, text, reference)
        equal("label", redaction.label, want["label"])
    equal("redacted", report.redact(text), case["redacted"])
    done = Pseudonymizer(case["key"].encode()).pseudonymize(text, report)
    equal("pseudonymized", done.text, case["pseudonymized"])
    equal("originals", [list(pair) for pair in done.originals], case["originals"])
    equal("restored", done.restore(case["answer"]), case["restored"])
    equal("restored text", done.restore(done.text), text)


def json_case(case: Case) -> None:
    document = case["json"]
    report = scanner_of(case).scan_json(document, origin=case["origin"])
    equal("decision", report.decision.value, case["decision"])
    equal("score", report.score, case["score"])
    equal("strings", report.strings, case["strings"])
    check_findings(case, report.findings, document, document)
    equal("pointers", [f.pointer for f in report.findings], [f["pointer"] for f in case["findings"]])
    equal("redacted", report.redact(document), case["redacted"])


def stream_case(case: Case) -> None:
    stream = scanner_of(case).stream(origin=case["origin"])
    whole = "".join(case["pieces"])
    equal("outputs", len(case["outputs"]), len(case["pieces"]) + 1)
    for index, want in enumerate(case["outputs"]):
        is_last = index == len(case["pieces"])
        output = stream.finish() if is_last else stream.push(case["pieces"][index])
        equal("release", output.release, want["release"])
        equal("decision", output.decision.value, want["decision"])
        equal("score", output.score, want["score"])
        check_findings(want, output.findings, whole, whole)
        equal("is_finished", stream.is_finished, is_last)
        if not is_last:
            equal("decision of the stream", stream.decision, output.decision)
            equal("score of the stream", stream.score, output.score)
    equal("code", code_of(lambda: stream.push("more")), "closed")


def session_case(case: Case) -> None:
    session = SessionState()
    for want in case["turns"]:
        report = scanner_of(case).scan_in_session(want["text"], session, **how(want))
        check_report(want, report, want["text"], want["text"])
        equal("turns", session.turns, want["turns"])
        equal("risk", session.risk, want["risk"])
        session = SessionState.from_bytes(session.to_bytes())


def canary_case(case: Case) -> None:
    text, reference = texts(case)
    word = edgewarden.canary_word(case["key"].encode(), case["id"])
    equal("word", word, case["word"])
    equal("line", edgewarden.canary_line(word), case["line"])
    found = edgewarden.canary_find(word, text)
    equal("found", found is None, case["found"] is None)
    if found is not None:
        check_place(found, {"span": case["found"], "slice": case["slice"]}, text, reference)


def errors_case(case: Case) -> None:
    call = case["call"]
    source: Any = case.get("json")
    if call == "new":
        source = case["options_json"]
        error = error_of(lambda: PromptScanner.from_json(source))
    elif call == "new_rules":
        error = error_of(lambda: PromptScanner(rules=base64.b64decode(case["rules"])))
    elif call == "scan_bytes":
        source = base64.b64decode(case["bytes"])
        error = error_of(lambda: scanner_of(case).scan_bytes(source))
    elif call == "scan_json":
        error = error_of(lambda: scanner_of(case).scan_json(source))
    elif call == "session":
        error = error_of(lambda: SessionState.from_bytes(base64.b64decode(case["bytes"])))
    elif call == "pseudonymizer":
        error = error_of(lambda: Pseudonymizer(case["key"].encode()))
    elif call == "canary_word":
        error = error_of(lambda: edgewarden.canary_word(case["key"].encode(), case["id"]))
    elif call == "push_after_finish":
        stream = scanner_of(case).stream()
        stream.finish()
        error = error_of(lambda: stream.push("more"))
    else:
        raise AssertionError(f"unknown call {call}")
    equal("code", error.code, case["code"])
    field = error.field and re.sub("_([a-z])", lambda letter: letter[1].upper(), error.field)
    equal("field", field, case.get("field"))
    want = case.get("span_offset")
    if want is not None and isinstance(source, str):
        want = points(source, want)
    equal("offset", error.offset, want)


def explain_case(case: Case) -> None:
    equal("explanation", scanner_of(case).explain(case["text"], **how(case)), case["explanation"])


def rules_case(case: Case) -> None:
    text = case["text"]
    data = text.encode()
    findings = [
        {**want, "slice": data[want["span"][0] : want["span"][1]].decode()} for want in case["findings"]
    ]
    report = scanner_of(case).scan(text, origin=case["origin"])
    check_head(case, report)
    equal("findings", len(report.findings), len(findings))
    for finding, want in zip(report.findings, findings):
        equal("rule_id", finding.rule_id, want["rule_id"])
        check_place(finding.span, want, text, text)


KINDS: Dict[str, Callable[[Case], None]] = {
    "redact": redact_case,
    "json": json_case,
    "stream": stream_case,
    "session": session_case,
    "canary": canary_case,
    "errors": errors_case,
    "explain": explain_case,
    "rules": rules_case,
    **vectors_jwt.KINDS,
}


def check_report(case: Case, report: edgewarden.ScanReport, text: str, reference: str) -> None:
    check_head(case, report)
    check_findings(case, report.findings, text, reference)
    equal("findings_allowed", report.findings_allowed, case.get("findings_allowed", 0))
    equal("findings_dropped", report.findings_dropped, case.get("findings_dropped", 0))


def check_head(case: Case, report: edgewarden.ScanReport) -> None:
    equal("decision", report.decision.value, case["decision"])
    equal("score", report.score, case["score"])


def check_findings(
    case: Case, findings: Iterable[edgewarden.Finding], text: str, reference: str
) -> None:
    findings = list(findings)
    equal("rules", [f.rule_id for f in findings], [f["rule_id"] for f in case["findings"]])
    for finding, want in zip(findings, case["findings"]):
        for name in ("category", "severity", "confidence"):
            equal(name, getattr(finding, name).value, want[name])
        equal("weight", finding.weight, want["weight"])
        equal("chain", list(finding.chain), want["chain"])
        check_place(finding.span, want, text, reference)


def check_place(span: Tuple[int, int], want: Dict[str, Any], text: str, reference: str) -> None:
    equal("slice", well_formed(text[span[0] : span[1]]), want["slice"])
    equal("start", span[0], points(reference, want["span"][0]))


def points(reference: str, length: int) -> int:
    """Code points of the first `length` bytes."""
    return len(reference.encode()[:length].decode())


def texts(case: Case) -> Tuple[str, str]:
    """The text of a case, and the same without surrogates."""
    if "text" in case:
        return case["text"], case["text"]
    units = case["text_utf16"]
    text = b"".join(unit.to_bytes(2, "little") for unit in units).decode("utf-16-le", "surrogatepass")
    return text, well_formed(text)


def well_formed(text: str) -> str:
    return re.sub("[\ud800-\udfff]", REPLACEMENT, text)


def scanner_of(case: Case) -> PromptScanner:
    options = case.get("options", {})
    key = json.dumps(options, sort_keys=True)
    if key not in scanners:
        scanners[key] = PromptScanner(**snake(options, 3))
    return scanners[key]


def snake(value: Any, depth: int) -> Any:
    """Names of members as Python writes them; below `depth` there are values alone."""
    if isinstance(value, list):
        return [snake(one, depth) for one in value]
    if isinstance(value, dict) and depth > 0:
        return {re.sub("[A-Z]", lambda c: "_" + c[0].lower(), k): snake(v, depth - 1) for k, v in value.items()}
    return value


def how(case: Case) -> Dict[str, Any]:
    return {name: case[name] for name in ("origin", "now") if name in case}


def error_of(call: Callable[[], object]) -> edgewarden.EdgewardenError:
    try:
        call()
    except edgewarden.EdgewardenError as error:
        return error
    raise AssertionError("no error")


def code_of(call: Callable[[], object]) -> str:
    return error_of(call).code


def equal(what: str, found: object, want: object) -> None:
    if found != want:
        raise AssertionError(f"{what}: expected {want!r}, found {found!r}")


if __name__ == "__main__":
    default = Path(__file__).resolve().parents[2] / "vectors"
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else default))
