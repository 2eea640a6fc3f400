// One check for each kind of vector.

import Edgewarden
import Foundation

nonisolated(unsafe) let checks: [String: (Case) throws -> Void] = [
    "scan": { try checkScan($0.members) },
    "redact": { try checkRedact($0.members) },
    "json": { try checkJson($0.members) },
    "stream": { try checkStream($0.members) },
    "session": { try checkSession($0.members) },
    "canary": { try checkCanary($0.members) },
    "errors": checkError,
    "explain": { try checkExplain($0.members) },
    "rules": { try checkRule($0.members) },
]

private let plain = Result { try PromptScanner() }

private func checkScan(_ one: Object) throws {
    let scanner = try scanner(one)
    let text = try one.text()
    let report = try scanner.scan(text, origin: one.origin(), now: one.now())
    try same(report, one, in: text)
    try same("redacted", report.redacted(text), one.string("redacted"))
    if one["text"] != nil {
        let report = try scanner.scanBytes(Data(text.utf8), origin: one.origin(), now: one.now())
        try same(report, one, in: text, unit: .bytes)
    }
}

/// One call for all cases of a group; each answer is compared with its case.
func batchChecks(_ group: [Case]) -> [(Case, () throws -> Void)] {
    let reports = Result {
        let texts = try group.map { try $0.members.text() }
        return try plain.get().scanBatch(texts, origin: group[0].members.origin(), now: group[0].members.now())
    }
    return group.enumerated().map { i, one in
        let check = {
            let reports = try reports.get()
            try same("the number of reports", reports.count, group.count)
            try same(reports[i], one.members, in: one.members.text())
        }
        return (one, check)
    }
}

private func same(_ report: ScanReport, _ one: Object, in text: String, unit: Unit = .utf16) throws {
    try same("decision", report.decision.name, one.string("decision"))
    try same("score", Int(report.score), one.int("score"))
    try same(findings: report.findings, one.list("findings"), in: text, unit: unit)
    try same("findings allowed", Int(report.findingsAllowed), one["findings_allowed"] == nil ? 0 : one.int("findings_allowed"))
    try same("findings dropped", Int(report.findingsDropped), one["findings_dropped"] == nil ? 0 : one.int("findings_dropped"))
}

private func checkRedact(_ one: Object) throws {
    let text = try one.text()
    let report = try plain.get().scan(text, origin: one.origin())
    let expected = try one.list("redactions")
    try same("the number of redactions", report.redactions.count, expected.count)
    for (redaction, expected) in zip(report.redactions, expected) {
        let (start, end) = try span(expected)
        try same("start", Int(redaction.start), units(text, before: start))
        try same("end", Int(redaction.end), units(text, before: end))
        guard let range = redaction.range(in: text) else { throw Mismatch("a redaction has no range in the text") }
        try same("slice", String(text[range]), expected.string("slice"))
        try same("label", redaction.label, expected.string("label"))
    }
    try same("redacted", report.redacted(text), one.string("redacted"))
    let pseudonymizer = try Pseudonymizer(key: Data(one.string("key").utf8))
    let pseudonymized = try pseudonymizer.pseudonymize(text, report: report)
    try same("pseudonymized", pseudonymized.text, one.string("pseudonymized"))
    let originals: [[String]] = try one.member("originals")
    try same("originals", pseudonymized.originals.map { [$0.placeholder, $0.value] }, originals)
    try same("restored answer", pseudonymized.restored(one.string("answer")), one.string("restored"))
    try same("restored text", pseudonymized.restored(pseudonymized.text), text)
}

private func checkJson(_ one: Object) throws {
    let json = try one.string("json")
    let report = try scanner(one).scanJson(json, origin: one.origin())
    try same("decision", report.decision.name, one.string("decision"))
    try same("score", Int(report.score), one.int("score"))
    try same("strings", Int(report.strings), one.int("strings"))
    let expected = try one.list("findings")
    try same(findings: report.findings, expected, in: json)
    for (finding, expected) in zip(report.findings, expected) {
        try same("pointer", finding.pointer, expected.string("pointer"))
    }
    try same("redacted", report.redacted(json), one.string("redacted"))
}

private func checkStream(_ one: Object) throws {
    let stream = try scanner(one).stream(origin: one.origin())
    let pieces: [String] = try one.member("pieces")
    let whole = pieces.joined()
    let expected = try one.list("outputs")
    try same("the number of outputs", pieces.count + 1, expected.count)
    for (i, expected) in expected.enumerated() {
        let output = try i < pieces.count ? stream.push(pieces[i]) : stream.finish()
        try same("release \(i)", output.release, expected.string("release"))
        try same("decision \(i)", output.decision.name, expected.string("decision"))
        try same("score \(i)", Int(output.score), expected.int("score"))
        try same(findings: output.findings, expected.list("findings"), in: whole)
        try same("is finished", stream.isFinished(), i == pieces.count)
        if i < pieces.count {
            try same("decision of the stream", stream.decision(), output.decision)
            try same("score of the stream", stream.score(), output.score)
        }
    }
    try same("code", code { _ = try stream.push("more") }, "closed")
}

private func checkSession(_ one: Object) throws {
    let scanner = try scanner(one)
    var session = SessionState()
    for turn in try one.list("turns") {
        let text = try turn.text()
        let report = try scanner.scanInSession(text, session: session, origin: turn.origin(), now: turn.now())
        try same(report, turn, in: text)
        try same("turns", Int(session.turns()), turn.int("turns"))
        try same("risk", Int(session.risk()), turn.int("risk"))
        session = try SessionState.fromBytes(bytes: session.toBytes())
    }
}

private func checkCanary(_ one: Object) throws {
    let word = try canaryWord(key: Data(one.string("key").utf8), id: one.string("id"))
    try same("word", word, one.string("word"))
    try same("line", canaryLine(word: word), one.string("line"))
    let text = try one.text()
    guard let found = canaryFind(word: word, text: text) else {
        return try same("found nothing", one["found"] is NSNull, true)
    }
    let (start, end) = try span(one, "found")
    try same("start", Int(found.start), units(text, before: start))
    try same("end", Int(found.end), units(text, before: end))
    guard let range = found.range(in: text) else { throw Mismatch("the canary has no range in the text") }
    try same("slice", String(text[range]), one.string("slice"))
}

private func checkExplain(_ one: Object) throws {
    let explanation = try scanner(one).explain(one.text(), origin: one.origin(), now: one.now())
    try same("explanation", explanation, one.string("explanation"))
}

private func checkRule(_ one: Object) throws {
    let text = try one.text()
    let report = try plain.get().scan(text, origin: one.origin())
    try same("decision", report.decision.name, one.string("decision"))
    try same("score", Int(report.score), one.int("score"))
    let expected = try one.list("findings")
    try same("the number of findings", report.findings.count, expected.count)
    for (finding, expected) in zip(report.findings, expected) {
        try same("rule", finding.ruleId, expected.string("rule_id"))
        try samePlace("finding", finding, expected, in: text, unit: .utf16)
    }
}

private func checkError(_ one: Case) throws {
    let members = one.members
    var offsetUnit = Unit.bytes
    do {
        switch try members.string("call") {
        case "new":
            let options = try JSONSerialization.jsonObject(with: Data(members.string("options_json").utf8))
            _ = try PromptScanner(options: scannerOptions(options))
        case "new_rules": _ = try PromptScanner(options: ScannerOptions(rules: members.bytes("rules")))
        case "scan_bytes": _ = try plain.get().scanBytes(members.bytes("bytes"))
        case "scan_json":
            offsetUnit = .utf16
            _ = try scanner(members).scanJson(members.string("json"))
        case "session": _ = try SessionState.fromBytes(bytes: members.bytes("bytes"))
        case "pseudonymizer": _ = try Pseudonymizer(key: Data(members.string("key").utf8))
        case "canary_word": _ = try canaryWord(key: Data(members.string("key").utf8), id: members.string("id"))
        case "push_after_finish":
            let stream = try plain.get().stream()
            _ = try stream.finish()
            _ = try stream.push("more")
        case let call: throw Mismatch("there is no call \(call)")
        }
        throw Mismatch("it did not fail")
    } catch let unsaid as Unsaid where members["needs"] as? String == "dynamic" {
        print("held by the type system: \(one.name): \(unsaid)")
    } catch let error as EdgewardenError {
        try same("code", error.code, members.string("code"))
        try same("field", error.field ?? "none", members["field"] as? String ?? "none")
        let at = (members["span_offset"] as? NSNumber)?.intValue
        let expected = try at.map { offsetUnit == .bytes ? $0 : try units(members.string("json"), before: $0) }
        try same("offset", error.offset, expected)
    }
}

/// The code of the error with which the call fails.
private func code(_ call: () throws -> Void) throws -> String {
    do {
        try call()
    } catch let error as EdgewardenError {
        return error.code
    }
    throw Mismatch("it did not fail")
}
