// Reading cases and comparing what was found with what they expect.

import Edgewarden
import Foundation

typealias Object = [String: Any]

/// One case of a file.
struct Case {
    let file: String
    let members: Object

    var name: String { (members["name"] ?? members["id"]) as? String ?? "?" }

    var id: String { "\(file): \(name)" }
}

/// What does not hold.
struct Mismatch: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}

extension [String: Any] {
    func string(_ name: String) throws -> String { try member(name) }

    func list(_ name: String) throws -> [Object] { try member(name) }

    func int(_ name: String) throws -> Int {
        let number: NSNumber = try member(name)
        return number.intValue
    }

    func member<T>(_ name: String) throws -> T {
        guard let value = self[name] as? T else { throw Mismatch("the case has no \(name) of type \(T.self)") }
        return value
    }

    /// The text, with U+FFFD for each surrogate without partner.
    func text() throws -> String {
        guard let units = self["text_utf16"] as? [NSNumber] else { return try string("text") }
        return String(decoding: units.map(\.uint16Value), as: UTF16.self)
    }

    func origin() throws -> Origin { try named(string("origin"), among: Origin.allCases, \.name) }

    func now() -> Date? {
        (self["now"] as? NSNumber).map { Date(timeIntervalSince1970: $0.doubleValue / 1000) }
    }

    func bytes(_ name: String) throws -> Data {
        guard let data = Data(base64Encoded: try string(name)) else { throw Mismatch("\(name) is not base64") }
        return data
    }
}

func named<T>(_ name: String, among all: [T], _ nameOf: (T) -> String) throws -> T {
    guard let found = all.first(where: { nameOf($0) == name }) else { throw Unsaid("`\(name)` is no case of \(T.self)") }
    return found
}

func same<T: Equatable>(_ what: String, _ found: T, _ expected: T) throws {
    if found != expected { throw Mismatch("\(what) is \(found), not \(expected)") }
}

/// Strings are compared unit by unit: `==` would take canonically equivalent ones for equal.
func same(_ what: String, _ found: String, _ expected: String) throws {
    if !found.utf8.elementsEqual(expected.utf8) {
        throw Mismatch("\(what) is \(found.debugDescription), not \(expected.debugDescription)")
    }
}

/// What the findings of a text and those of a document have in common.
protocol Found {
    var ruleId: String { get }
    var category: Edgewarden.Category { get }
    var severity: Severity { get }
    var confidence: Confidence { get }
    var weight: Int32 { get }
    var start: Int32 { get }
    var end: Int32 { get }
    var chain: [String] { get }
    func range(in text: String) -> Range<String.Index>?
}

extension Finding: Found {}
extension JsonFinding: Found {}

/// What offsets count.
enum Unit {
    case utf16, bytes
}

func same(findings: [any Found], _ expected: [Object], in text: String, unit: Unit = .utf16) throws {
    try same("the number of findings", findings.count, expected.count)
    for (i, (finding, expected)) in zip(findings, expected).enumerated() {
        let what = "finding \(i)"
        try same("\(what) rule", finding.ruleId, expected.string("rule_id"))
        try same("\(what) category", finding.category.name, expected.string("category"))
        try same("\(what) severity", finding.severity.name, expected.string("severity"))
        try same("\(what) confidence", finding.confidence.name, expected.string("confidence"))
        try same("\(what) weight", Int(finding.weight), expected.int("weight"))
        try same("\(what) chain", finding.chain, expected.member("chain"))
        try samePlace(what, finding, expected, in: text, unit: unit)
    }
}

func samePlace(_ what: String, _ finding: any Found, _ expected: Object, in text: String, unit: Unit) throws {
    let (start, end) = try span(expected)
    let slice = String(decoding: text.utf8.dropFirst(start).prefix(end - start), as: UTF8.self)
    if expected["slice"] != nil { try same("\(what) slice of the case", slice, expected.string("slice")) }
    switch unit {
    case .bytes:
        try same("\(what) start", Int(finding.start), start)
        try same("\(what) end", Int(finding.end), end)
    case .utf16:
        try same("\(what) start", Int(finding.start), units(text, before: start))
        try same("\(what) end", Int(finding.end), units(text, before: end))
        guard let range = finding.range(in: text) else { throw Mismatch("\(what) has no range in the text") }
        try same("\(what) slice", String(text[range]), slice)
    }
}

func span(_ of: Object, _ name: String = "span") throws -> (Int, Int) {
    let ends: [NSNumber] = try of.member(name)
    guard ends.count == 2 else { throw Mismatch("a span has two ends") }
    return (ends[0].intValue, ends[1].intValue)
}

/// UTF-16 code units of the first bytes of the text.
func units(_ text: String, before bytes: Int) -> Int {
    String(decoding: text.utf8.prefix(bytes), as: UTF8.self).utf16.count
}
