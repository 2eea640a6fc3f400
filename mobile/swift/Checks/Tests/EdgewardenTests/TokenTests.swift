import Edgewarden
import Foundation
import XCTest

final class TokenTests: XCTestCase {
    func testGoodTokenTellsItsClaimsAndTimes() throws {
        let token = try TokenVerifier(options: policy).verify(tokenOfA, keys: .fromJwks(keySet(keyA)), now: then)
        XCTAssertEqual(token.issuer(), "https://issuer.example")
        XCTAssertEqual(token.audience(), [audience])
        XCTAssertEqual(token.algorithm(), .edDsa)
        XCTAssertEqual(token.expiresAt(), then.addingTimeInterval(300))
        XCTAssertEqual(token.validUntil(), then.addingTimeInterval(360))
        XCTAssertNil(token.notBefore())
        XCTAssertNil(token.issuedAt())
    }

    func testClaimsAreDecodedAsAType() throws {
        struct Claims: Decodable {
            let iss: URL
            let exp: Date
            let sub: String?
        }
        let token = try TokenVerifier(options: policy).verify(tokenOfA, keys: .fromJwks(keySet(keyA)), now: then)
        let claims = try token.decodeClaims(as: Claims.self)
        XCTAssertEqual(claims.iss.host, "issuer.example")
        XCTAssertEqual(claims.exp, token.expiresAt())
        XCTAssertNil(claims.sub)
        let inferred: Claims = try token.decodeClaims()
        XCTAssertEqual(inferred.exp, claims.exp)
    }

    func testClaimsOfAnotherTypeAreAnErrorWithoutText() throws {
        struct Missing: Decodable { let scope: String }
        struct Number: Decodable { let iss: Int }
        enum Issuer: String, Decodable { case mine }
        struct Known: Decodable { let iss: Issuer }
        let token = try TokenVerifier(options: policy).verify(tokenOfA, keys: .fromJwks(keySet(keyA)), now: then)
        for (call, message) in [
            ({ _ = try token.decodeClaims(as: Missing.self) }, "argument `type`: the claims have no `scope`"),
            ({ _ = try token.decodeClaims(as: Number.self) }, "argument `type`: a claim is of another type"),
            ({ _ = try token.decodeClaims(as: Known.self) }, "argument `type`: the claims are no such value"),
        ] as [(() throws -> Void, String)] {
            XCTAssertThrowsError(try call()) { error in
                XCTAssertEqual((error as? EdgewardenError)?.code, "invalid_argument")
                XCTAssertEqual((error as? EdgewardenError)?.message, message)
                XCTAssertNil((error as? EdgewardenError)?.refusal)
            }
        }
    }

    func testRefusalSaysWhatToAnswer() throws {
        let verifier = try TokenVerifier(options: policy)
        let keys = try KeySet.fromJwks(keySet(keyA))
        XCTAssertThrowsError(try verifier.verify(tokenOfA, keys: keys, now: then.addingTimeInterval(360))) { error in
            guard let error = error as? EdgewardenError, let refusal = error.refusal else { return XCTFail("\(error)") }
            XCTAssertEqual(refusal.code, "token_expired")
            XCTAssertEqual(refusal.code, error.code)
            XCTAssertEqual(refusal.message, error.message)
            XCTAssertEqual(refusal.place, .claim)
            XCTAssertEqual(refusal.part, "exp")
            XCTAssertEqual(refusal.retry, .never)
            XCTAssertNil(refusal.retryAt)
            XCTAssertEqual(refusal.evidence?.kind, .time)
            XCTAssertEqual(refusal.httpStatus, 401)
            XCTAssertEqual(error.localizedDescription, refusal.message)
            XCTAssertEqual("\(error)", "\(refusal)")
            XCTAssertTrue(refusal.challenge(realm: "api").hasPrefix(#"Bearer realm="api", error="invalid_token""#))
        }
        XCTAssertEqual(challenge(realm: "api"), #"Bearer realm="api""#)
        // A wrong option is no refusal.
        XCTAssertThrowsError(try TokenVerifier(options: VerifierOptions(issuer: issuer))) { error in
            XCTAssertNil((error as? EdgewardenError)?.refusal)
            XCTAssertEqual((error as? EdgewardenError)?.code, "missing_audience")
        }
    }

    func testHostChecksSignatures() throws {
        let verifier = try TokenVerifier.forHost(options: policy)
        let keys = try KeySet.fromJwk(#"{"kty": "OKP", "crv": "Ed25519", "kid": "a", "x": "\#(keyA)"}"#)
        let check = try verifier.begin(tokenOfA, keys: keys, now: then)
        XCTAssertEqual(try check.algorithm(), .edDsa)
        XCTAssertEqual(try check.signature().count, 64)
        XCTAssertEqual(try check.finish(true, now: then).issuer(), issuer)
        XCTAssertEqual(code { _ = try check.finish(true, now: then) }, "closed")
        let wrong = try verifier.begin(tokenOfA, keys: keys, now: then)
        XCTAssertEqual(code { _ = try wrong.finish(false, now: then) }, "bad_signature")
    }

    func testSharedSecretVerifies() throws {
        let secret = Data("a secret of the tests, long enough for its hash".utf8)
        let verifier = try TokenVerifier(
            options: VerifierOptions(issuer: issuer, audiences: [audience], algorithms: [.hs256], sharedSecret: secret))
        let keys = try XCTUnwrap(verifier.sharedKeys())
        XCTAssertEqual(code { _ = try verifier.verify(tokenOfA, keys: keys, now: then) }, "alg_not_allowed")
        XCTAssertEqual(try KeySet.fromSecret(secret, algorithms: [.hs256], kid: "s").keys().first?.kid, "s")
    }

    func testExplanationNamesTheFirstFault() throws {
        let checks = try TokenVerifier(options: policy).explain(tokenOfB, keys: .fromJwks(keySet(keyA)), now: then)
        XCTAssertEqual(checks.filter { $0.outcome == .failed }.map(\.check), ["signature"])
        XCTAssertEqual(checks.lazy.compactMap(\.error).first?.refusal?.code, "bad_signature")
    }

    func testKeyCacheGoesStepByStep() throws {
        let (verifier, tokens) = (try TokenVerifier(options: policy), try TokenCache(bytesMax: 1 << 20))
        let cache = try KeyCache(trust: [issuer])
        guard case .fetch(let ticket) = try verifier.step(tokenOfA, keyCache: cache, tokenCache: tokens, now: then) else {
            return XCTFail("no ticket")
        }
        XCTAssertEqual(ticket.deadline, then.addingTimeInterval(10))
        let update = try cache.fetched(ticket, body: Data(keySet(keyA).utf8), maxAgeSecs: 100, etag: "\"1\"", now: then)
        XCTAssertEqual(update.kind, .replaced)
        XCTAssertEqual(update.freshUntil, then.addingTimeInterval(100))
        guard case .verified(let token, nil) = try verifier.step(tokenOfA, keyCache: cache, tokenCache: tokens, now: then)
        else { return XCTFail("not verified") }
        XCTAssertEqual(tokens.size(), 1)
        guard case .use(let keys) = try cache.keys(issuer, kid: "a", now: then) else { return XCTFail("no keys") }
        XCTAssertEqual(try tokens.get(tokenOfA, verifier: verifier, keys: keys, now: then)?.claimsJson(), token.claimsJson())
        XCTAssertTrue(try tokens.forget(tokenOfA, verifier: verifier))
        XCTAssertTrue(try tokens.insert(tokenOfA, verifier: verifier, verified: token))
        XCTAssertEqual(code { _ = try cache.failed(ticket, now: then) }, "ticket_spent")
        XCTAssertEqual(try cache.issuers(), [issuer])
        XCTAssertEqual(try cache.state(issuer, now: then), .fresh)
        XCTAssertGreaterThan(try cache.snapshot().count, 0)
        try cache.forget(issuer)
        XCTAssertNil(try cache.state(issuer, now: then))
    }

    func testProofChallengeIsOfTheScheme() throws {
        let header = try ProofChallenge.missing.header(realm: "api", algorithms: [.es256, .edDsa])
        XCTAssertEqual(header, #"DPoP realm="api", algs="ES256 EdDSA""#)
    }

    func testWhatHoldsTextPrintsSizes() throws {
        let secret = "hush-hush-hush-hush-hush-hush-hush-hush"
        let verifier = try TokenVerifier(options: policy)
        let keys = try KeySet.fromJwks(keySet(keyA))
        let token = try verifier.verify(tokenOfA, keys: keys, now: then)
        let access = AccessToken("hush", verified: token)
        let cache = try KeyCache(trust: [issuer])
        let holders: [Any] = [
            token, access, verifier, keys, cache, try TokenCache(bytesMax: 1000),
            try verifier.begin(tokenOfA, keys: keys, now: then),
            try verifier.plausible(unsignedToken(kid: "hush"), now: then),
            ProofRequest(method: "GET", url: "https://hush.example/", accessToken: access, nonce: "hush"),
            VerifierOptions(algorithms: [.hs256], sharedSecret: Data(secret.utf8), nonce: "hush"),
            try verifier.step(tokenOfA, keyCache: cache, now: then),
            JwksResponse(status: 200, headers: ["X": "hush"], body: Data(secret.utf8)),
            try jwksVerifier(FakeIssuer(keySet(keyA))),
        ]
        for holder in holders {
            var dumped = ""
            dump(holder, to: &dumped)
            for said in [String(describing: holder), String(reflecting: holder), "\([holder])", dumped] {
                XCTAssertFalse(said.contains("hush"), said)
                XCTAssertFalse(said.contains("1700000300"), said)
                XCTAssertFalse(said.contains(tokenOfA), said)
            }
        }
    }

    func testCodesOfTokensAreInTheCatalogue() {
        let codes = Set(errorCatalogue().map(\.code))
        for code in ["internal", "token_expired", "bad_signature", "keys_unavailable", "snapshot_malformed"] {
            XCTAssertTrue(codes.contains(code), code)
        }
    }

    func testTimeBefore1970IsRefused() throws {
        let keys = try KeySet.fromJwks(keySet(keyA))
        let early = code { _ = try TokenVerifier(options: policy).verify(tokenOfA, keys: keys, now: .distantPast) }
        XCTAssertEqual(early, "invalid_argument")
    }

    func testManyThreadsShareAVerifier() throws {
        let (verifier, keys, good) = (try TokenVerifier(options: policy), try KeySet.fromJwks(keySet(keyA)), LockedCount())
        DispatchQueue.concurrentPerform(iterations: 200) { i in
            let token = i % 2 == 0 ? tokenOfA : tokenOfB
            if (try? verifier.verify(token, keys: keys, now: then)) != nil { good.add() }
        }
        XCTAssertEqual(good.value, 100)
    }
}
