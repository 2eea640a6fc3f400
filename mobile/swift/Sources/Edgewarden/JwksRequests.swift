// What a request for a key set is, and what its answer says. How it is sent is the application's or `URLSession`'s.

import Foundation

/// A request for a key set, as ``JwksVerifier`` wants it sent: once, by `GET`, and without following a redirect.
public struct JwksRequest: Sendable, Equatable {
    /// The address that the verifier was given. Nothing of a token is in it.
    public let url: URL
    /// `Accept`, and `If-None-Match` where an earlier answer had an `ETag`.
    public let headers: [String: String]
    /// How long it may take. An answer that comes later counts for nothing, and the task is cancelled then.
    public let timeout: Duration
    /// How much of the body is worth reading: one byte more than a key set may have, so that a longer one shows as such.
    public let bytesMax: Int

    public init(url: URL, headers: [String: String], timeout: Duration, bytesMax: Int) {
        self.url = url
        self.headers = headers
        self.timeout = timeout
        self.bytesMax = bytesMax
    }
}

/// The answer to a ``JwksRequest``, whatever its status.
public struct JwksResponse: Sendable, Equatable {
    /// The status of the response; of a redirect, its own.
    public var status: Int
    /// Its headers; names count in any case.
    public var headers: [String: String]
    /// Its body, or the first `bytesMax` bytes of it.
    public var body: Data

    public init(status: Int, headers: [String: String] = [:], body: Data = Data()) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}

extension JwksResponse: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Status and size.
    public var description: String { "JwksResponse { status: \(status), body_bytes: \(body.count) }" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

extension JwksResponse {
    /// What to send as `If-None-Match` next time, if it is written as RFC 9110 section 8.8.3 has it: nothing else may get into
    /// the head of a request.
    var etag: String? {
        guard let etag = header("etag") else { return nil }
        let quoted = etag.hasPrefix("W/") ? etag.dropFirst(2) : etag[...]
        let signs = quoted.utf8.dropFirst().dropLast()
        let isQuoted = quoted.utf8.count >= 2 && quoted.utf8.first == 0x22 && quoted.utf8.last == 0x22
        return isQuoted && signs.count <= 512 && signs.allSatisfy { $0 == 0x21 || (0x23...0x7E).contains($0) } ? etag : nil
    }

    /// For how many more seconds the answer is fresh: `max-age` less `Age` (RFC 9111 section 4.2); `nil` where it does not say.
    var maxAgeSecs: Int64? {
        guard let control = header("cache-control") else { return nil }
        for directive in control.split(separator: ",") {
            let parts = directive.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, parts[0].trimmed.lowercased() == "max-age" else { continue }
            var value = parts[1].trimmed
            // A string in quotes is not how it is written, but is how some servers write it.
            if value.count >= 2, value.hasPrefix("\""), value.hasSuffix("\"") { value = String(value.dropFirst().dropLast()) }
            guard let age = seconds(value) else { return nil }
            return max(0, age - (header("age").flatMap(seconds) ?? 0))
        }
        return nil
    }

    private func header(_ name: String) -> String? {
        headers.first { $0.key.lowercased() == name }?.value.trimmed
    }
}

extension StringProtocol {
    fileprivate var trimmed: String { trimmingCharacters(in: .whitespaces) }
}

/// A number of seconds as headers have it: digits alone. What is too large for any clock is the largest there is.
private func seconds(_ digits: String) -> Int64? {
    guard !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    return min(Int64(digits) ?? .max, 1 << 31)
}
