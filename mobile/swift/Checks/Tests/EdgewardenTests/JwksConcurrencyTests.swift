import Edgewarden
import Foundation
import XCTest

/// Many requests at once, requests that are given up, and issuers that never answer.
final class JwksConcurrencyTests: XCTestCase {
    func testManyRequestsFetchTwiceAtMostAndNoneWaitsForever() async throws {
        let issuer = FakeIssuer(keySet(keyA), delay: .milliseconds(150))
        let verifier = try jwksVerifier(issuer, tokenCacheBytes: 1 << 20)
        let verified = try await withThrowingTaskGroup(of: String?.self) { group in
            for _ in 0..<200 { group.addTask { try await verifier.verify(tokenOfA).issuer() } }
            return try await group.reduce(0) { $0 + ($1 == "https://issuer.example" ? 1 : 0) }
        }
        XCTAssertEqual(verified, 200)
        XCTAssertLessThanOrEqual(issuer.requests.count, 2)
    }

    func testOneWhoFetchesInVainHoldsUpNobodyElse() async throws {
        let issuer = FakeIssuer(keySet(keyA))
        // The first request hangs, the second is answered.
        let count = LockedCount()
        issuer.behave { _ in
            count.add()
            if count.value == 1 { try await Task.sleep(for: .seconds(60)) }
            return JwksResponse(status: 200, body: Data(keySet(keyA).utf8))
        }
        let verifier = try jwksVerifier(issuer)
        let stuck = Task { try await verifier.verify(tokenOfA) }
        let begun = try await eventually { issuer.requests.count == 1 }
        XCTAssertTrue(begun)
        let took = try await ContinuousClock().measure {
            for _ in 0..<20 { _ = try await verifier.verify(tokenOfA) }
        }
        XCTAssertLessThan(took, .seconds(5))
        stuck.cancel()
        _ = await stuck.result
    }

    func testRefreshDelaysNoAnswer() async throws {
        let (issuer, clock) = (FakeIssuer(keySet(keyA)), FakeClock())
        let verifier = try jwksVerifier(issuer, clock)
        _ = try await verifier.verify(longTokenOfA)
        issuer.behave { _ in
            try await Task.sleep(for: .seconds(60))
            throw CancellationError()
        }
        clock.advance(601)
        let took = try await ContinuousClock().measure { _ = try await verifier.verify(longTokenOfA) }
        XCTAssertLessThan(took, .seconds(5))
        let asked = try await eventually { issuer.requests.count == 2 }
        XCTAssertTrue(asked)
        XCTAssertEqual(try verifier.state(), .refreshing)
    }

    func testCancelledRequestLosesNoTicket() async throws {
        let issuer = FakeIssuer(keySet(keyA), delay: .milliseconds(300))
        let verifier = try jwksVerifier(issuer)
        let given = Task { try await verifier.verify(tokenOfA) }
        let begun = try await eventually { issuer.requests.count == 1 }
        XCTAssertTrue(begun)
        given.cancel()
        let ended = await given.result
        XCTAssertThrowsError(try ended.get()) { XCTAssertTrue($0 is CancellationError) }
        // Its fetch went on, and serves others.
        let arrived = try await eventually { try verifier.state() == .fresh }
        XCTAssertTrue(arrived)
        _ = try await verifier.verify(tokenOfA)
        XCTAssertEqual(issuer.requests.count, 1)
    }

    func testTaskThatIsCancelledBeforeItBeginsLosesNoTicket() async throws {
        let issuer = FakeIssuer(keySet(keyA))
        let verifier = try jwksVerifier(issuer)
        let given = Task {
            while !Task.isCancelled { await Task.yield() }
            return try await verifier.verify(tokenOfA)
        }
        given.cancel()
        _ = await given.result
        let arrived = try await eventually { try verifier.state() == .fresh }
        XCTAssertTrue(arrived)
    }

    func testWaitingRequestEndsWhenItIsCancelled() async throws {
        let issuer = FakeIssuer(keySet(keyA), delay: .seconds(60))
        let verifier = try jwksVerifier(issuer)
        let all = (0..<8).map { _ in Task { try await verifier.verify(tokenOfA) } }
        let begun = try await eventually { issuer.requests.count == 2 }
        XCTAssertTrue(begun)
        let took = try await ContinuousClock().measure {
            for one in all {
                one.cancel()
                do {
                    _ = try await one.value
                    XCTFail("it was verified")
                } catch is CancellationError {}
            }
        }
        XCTAssertLessThan(took, .seconds(5))
    }

    func testFetchThatHeedsNothingEndsWithItsTicket() async throws {
        let issuer = FakeIssuer("")
        issuer.behave { _ in
            // Not to be cancelled.
            await withCheckedContinuation { continuation in
                DispatchQueue.global().asyncAfter(deadline: .now() + 4) { continuation.resume() }
            }
            return JwksResponse(status: 200, body: Data(keySet(keyA).utf8))
        }
        let verifier = try JwksVerifier(
            options: policy, jwksUri: "https://issuer.example/", keyCache: KeyCacheOptions(fetchSecs: 1),
            fetch: issuer.fetch, now: { then })
        let begun = ContinuousClock.now
        let refused = await refusal { _ = try await verifier.verify(tokenOfA) }
        XCTAssertEqual(refused?.code, "keys_unavailable")
        XCTAssertLessThan(ContinuousClock.now - begun, .seconds(3))
    }

    func testVerifierGoesAwayOnceItsFetchesHaveEnded() async throws {
        let (issuer, clock) = (FakeIssuer(keySet(keyA), delay: .milliseconds(50)), FakeClock())
        weak var gone: JwksVerifier?
        do {
            let verifier = try jwksVerifier(issuer, clock)
            gone = verifier
            _ = try await verifier.verify(longTokenOfA)
            clock.advance(601)
            _ = try await verifier.verify(longTokenOfA)
        }
        let ended = try await eventually { gone == nil && issuer.requests.count == 2 }
        XCTAssertTrue(ended)
    }
}
