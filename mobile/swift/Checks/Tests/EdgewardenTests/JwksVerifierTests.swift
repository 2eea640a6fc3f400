import Edgewarden
import Foundation
import XCTest

/// Keys that come and go, and an issuer that does.
final class JwksVerifierTests: XCTestCase {
    func testKeysAreFetchedOnceAndKept() async throws {
        let issuer = FakeIssuer(keySet(keyA))
        let verifier = try jwksVerifier(issuer)
        for _ in 0..<10 {
            let token = try await verifier.verify(tokenOfA)
            XCTAssertEqual(token.keyGeneration(), 1)
        }
        let request = try XCTUnwrap(issuer.requests.first)
        XCTAssertEqual(issuer.requests.count, 1)
        XCTAssertEqual(request.url.absoluteString, "https://issuer.example/keys")
        XCTAssertEqual(request.headers, ["Accept": "application/jwk-set+json, application/json"])
        XCTAssertEqual(request.bytesMax, 262_145)
        XCTAssertEqual(request.timeout, .seconds(10))
    }

    func testNonsenseFetchesNothing() async throws {
        let issuer = FakeIssuer(keySet(keyA))
        let verifier = try jwksVerifier(issuer)
        let elsewhere = try await verifier.verify(tokenOfA)
        XCTAssertEqual(elsewhere.issuer(), "https://issuer.example")
        let another = try JwksVerifier(
            options: VerifierOptions(issuer: "https://other.example", audiences: [audience], algorithms: [.edDsa]),
            jwksUri: "https://issuer.example/keys", fetch: issuer.fetch, now: { then })
        let refused = await refusal { _ = try await another.verify("nonsense") }
        XCTAssertEqual(refused?.code, "not_jws")
        let mismatch = await refusal { _ = try await another.verify(tokenOfA) }
        XCTAssertEqual(mismatch?.code, "claim_mismatch")
        XCTAssertEqual(issuer.requests.count, 1)
    }

    func testVerifiedTokensAreKeptUntilTheirKeyIsWithdrawn() async throws {
        let (issuer, clock) = (FakeIssuer(keySet(keyA), headers: ["Cache-Control": "max-age=60"]), FakeClock())
        let verifier = try jwksVerifier(issuer, clock, tokenCacheBytes: 1 << 20)
        let kept = try await verifier.verify(longTokenOfA)
        XCTAssertEqual(kept.keyGeneration(), 1)
        XCTAssertTrue(try verifier.forget(longTokenOfA))
        XCTAssertFalse(try verifier.forget(longTokenOfA))
        _ = try await verifier.verify(longTokenOfA)
        issuer.publish(keySet(keyB))
        clock.advance(61)
        // Stale: still good, and refreshed behind it.
        _ = try await verifier.verify(longTokenOfA)
        let refreshed = try await eventually { try verifier.state() == .fresh }
        XCTAssertTrue(refreshed)
        let refused = await refusal { _ = try await verifier.verify(longTokenOfA) }
        XCTAssertEqual(refused?.code, "bad_signature")
    }

    func testRotationIsSeenWithTheFirstTokenOfTheNewKey() async throws {
        let (issuer, clock) = (FakeIssuer(keySet(keyB, kid: "b")), FakeClock())
        let verifier = try jwksVerifier(issuer, clock)
        let early = await refusal { _ = try await verifier.verify(tokenOfA) }
        XCTAssertEqual(early?.code, "unknown_key")
        XCTAssertEqual(early?.httpStatus, 401)
        issuer.publish(keySet(keyA))
        // A name that was not found is not asked for at once, so that it costs the issuer nothing to be guessed at.
        let again = await refusal { _ = try await verifier.verify(tokenOfA) }
        XCTAssertEqual(again?.code, "unknown_key")
        clock.advance(301)
        let token = try await verifier.verify(longTokenOfA)
        XCTAssertEqual(token.kid(), "a")
    }

    func testKeyChangedUnderItsNameIsFetchedBehindARefusal() async throws {
        let (issuer, clock) = (FakeIssuer(keySet(keyA)), FakeClock())
        let verifier = try jwksVerifier(issuer, clock)
        _ = try await verifier.verify(tokenOfA)
        issuer.publish(keySet(keyB))
        clock.advance(60)
        let refused = await refusal { _ = try await verifier.verify(tokenOfB) }
        XCTAssertEqual(refused?.code, "bad_signature")
        XCTAssertEqual(refused?.retry, .afterRefresh)
        let verified = try await eventually { issuer.requests.count == 2 }
        XCTAssertTrue(verified)
        var token: VerifiedToken?
        for _ in 0..<100 where token == nil {
            token = try? await verifier.verify(tokenOfB)
            try await Task.sleep(for: .milliseconds(10))
        }
        XCTAssertEqual(token?.keyGeneration(), 2)
    }

    func testOutageOfTheIssuerIsNoneOfTheService() async throws {
        let (issuer, clock) = (FakeIssuer(keySet(keyA)), FakeClock())
        let verifier = try jwksVerifier(issuer, clock)
        _ = try await verifier.verify(longTokenOfA)
        issuer.fail()
        for _ in 0..<60 {
            clock.advance(3600 / 5)
            for _ in 0..<20 { _ = try await verifier.verify(longTokenOfA) }
        }
        // One at a time with growing pauses: 60 intervals of 12 minutes, 20 tokens in each.
        XCTAssertLessThanOrEqual(issuer.requests.count, 61)
        issuer.publish(keySet(keyA))
        clock.advance(600)
        _ = try await verifier.verify(longTokenOfA)
        let refreshed = try await eventually { try verifier.state() == .fresh }
        XCTAssertTrue(refreshed)
    }

    func testWithoutKeysTheServerIsAtFault() async throws {
        let (issuer, clock) = (FakeIssuer(""), FakeClock())
        let verifier = try jwksVerifier(issuer, clock)
        issuer.fail()
        for _ in 0..<50 {
            let refused = await refusal { _ = try await verifier.verify(tokenOfA) }
            XCTAssertEqual(refused?.code, "keys_unavailable")
            XCTAssertEqual(refused?.httpStatus, 503)
            XCTAssertEqual(refused?.retry, .at)
            XCTAssertGreaterThan(try XCTUnwrap(refused?.retryAt), clock.now)
            XCTAssertEqual(refused?.challenge(realm: "api"), #"Bearer realm="api""#)
        }
        XCTAssertEqual(issuer.requests.count, 1)
        clock.advance(7)
        issuer.publish(keySet(keyA))
        _ = try await verifier.verify(tokenOfA)
        XCTAssertEqual(issuer.requests.count, 2)
    }

    func testAnswersThatAreNoKeySetCountAsNone() async throws {
        let answers = [
            JwksResponse(status: 200, body: Data("<html></html>".utf8)),
            JwksResponse(status: 200, body: Data(#"{"keys": []}"#.utf8)),
            JwksResponse(status: 200, body: Data(repeating: 0x20, count: 300_000) + Data(keySet(keyA).utf8)),
            JwksResponse(status: 304), JwksResponse(status: 302, headers: ["Location": "https://evil.example/keys"]),
            JwksResponse(status: 404, body: Data(keySet(keyA).utf8)), JwksResponse(status: 206, body: Data(keySet(keyA).utf8)),
        ]
        for answer in answers {
            let issuer = FakeIssuer("")
            issuer.behave { _ in answer }
            let verifier = try jwksVerifier(issuer)
            let refused = await refusal { _ = try await verifier.verify(tokenOfA) }
            XCTAssertEqual(refused?.code, "keys_unavailable", "\(answer)")
            XCTAssertEqual(issuer.requests.count, 1)
        }
    }

    func testFloodOfUnknownKeysCostsOneFetchPerCooldown() async throws {
        let (issuer, clock) = (FakeIssuer(keySet(keyA)), FakeClock())
        let verifier = try jwksVerifier(issuer, clock)
        _ = try await verifier.verify(longTokenOfA)
        for round in 1...3 {
            clock.advance(31)
            await withTaskGroup(of: String?.self) { group in
                for i in 0..<300 {
                    group.addTask { await refusal { _ = try await verifier.verify(unsignedToken(kid: "\(round)-\(i)")) }?.code }
                }
                for await code in group { XCTAssertEqual(code, "unknown_key") }
            }
            _ = try await verifier.verify(longTokenOfA)
            XCTAssertLessThanOrEqual(issuer.requests.count, 1 + round)
        }
    }

    func testFreshnessIsThatOfTheResponse() async throws {
        let headers = ["cache-control": "public, Max-Age=\"200\"", "AGE": "80", "ETag": "W/\"7\""]
        let (issuer, clock) = (FakeIssuer(keySet(keyA), headers: headers), FakeClock())
        let verifier = try jwksVerifier(issuer, clock)
        _ = try await verifier.verify(longTokenOfA)
        clock.advance(119)
        XCTAssertEqual(try verifier.state(), .fresh)
        clock.advance(2)
        XCTAssertEqual(try verifier.state(), .stale)
        issuer.behave { _ in JwksResponse(status: 304, headers: ["Cache-Control": "max-age=90"]) }
        _ = try await verifier.verify(longTokenOfA)
        let confirmed = try await eventually { try verifier.state() == .fresh }
        XCTAssertTrue(confirmed)
        XCTAssertEqual(issuer.requests.last?.headers["If-None-Match"], "W/\"7\"")
        clock.advance(91)
        XCTAssertEqual(try verifier.state(), .stale)
    }

    func testEtagThatNoHeaderHoldsIsNotSentBack() async throws {
        for etag in ["7", "\"a\r\nX: y\"", "\"a b\"", "\"", "\"\u{e9}\"", "w/\"7\"", "\"\(String(repeating: "x", count: 513))\""] {
            let (issuer, clock) = (FakeIssuer(keySet(keyA), headers: ["ETag": etag]), FakeClock())
            let verifier = try jwksVerifier(issuer, clock)
            _ = try await verifier.verify(longTokenOfA)
            clock.advance(601)
            _ = try await verifier.verify(longTokenOfA)
            let asked = try await eventually { issuer.requests.count == 2 }
            XCTAssertTrue(asked)
            XCTAssertNil(issuer.requests.last?.headers["If-None-Match"])
        }
    }

    func testSnapshotSparesTheFetch() async throws {
        let (issuer, clock, macKey) = (FakeIssuer(keySet(keyA)), FakeClock(), Data(repeating: 7, count: 32))
        let first = try jwksVerifier(issuer, clock)
        _ = try await first.verify(tokenOfA)
        let stored = try first.snapshot(macKey: macKey)
        let second = try jwksVerifier(issuer, clock)
        XCTAssertEqual(code { try second.restore(stored, macKey: Data(repeating: 8, count: 32)) }, "snapshot_not_authentic")
        XCTAssertEqual(try second.restore(stored, macKey: macKey), 1)
        _ = try await second.verify(tokenOfA)
        XCTAssertEqual(issuer.requests.count, 1)
    }

    func testAddressesThatAreNotSafeAreRefused() throws {
        let issuer = FakeIssuer("")
        let made = { (uri: String) in
            _ = try JwksVerifier(options: policy, jwksUri: uri, fetch: issuer.fetch)
        }
        for uri in [
            "http://issuer.example/keys", "ftp://issuer.example/", "issuer.example/keys", "", "https:///keys", "https://",
            "file:///etc/keys", "https://user:pw@issuer.example/", "https://issuer.example/#keys", "https://issuer.example/a b",
            "https://issuer.example/ä", "http://localhost.example/", "http://127.0.0.1.example/", "http://127.1/",
            "http://10.0.0.1/", "http://[::2]/", "https://issuer.example/\n", "http://localhost@issuer.example/",
        ] {
            XCTAssertThrowsError(try made(uri), uri) { error in
                let error = error as? EdgewardenError
                XCTAssertEqual(error?.code, "invalid_option")
                XCTAssertEqual(error?.field, "jwksUri")
                XCTAssertFalse(error?.message.contains("issuer") ?? true)
            }
        }
        for uri in [
            "https://issuer.example/keys?x=1", "http://localhost:8080/keys", "http://127.0.0.1/", "http://127.8.9.1:1/",
            "http://[::1]:80/", "HTTPS://issuer.example",
        ] { XCTAssertNoThrow(try made(uri), uri) }
    }

    func testOptionsThatDoNotGoWithAnAddressAreRefused() throws {
        let field = { (options: VerifierOptions, keyCache: KeyCacheOptions, bytes: Int64) -> String? in
            do {
                _ = try JwksVerifier(
                    options: options, jwksUri: "https://issuer.example/", keyCache: keyCache, tokenCacheBytes: bytes,
                    fetch: FakeIssuer("").fetch)
                return nil
            } catch {
                return (error as? EdgewardenError)?.field
            }
        }
        let secret = VerifierOptions(
            issuer: issuer, audiences: [audience], algorithms: [.hs256], sharedSecret: Data(repeating: 7, count: 32))
        let hmac = VerifierOptions(issuer: issuer, audiences: [audience], algorithms: [.hs256])
        let proof = VerifierOptions(algorithms: [.es256], profile: .dpopProof)
        XCTAssertEqual(field(secret, KeyCacheOptions(), 0), "sharedSecret")
        XCTAssertEqual(field(hmac, KeyCacheOptions(), 0), "algorithms")
        XCTAssertEqual(field(proof, KeyCacheOptions(), 0), "profile")
        XCTAssertEqual(field(policy, KeyCacheOptions(trust: ["https://other.example"]), 0), "keyCache.trust")
        XCTAssertEqual(field(policy, KeyCacheOptions(ttlSecs: -1), 0), "ttlSecs")
        XCTAssertEqual(field(policy, KeyCacheOptions(), -1), "bytesMax")
        XCTAssertNil(field(policy, KeyCacheOptions(trust: [issuer]), 0))
        XCTAssertEqual(try jwksVerifier(FakeIssuer("")).issuer(), issuer)
    }
}
