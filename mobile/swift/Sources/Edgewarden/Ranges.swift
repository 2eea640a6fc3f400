// Offsets count UTF-16 code units, as `String.utf16` and `NSString` do. Swift's own strings are indexed by
// `String.Index`, so each offset pair has a range in a given text.

extension Finding {
    /// Where the finding lies in the text that was scanned; `nil` when `text` is another one in which there is no such
    /// place (it ends earlier, or the place would split a character).
    ///
    /// The range lies on boundaries of Unicode scalars; a user-perceived character may begin before it, as when an
    /// invisible mark inside one was found. Takes time linear in the offset.
    public func range(in text: String) -> Range<String.Index>? {
        Edgewarden.range(in: text, from: start, to: end)
    }
}

extension JsonFinding {
    /// Where the finding lies in the document that was scanned; see ``Finding/range(in:)``.
    public func range(in document: String) -> Range<String.Index>? {
        Edgewarden.range(in: document, from: start, to: end)
    }
}

extension Redaction {
    /// Where the replaced place lies in the text that was scanned; see ``Finding/range(in:)``.
    public func range(in text: String) -> Range<String.Index>? {
        Edgewarden.range(in: text, from: start, to: end)
    }
}

extension CanarySpan {
    /// Where the canary stands in the text that was searched; see ``Finding/range(in:)``.
    public func range(in text: String) -> Range<String.Index>? {
        Edgewarden.range(in: text, from: start, to: end)
    }
}

private func range(in text: String, from start: Int32, to end: Int32) -> Range<String.Index>? {
    let units = text.utf16
    let (start, end) = (Int(start), Int(end))
    guard 0 <= start, start <= end,
        let lower = units.index(units.startIndex, offsetBy: start, limitedBy: units.endIndex),
        let upper = units.index(lower, offsetBy: end - start, limitedBy: units.endIndex),
        let lower = lower.samePosition(in: text.unicodeScalars),
        let upper = upper.samePosition(in: text.unicodeScalars)
    else { return nil }
    return lower..<upper
}
