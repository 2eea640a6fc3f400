// A verifier that sees to the keys of its issuer by itself.

import Foundation

/// Verifies the tokens of one issuer, whose keys it fetches, keeps and refreshes.
///
/// ```swift
/// let verifier = try JwksVerifier(
///     options: VerifierOptions(
///         issuer: "https://issuer.example", audiences: ["https://api.example"], algorithms: [.es256]),
///     jwksUri: "https://issuer.example/keys")
/// let token = try await verifier.verify(bearer)
/// ```
///
/// Make one and keep it; any number of tasks may use it at once. A token whose key is at hand is verified without waiting for
/// anything, also while the issuer cannot be reached. No request waits for the fetch of another one: the first two fetch, the
/// others ask again after a short sleep.
public final class JwksVerifier: Sendable {
    /// Sends one request, once. It follows no redirect, and throws where there is no response.
    public typealias Fetch = @Sendable (JwksRequest) async throws -> JwksResponse

    private let verifier: TokenVerifier
    private let issuedBy: String
    private let keyCache: KeyCache
    private let tokenCache: TokenCache?
    private let source: JwksSource
    private let patience: Duration
    private let now: @Sendable () -> Date

    /// A verifier for the tokens of one issuer.
    ///
    /// - Parameters:
    ///   - options: What tokens are held to. A shared secret has no address, so HMAC is for ``TokenVerifier``.
    ///   - jwksUri: Where the issuer publishes its keys: `https`, or `http` on this very machine.
    ///   - keyCache: How keys age.
    ///   - tokenCacheBytes: How much memory verified tokens may take; 0 keeps none.
    ///   - fetch: Sends the requests.
    ///   - now: The clock.
    /// - Throws: ``EdgewardenError`` with a code of the family of options.
    public init(
        options: VerifierOptions, jwksUri: String, keyCache: KeyCacheOptions = KeyCacheOptions(),
        tokenCacheBytes: Int64 = 4 << 20, fetch: @escaping Fetch, now: @escaping @Sendable () -> Date = { Date() }
    ) throws {
        guard options.sharedSecret == nil else { throw wrong("sharedSecret", "a secret is published nowhere") }
        verifier = try TokenVerifier(options: options)
        guard let issuer = verifier.issuer() else { throw wrong("profile", "proofs bring their own keys") }
        issuedBy = issuer
        guard keyCache.trust.allSatisfy({ $0 == issuer }) else { throw wrong("keyCache.trust", "another issuer") }
        var trusting = keyCache
        trusting.trust = [issuer]
        self.keyCache = try KeyCache(options: trusting)
        tokenCache = tokenCacheBytes == 0 ? nil : try TokenCache(bytesMax: tokenCacheBytes)
        self.now = now
        patience = .seconds(3 * min(max(keyCache.fetchSecs ?? fetchSecs, 1), fetchSecsMost))
        let bytes = min(keyCache.limits?.bytes ?? keySetBytes, keySetBytesMost)
        source = JwksSource(
            url: try address(jwksUri), bytesMax: Int(bytes) + 1, cache: self.keyCache, fetch: fetch, now: now)
    }

    /// Verifies a token; fetches keys first where there are none that fit.
    ///
    /// A task that is cancelled while it waits ends with `CancellationError`. The fetch that it may have begun goes on, for the
    /// next ones.
    ///
    /// - Throws: ``EdgewardenError`` with a ``EdgewardenError/refusal``, `CancellationError`.
    public func verify(_ token: String) async throws -> VerifiedToken {
        var pause = Duration.milliseconds(25)
        let end = ContinuousClock.now + patience
        while true {
            switch try verifier.step(token, keyCache: keyCache, tokenCache: tokenCache, now: now()) {
            case .verified(let verified, let refresh):
                if let refresh { source.start(refresh) }
                return verified
            case .refused(let error, let refresh):
                if let refresh { source.start(refresh) }
                throw error
            case .fetch(let ticket):
                let ended = source.start(ticket)
                let hasEnded = await withTaskCancellationHandler {
                    await ended.value()
                } onCancel: {
                    ended.resolve(false)
                }
                if !hasEnded { throw CancellationError() }
            case .wait(let untilMs):
                let left = Duration.milliseconds(max(1, untilMs - milliseconds(now())))
                try await Task.sleep(for: min(pause, left))
                pause = min(pause * 2, .milliseconds(400))
            case .check(_, let refresh):
                if let refresh { source.start(refresh) }
                throw EdgewardenError.internal(
                    code: "internal", reason: "the verifier leaves signatures to its host", offset: nil, field: nil)
            }
            // Who has waited for several fetches waits for no more.
            if ContinuousClock.now > end { throw unavailable(milliseconds(now())) }
        }
    }

    /// The issuer whose tokens are accepted.
    public func issuer() -> String { issuedBy }

    /// How it stands with the keys.
    public func state() throws -> KeyState {
        try keyCache.state(issuedBy, now: now()) ?? .empty
    }

    /// Drops a token that is kept, as after a logout; whether it was there. It is verified anew if it comes again.
    @discardableResult
    public func forget(_ token: String) throws -> Bool {
        try tokenCache?.forget(token, verifier: verifier) ?? false
    }

    /// The keys that are held, for the next process: see ``KeyCache/snapshot(macKey:)``.
    ///
    /// - Parameter macKey: 32 random bytes, kept like any other secret. Without, whoever can write into the store can put keys
    ///   of their own there.
    public func snapshot(macKey: Data? = nil) throws -> Data {
        try keyCache.snapshot(macKey: macKey)
    }

    /// Takes the keys of a snapshot that are newer than what is held; how many sets.
    @discardableResult
    public func restore(_ bytes: Data, macKey: Data? = nil) throws -> Int {
        try keyCache.restore(bytes, macKey: macKey, now: now())
    }
}

extension JwksVerifier: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// How much is kept.
    public var description: String { "JwksVerifier { tokens: \(tokenCache?.size() ?? 0) }" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// The address of a key set. It is not taken from a token, yet a misspelt one would ask just anybody for keys.
private func address(_ text: String) throws -> URL {
    // Foundation would repair other signs, each version in its own way.
    guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }), let parts = URLComponents(string: text), let url = parts.url,
        let host = parts.host, !host.isEmpty
    else { throw wrong("jwksUri", "not an address") }
    guard parts.user == nil, parts.password == nil, parts.fragment == nil else {
        throw wrong("jwksUri", "has a user, a password or a fragment")
    }
    switch parts.scheme?.lowercased() {
    case "https": return url
    case "http" where isLoopback(host): return url
    default: throw wrong("jwksUri", "not https")
    }
}

/// Whether the name is this machine's own, whoever asks.
private func isLoopback(_ host: String) -> Bool {
    if ["localhost", "::1", "[::1]"].contains(host.lowercased()) { return true }
    let numbers = host.split(separator: ".", omittingEmptySubsequences: false)
    return numbers.count == 4 && numbers[0] == "127" && numbers.allSatisfy { UInt8($0) != nil }
}

private func wrong(_ field: String, _ why: String) -> EdgewardenError {
    .options(code: "invalid_option", reason: "option `\(field)`: \(why)", offset: nil, field: field)
}

/// The refusal of a token that nobody has found keys for.
private func unavailable(_ now: Int64) -> EdgewardenError {
    .verify(
        code: "keys_unavailable", reason: "keys: no keys at hand", offset: nil, field: nil, place: .keys, part: nil,
        retry: .at, retryAt: now + 1000, evidence: nil, httpStatus: 503)
}

/// How long a fetch may take unless an option says otherwise, and with any option.
private let fetchSecs: Int64 = 10
private let fetchSecsMost: Int64 = 120
/// Longest key set unless a limit says otherwise, and with any limit.
private let keySetBytes: Int64 = 262_144
private let keySetBytesMost: Int64 = 4_194_304
