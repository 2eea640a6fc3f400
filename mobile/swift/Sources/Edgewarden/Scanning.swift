// Default arguments and dates for what UniFFI generates with labels and milliseconds.

import Foundation

extension PromptScanner {
    /// Scans one text.
    ///
    /// What cannot be scanned to the end is reported as a finding, not as an error. A `String` is always Unicode:
    /// whatever was wrong in its source has become U+FFFD before it gets here; ``scanBytes(_:origin:now:)`` refuses it
    /// instead.
    ///
    /// - Parameters:
    ///   - text: The text; at most `limits.inputBytes` are looked at.
    ///   - origin: Where it comes from; thresholds and rules depend on it.
    ///   - now: The time by which exceptions expire; `nil` takes the clock of this machine.
    /// - Throws: ``EdgewardenError`` with the code `internal`, or `invalid_argument` for a time before 1970.
    public func scan(_ text: String, origin: Origin = .user, now: Date? = nil) throws -> ScanReport {
        try scan(text: text, origin: origin, now: now.map(milliseconds))
    }

    /// Scans one text away from the calling actor, so that a long text does not hold up the main one.
    ///
    /// It takes about a millisecond for some tens of kilobytes; shorter texts need no other actor.
    public nonisolated func scanInBackground(
        _ text: String, origin: Origin = .user, now: Date? = nil
    ) async throws -> ScanReport {
        try scan(text, origin: origin, now: now)
    }

    /// Scans bytes that should be UTF-8; offsets of the report count bytes, so ``Finding/range(in:)`` and
    /// ``ScanReport/redacted(_:)`` do not apply to it.
    ///
    /// - Throws: ``EdgewardenError`` with the code `invalid_utf8` and the offset of the first byte outside a character.
    public func scanBytes(_ bytes: Data, origin: Origin = .user, now: Date? = nil) throws -> ScanReport {
        try scanBytes(bytes: bytes, origin: origin, now: now.map(milliseconds))
    }

    /// Scans several texts in one call; the reports come in the same order.
    public func scanBatch(_ texts: [String], origin: Origin = .user, now: Date? = nil) throws -> [ScanReport] {
        try scanBatch(texts: texts, origin: origin, now: now.map(milliseconds))
    }

    /// Scans every string of a JSON document, member names too.
    ///
    /// - Throws: ``EdgewardenError`` with the code `invalid_json`, `json_too_deep` or `input_too_large`.
    public func scanJson(_ json: String, origin: Origin = .user) throws -> JsonReport {
        try scanJson(json: json, origin: origin)
    }

    /// Scans one message of a conversation and books it there.
    public func scanInSession(
        _ text: String, session: SessionState, origin: Origin = .user, now: Date? = nil
    ) throws -> ScanReport {
        try scanInSession(text: text, session: session, origin: origin, now: now.map(milliseconds))
    }

    /// Scans and says in words how the decision came about; places are in bytes. Holds no text of the caller.
    public func explain(_ text: String, origin: Origin = .user, now: Date? = nil) throws -> String {
        try explain(text: text, origin: origin, now: now.map(milliseconds))
    }
}

extension StreamScanner {
    /// Takes the next piece of text.
    ///
    /// - Throws: ``EdgewardenError`` with the code `closed` after ``finish()``.
    public func push(_ piece: String) throws -> StreamOutput {
        try push(piece: piece)
    }
}

extension ScanReport {
    /// `text`, which must be the text that was scanned, with each credential and personal datum replaced by its label.
    ///
    /// In another text the places are wrong, and what is beyond its end counts as its end.
    public func redacted(_ text: String) throws -> String {
        try redact(text: text)
    }
}

extension JsonReport {
    /// `json`, which must be the document that was scanned, with each credential and personal datum replaced by its
    /// label. The result is JSON again.
    public func redacted(_ json: String) throws -> String {
        try redact(json: json)
    }
}

extension Pseudonymizer {
    /// Replaces what the report points at in the text that was scanned.
    public func pseudonymize(_ text: String, report: ScanReport) throws -> Pseudonymized {
        try pseudonymize(text: text, report: report)
    }
}

extension Pseudonymized {
    /// Puts the originals back into a text that holds placeholders, such as a model's answer.
    public func restored(_ text: String) -> String {
        restore(text: text)
    }
}

extension AllowEntry {
    /// A text that may be found without consequence until a time.
    public init(_ text: String, ruleId: String? = nil, until: Date? = nil) {
        self.init(text: text, ruleId: ruleId, until: until.map(milliseconds))
    }
}

/// The nearest whole millisecond since 1970, for a `Date` keeps no exact ones; a date beyond all clocks becomes the last
/// that fits.
func milliseconds(_ date: Date) -> Int64 {
    let exact = date.timeIntervalSince1970 * 1000
    // Not a number is no time at all, which the scanner refuses.
    if exact.isNaN || exact <= -9e18 { return .min }
    return exact >= 9e18 ? .max : Int64(exact.rounded())
}
