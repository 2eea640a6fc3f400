// Default arguments and dates for the caches of keys and tokens.

import Foundation

extension KeyCache {
    /// A cache with default behaviour that trusts these issuers: exact values of `iss`.
    public convenience init(trust issuers: [String]) throws {
        try self.init(options: KeyCacheOptions(trust: issuers))
    }

    /// Lets the cache keep keys of an issuer. Never one that a token merely names.
    public func trust(_ issuer: String) throws {
        try trust(issuer: issuer)
    }

    /// Drops an issuer and its keys.
    public func forget(_ issuer: String) throws {
        try forget(issuer: issuer)
    }

    /// The keys of an issuer for a token that names `kid`.
    ///
    /// - Parameters:
    ///   - plausible: Whether everything about the token that needs no key is right.
    ///   - entropy: A random number below 2^53; `nil` takes one of this machine.
    public func keys(
        _ issuer: String, kid: String? = nil, plausible: Bool = true, now: Date? = nil, entropy: Int64? = nil
    ) throws -> KeyAnswer {
        try keys(issuer: issuer, kid: kid, plausible: plausible, now: now.map(milliseconds), entropy: entropy)
    }

    /// A fetch brought a document with status 200.
    ///
    /// - Parameter maxAgeSecs: `max-age` of `Cache-Control` less `Age`.
    @discardableResult
    public func fetched(
        _ ticket: FetchTicket, body: Data, maxAgeSecs: Int64? = nil, etag: String? = nil, now: Date? = nil
    ) throws -> KeyUpdate {
        try fetched(ticket: ticket, body: body, maxAgeSecs: maxAgeSecs, etag: etag, now: now.map(milliseconds))
    }

    /// A fetch was answered with status 304.
    @discardableResult
    public func notModified(_ ticket: FetchTicket, maxAgeSecs: Int64? = nil, now: Date? = nil) throws -> KeyUpdate {
        try notModified(ticket: ticket, maxAgeSecs: maxAgeSecs, now: now.map(milliseconds))
    }

    /// A fetch brought another status, or nothing.
    @discardableResult
    public func failed(_ ticket: FetchTicket, now: Date? = nil) throws -> KeyUpdate {
        try failed(ticket: ticket, now: now.map(milliseconds))
    }

    /// A signature did not verify with the key of `kid`. A ticket if it is time to fetch; the token need not wait for that.
    public func badSignature(_ issuer: String, kid: String? = nil, now: Date? = nil, entropy: Int64? = nil) throws
        -> FetchTicket?
    {
        try badSignature(issuer: issuer, kid: kid, now: now.map(milliseconds), entropy: entropy)
    }

    /// How the cache stands with an issuer; `nil` for one that is not trusted.
    public func state(_ issuer: String, now: Date? = nil) throws -> KeyState? {
        try state(issuer: issuer, now: now.map(milliseconds))
    }

    /// The sets that the cache holds, without authentication: whoever can write into the store can put keys of their own there.
    public func snapshot() throws -> Data {
        try snapshot(macKey: nil)
    }

    /// Takes of a snapshot what is trusted and newer than what is held; how many sets.
    @discardableResult
    public func restore(_ bytes: Data, macKey: Data? = nil, now: Date? = nil) throws -> Int {
        Int(try restore(bytes: bytes, macKey: macKey, now: now.map(milliseconds)))
    }
}

extension FetchTicket {
    /// From then on the fetch counts as failed: stop it.
    public var deadline: Date { date(deadlineMs) }
}

extension KeyUpdate {
    /// Until when the set needs no refresh; not for a failure.
    public var freshUntil: Date? { freshUntilMs.map(date) }

    /// For a failure: before that time no other fetch of this kind is handed out.
    public var retryAt: Date? { retryAtMs.map(date) }
}

extension TokenCache {
    /// What a verifier said about this very token, if it would say the same with `keys` at `now`.
    public func get(_ token: String, verifier: TokenVerifier, keys: KeySet, now: Date? = nil) throws -> VerifiedToken? {
        try get(verifier: verifier, token: token, keys: keys, now: now.map(milliseconds))
    }

    /// Keeps a token that a verifier just verified; whether it was kept.
    @discardableResult
    public func insert(_ token: String, verifier: TokenVerifier, verified: VerifiedToken) throws -> Bool {
        try insert(verifier: verifier, token: token, verified: verified)
    }

    /// Drops a token, as after a logout; whether it was there.
    @discardableResult
    public func forget(_ token: String, verifier: TokenVerifier) throws -> Bool {
        try forget(verifier: verifier, token: token)
    }
}
