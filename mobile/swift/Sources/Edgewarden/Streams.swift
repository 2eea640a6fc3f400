/// The outputs of a stream that is scanned while it arrives; see ``PromptScanner/stream(_:origin:)``.
public struct ScannedStream<Base: AsyncSequence>: AsyncSequence where Base.Element == String {
    public typealias Element = StreamOutput

    let base: Base
    let scanner: PromptScanner
    let origin: Origin

    /// Scans anew from the first piece, as far as the pieces can be read anew.
    public func makeAsyncIterator() -> Iterator {
        Iterator(base: base.makeAsyncIterator(), stream: scanner.stream(origin: origin))
    }

    public struct Iterator: AsyncIteratorProtocol {
        var base: Base.AsyncIterator
        var stream: StreamScanner?

        /// One output per piece, then that of the end, then `nil`.
        ///
        /// When the pieces end with an error, that error is thrown and what is held back stays held back.
        public mutating func next() async throws -> StreamOutput? {
            guard let stream else { return nil }
            // Set again only where the stream goes on: after the end and after an error there is nothing more.
            self.stream = nil
            guard let piece = try await base.next() else { return try stream.finish() }
            let output = try stream.push(piece)
            self.stream = stream
            return output
        }
    }
}

extension ScannedStream: Sendable where Base: Sendable {}

extension PromptScanner {
    /// Scans pieces of text as they arrive:
    ///
    /// ```swift
    /// for try await output in scanner.stream(model.answer) {
    ///     if output.decision == .block { break }
    ///     show(output.release)
    /// }
    /// ```
    ///
    /// Each output releases what is safe to show by then, with credentials and personal data replaced; the last one
    /// releases the rest. The caller decides what a decision means: nothing is held back because of it.
    public func stream<Pieces: AsyncSequence>(_ pieces: Pieces, origin: Origin = .assistant) -> ScannedStream<Pieces>
    where Pieces.Element == String {
        ScannedStream(base: pieces, scanner: self, origin: origin)
    }
}
