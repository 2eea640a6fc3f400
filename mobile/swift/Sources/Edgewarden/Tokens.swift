// Default arguments and dates for what UniFFI generates with labels and milliseconds.

import Foundation

extension TokenVerifier {
    /// Verifies a token with the keys of its issuer.
    ///
    /// - Parameters:
    ///   - token: The token, as it came behind `Bearer`.
    ///   - keys: The keys of the issuer; ``sharedKeys()`` for a verifier with a shared secret.
    ///   - now: The time of the verdict; `nil` takes the clock of this machine.
    /// - Throws: ``EdgewardenError`` with a ``EdgewardenError/refusal``, which is the first fault.
    public func verify(_ token: String, keys: KeySet, now: Date? = nil) throws -> VerifiedToken {
        try verify(token: token, keys: keys, now: now.map(milliseconds))
    }

    /// Everything but the signature, which the caller checks.
    public func begin(_ token: String, keys: KeySet, now: Date? = nil) throws -> HostCheck {
        try begin(token: token, keys: keys, now: now.map(milliseconds))
    }

    /// Verifies a token with the keys that a cache has, or says what to do before. ``JwksVerifier`` does it.
    public func step(
        _ token: String, keyCache: KeyCache, tokenCache: TokenCache? = nil, now: Date? = nil, entropy: Int64? = nil
    ) throws -> Step {
        try step(
            token: token, keyCache: keyCache, tokenCache: tokenCache, now: now.map(milliseconds), entropy: entropy)
    }

    /// Everything that needs no key; says which key to have at hand.
    public func plausible(_ token: String, now: Date? = nil) throws -> PlausibleInfo {
        try plausible(token: token, now: now.map(milliseconds))
    }

    /// Every check with its outcome, in order. A tool for developers.
    public func explain(_ token: String, keys: KeySet, now: Date? = nil) throws -> [TokenCheck] {
        try explain(token: token, keys: keys, now: now.map(milliseconds))
    }

    /// Verifies a proof of possession (RFC 9449) with the key in its header.
    ///
    /// A proof counts once: remember its ``VerifiedToken/tokenId()`` until ``VerifiedToken/validUntil()``.
    public func verifyProof(_ proof: String, request: ProofRequest, now: Date? = nil) throws -> VerifiedToken {
        try verifyProof(proof: proof, request: request, now: now.map(milliseconds))
    }

    /// The same without the signature, which the caller checks.
    public func beginProof(_ proof: String, request: ProofRequest, now: Date? = nil) throws -> HostCheck {
        try beginProof(proof: proof, request: request, now: now.map(milliseconds))
    }

    /// Every check of ``verifyProof(_:request:now:)`` with its outcome.
    public func explainProof(_ proof: String, request: ProofRequest, now: Date? = nil) throws -> [TokenCheck] {
        try explainProof(proof: proof, request: request, now: now.map(milliseconds))
    }
}

extension HostCheck {
    /// Ends the verification with what the caller says of the signature.
    public func finish(_ isValid: Bool, now: Date? = nil) throws -> VerifiedToken {
        try finish(valid: isValid, now: now.map(milliseconds))
    }
}

extension KeySet {
    /// The public keys of a JWK set (RFC 7517). A key that cannot be used is ``refused()`` and spoils no other.
    public static func fromJwks(_ jwks: String, limits: KeyLimits? = nil) throws -> KeySet {
        try fromJwks(jwks: jwks, limits: limits)
    }

    /// One public key.
    public static func fromJwk(_ jwk: String) throws -> KeySet {
        try fromJwk(jwk: jwk)
    }

    /// One shared secret, for HMAC algorithms.
    public static func fromSecret(_ secret: Data, algorithms: [TokenAlgorithm], kid: String? = nil) throws -> KeySet {
        try fromSecret(secret: secret, algorithms: algorithms, kid: kid)
    }
}

extension AccessToken {
    /// The access token of a request, as it was sent and as it was verified.
    public init(_ text: String, verified: VerifiedToken) {
        self.init(text: text, verified: verified)
    }
}

extension VerifiedToken {
    /// `exp`
    public func expiresAt() -> Date? { expiresAtMs().map(date) }

    /// `nbf`
    public func notBefore() -> Date? { notBeforeMs().map(date) }

    /// `iat`
    public func issuedAt() -> Date? { issuedAtMs().map(date) }

    /// From then on no call accepts the token, leeway included; `nil` for never.
    public func validUntil() -> Date? { validUntilMs().map(date) }

    /// The claims as a type of one's own:
    ///
    /// ```swift
    /// struct Claims: Decodable {
    ///     let sub: String
    ///     let exp: Date
    /// }
    /// let claims = try token.decodeClaims(as: Claims.self)
    /// ```
    ///
    /// A member of type `Date` is a number of seconds since 1970, as tokens have it.
    ///
    /// - Throws: ``EdgewardenError`` with the code `invalid_argument` where the claims are not of this type. It holds no text of
    ///   the token, as a `DecodingError` would.
    public func decodeClaims<Claims: Decodable>(as type: Claims.Type = Claims.self) throws -> Claims {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .secondsSince1970
        do {
            return try decoder.decode(type, from: Data(claimsJson().utf8))
        } catch {
            throw EdgewardenError.argument(
                code: "invalid_argument", reason: "argument `type`: \(misfit(error))", offset: nil, field: "type")
        }
    }
}

/// What does not fit, in words of the type. Only a name that is missing is told: it is the type's.
private func misfit(_ error: any Error) -> String {
    switch error {
    case DecodingError.keyNotFound(let key, _): "the claims have no `\(key.stringValue)`"
    case DecodingError.typeMismatch, DecodingError.valueNotFound: "a claim is of another type"
    default: "the claims are no such value"
    }
}

/// The time of so many milliseconds since 1970.
func date(_ milliseconds: Int64) -> Date {
    Date(timeIntervalSince1970: Double(milliseconds) / 1000)
}
