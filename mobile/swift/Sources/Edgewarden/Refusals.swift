// What a refused token is answered with.

import Foundation

/// Why a token is refused: the members of ``EdgewardenError/verify(code:reason:offset:field:place:part:retry:retryAt:evidence:httpStatus:)``
/// with the types of Swift. Holds no text of the token.
public struct VerifyError: Error, Sendable, Equatable {
    /// Stable snake_case code, one of ``errorCatalogue()``.
    public let code: String
    /// For people: lower case, no full stop.
    public let message: String
    /// What of the token is wrong.
    public let place: TokenPlace
    /// Which header parameter or claim.
    public let part: String?
    /// Whether the same token may be accepted later.
    public let retry: Retry
    /// That time, where ``retry`` is ``Retry/at``.
    public let retryAt: Date?
    /// Numbers that say more.
    public let evidence: Evidence?
    /// The status of an HTTP response: 401; 503 where the server has no keys.
    public let httpStatus: Int

    private let error: EdgewardenError

    fileprivate init?(_ error: EdgewardenError) {
        guard
            case .verify(let code, let reason, _, _, let place, let part, let retry, let retryAt, let evidence, let httpStatus) =
                error
        else { return nil }
        self.code = code
        message = reason
        self.place = place
        self.part = part
        self.retry = retry
        self.retryAt = retryAt.map(date)
        self.evidence = evidence
        self.httpStatus = Int(httpStatus)
        self.error = error
    }

    /// The value of `WWW-Authenticate` for the scheme `Bearer` (RFC 6750 section 3). A fault of the server tells no error.
    public func challenge(realm: String) -> String {
        Edgewarden.challenge(error: error, realm: realm)
    }
}

extension VerifyError: CustomStringConvertible, LocalizedError {
    /// Message and code.
    public var description: String { "\(message) (\(code))" }
    public var errorDescription: String? { message }
}

extension EdgewardenError {
    /// Why the token is refused; `nil` where the fault is not the token's.
    public var refusal: VerifyError? { VerifyError(self) }
}

/// The value of `WWW-Authenticate` for a request without a token.
public func challenge(realm: String) -> String {
    challenge(error: nil, realm: realm)
}

extension ProofChallenge {
    /// The value of `WWW-Authenticate` for the scheme `DPoP` (RFC 9449 section 7.1).
    public func header(realm: String, algorithms: [TokenAlgorithm]) throws -> String {
        try proofChallenge(what: self, realm: realm, algorithms: algorithms)
    }
}
