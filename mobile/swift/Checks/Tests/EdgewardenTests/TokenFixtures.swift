import Edgewarden
import Foundation

let issuer = "https://issuer.example"
let audience = "https://api.example"

/// When the tokens below were made; the short one ends five minutes later.
let then = Date(timeIntervalSince1970: 1_700_000_000)

/// Signed by ``keyA`` under the name `a`, good for five minutes.
let tokenOfA = [
    "eyJhbGciOiJFZERTQSIsImtpZCI6ImEifQ",
    "eyJpc3MiOiJodHRwczovL2lzc3Vlci5leGFtcGxlIiwiYXVkIjoiaHR0cHM6Ly9hcGkuZXhhbXBsZSIsImV4cCI6MTcwMDAwMDMwMH0",
    "CVwJA_QVtIFXEHxcfdZ5DZLgk0cIzjCNADudBRXEA_s34H4gWk251GTvnDU613cVXPTfkBiU5jhTMVeYaVlHDQ",
].joined(separator: ".")

/// The same without an end in sight.
let longTokenOfA = [
    "eyJhbGciOiJFZERTQSIsImtpZCI6ImEifQ",
    "eyJpc3MiOiJodHRwczovL2lzc3Vlci5leGFtcGxlIiwiYXVkIjoiaHR0cHM6Ly9hcGkuZXhhbXBsZSIsImV4cCI6OTAwNzE5OTI1NDc0MDk5MX0",
    "PZcAy2rzIr_BFwOr4Xe9pu7N0NRFhi9OmiCos9vQQqRUs2MwxLhCGBqVboHVss9B5ss_NNlGHUGKOUEOln8zDw",
].joined(separator: ".")

/// Signed by ``keyB``, which goes by the name `a` here.
let tokenOfB = [
    "eyJhbGciOiJFZERTQSIsImtpZCI6ImEifQ",
    "eyJpc3MiOiJodHRwczovL2lzc3Vlci5leGFtcGxlIiwiYXVkIjoiaHR0cHM6Ly9hcGkuZXhhbXBsZSIsImV4cCI6MTcwMDAwMDMwMH0",
    "UMQTV-cj3cWYvIPBfxomOlLsXzlo49EFiY-eK65WySyHVL9I2r2vIkEtNoFyoHRZpfPHblrzYncFwo1l4LNUBA",
].joined(separator: ".")

let keyA = "iojj3XQJ8ZX9UtstPLpdcspnCb8dlBIb83SIAbQPb1w"
let keyB = "gTl3Dqh9F19Wo1Rmw0x-zMuNipG07jeiXfYPW4_Js5Q"

/// A key set of one key under a name.
func keySet(_ x: String, kid: String = "a") -> String {
    #"{"keys": [{"kty": "OKP", "crv": "Ed25519", "kid": "\#(kid)", "x": "\#(x)"}]}"#
}

/// Right in everything but its signature, and that shows only with a key of that name.
func unsignedToken(kid: String) -> String {
    let parts = [
        #"{"alg":"EdDSA","kid":"\#(kid)"}"#, #"{"iss":"\#(issuer)","aud":"\#(audience)","exp":9007199254740991}"#,
    ]
    return (parts.map { base64url(Data($0.utf8)) } + [base64url(Data(repeating: 1, count: 64))]).joined(separator: ".")
}

private func base64url(_ bytes: Data) -> String {
    bytes.base64EncodedString().replacingOccurrences(of: "+", with: "-").replacingOccurrences(of: "/", with: "_")
        .replacingOccurrences(of: "=", with: "")
}

let policy = VerifierOptions(issuer: issuer, audiences: [audience], algorithms: [.edDsa])

/// The refusal with which the call ends.
func refusal(_ call: () async throws -> Void) async -> VerifyError? {
    do {
        try await call()
        return nil
    } catch {
        return (error as? EdgewardenError)?.refusal
    }
}

/// A clock that goes when it is told to.
final class FakeClock: @unchecked Sendable {
    private let lock = NSLock()
    private var time = then

    var now: Date { lock.withLock { time } }

    func advance(_ seconds: Double) { lock.withLock { time += seconds } }
}

/// An issuer that answers as it is told, and counts what it is asked.
final class FakeIssuer: @unchecked Sendable {
    private let lock = NSLock()
    private var seen: [JwksRequest] = []
    private var answer: @Sendable (JwksRequest) async throws -> JwksResponse

    init(_ jwks: String, headers: [String: String] = [:], delay: Duration = .zero) {
        answer = FakeIssuer.giving(jwks, headers, delay)
    }

    var requests: [JwksRequest] { lock.withLock { seen } }

    var fetch: JwksVerifier.Fetch {
        { [self] request in
            let answer = lock.withLock {
                seen.append(request)
                return self.answer
            }
            return try await answer(request)
        }
    }

    func publish(_ jwks: String, headers: [String: String] = [:], delay: Duration = .zero) {
        behave(FakeIssuer.giving(jwks, headers, delay))
    }

    func fail() { behave { _ in throw URLError(.cannotConnectToHost) } }

    func behave(_ answer: @escaping @Sendable (JwksRequest) async throws -> JwksResponse) {
        lock.withLock { self.answer = answer }
    }

    private static func giving(_ jwks: String, _ headers: [String: String], _ delay: Duration)
        -> @Sendable (JwksRequest) async throws -> JwksResponse
    {
        { _ in
            if delay > .zero { try await Task.sleep(for: delay) }
            return JwksResponse(status: 200, headers: headers, body: Data(jwks.utf8))
        }
    }
}

/// A verifier of this issuer that goes by this clock.
func jwksVerifier(
    _ issuer: FakeIssuer, _ clock: FakeClock = FakeClock(), keyCache: KeyCacheOptions = KeyCacheOptions(),
    tokenCacheBytes: Int64 = 0
) throws -> JwksVerifier {
    try JwksVerifier(
        options: policy, jwksUri: "https://issuer.example/keys", keyCache: keyCache, tokenCacheBytes: tokenCacheBytes,
        fetch: issuer.fetch, now: { clock.now })
}

/// Waits until it is so, for five seconds at most.
func eventually(_ isSo: () throws -> Bool) async throws -> Bool {
    for _ in 0..<500 {
        if try isSo() { return true }
        try await Task.sleep(for: .milliseconds(10))
    }
    return false
}
