import Edgewarden
import Foundation
import XCTest

/// `URLSession` against a real server on this machine.
final class UrlSessionTests: XCTestCase {
    func testKeysAreFetchedAndConfirmed() async throws {
        let server = try LoopbackServer { head in
            head.contains("If-None-Match: \"7\"") ? httpText(304, ["Cache-Control: max-age=120"])
                : httpText(200, ["ETag: \"7\"", "Cache-Control: max-age=60", "Set-Cookie: a=b"], body: keySet(keyA))
        }
        let clock = FakeClock()
        let verifier = try verifier(server, clock)
        _ = try await verifier.verify(longTokenOfA)
        XCTAssertTrue(server.requests[0].hasPrefix("GET /keys HTTP/1.1\r\n"))
        XCTAssertTrue(server.requests[0].contains("Accept: application/jwk-set+json, application/json\r\n"))
        clock.advance(61)
        _ = try await verifier.verify(longTokenOfA)
        let confirmed = try await eventually { try verifier.state() == .fresh }
        XCTAssertTrue(confirmed)
        XCTAssertEqual(server.requests.count, 2)
        XCTAssertFalse(server.requests[1].lowercased().contains("cookie"))
    }

    func testRedirectsAreNotFollowed() async throws {
        let other = try LoopbackServer { _ in httpText(200, body: keySet(keyA)) }
        for status in [301, 302, 303, 307, 308] {
            let target = status % 2 == 0 ? other.url() : "/elsewhere"
            let server = try LoopbackServer { head in
                head.hasPrefix("GET /keys") ? httpText(status, ["Location: \(target)"]) : httpText(200, body: keySet(keyA))
            }
            let verifier = try verifier(server)
            let refused = await refusal { _ = try await verifier.verify(tokenOfA) }
            XCTAssertEqual(refused?.code, "keys_unavailable", "\(status)")
            XCTAssertEqual(server.requests.count, 1, "\(status)")
        }
        XCTAssertEqual(other.requests.count, 0)
    }

    func testOtherAnswersAreFailures() async throws {
        let answers: [@Sendable (String) -> LoopbackServer.Answer] = [
            { _ in httpText(401, ["WWW-Authenticate: Basic realm=\"x\""]) },
            { _ in httpText(500, body: keySet(keyA)) },
            { _ in .text("HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n\(keySet(keyA))") },
            { _ in .text("nonsense\r\n\r\n") },
            { _ in .text("") },
        ]
        for (i, answer) in answers.enumerated() {
            let server = try LoopbackServer(answer)
            let verifier = try verifier(server)
            let refused = await refusal { _ = try await verifier.verify(tokenOfA) }
            XCTAssertEqual(refused?.code, "keys_unavailable", "\(i)")
        }
    }

    func testNoMoreIsReadThanWanted() async throws {
        let lengths = ["", "Content-Length: 1000000000000\r\n"]
        let before = residentMiB()
        for i in 0..<8 {
            let server = try LoopbackServer { _ in .endless(head: "HTTP/1.1 200 OK\r\n\(lengths[i % 2])\r\n") }
            let verifier = try verifier(server)
            let refused = await refusal { _ = try await verifier.verify(tokenOfA) }
            XCTAssertEqual(refused?.code, "keys_unavailable")
        }
        // The servers had sent far more by now, had anybody taken it.
        if let before, let after = residentMiB() { XCTAssertLessThan(after - before, 64) }
    }

    func testSilenceEndsAtTheDeadline() async throws {
        let server = try LoopbackServer { _ in .silence }
        let verifier = try JwksVerifier(
            options: policy, jwksUri: server.url(), keyCache: KeyCacheOptions(fetchSecs: 1), fetch: JwksVerifier.urlSession,
            now: { then })
        let begun = ContinuousClock.now
        let refused = await refusal { _ = try await verifier.verify(tokenOfA) }
        XCTAssertEqual(refused?.code, "keys_unavailable")
        XCTAssertLessThan(ContinuousClock.now - begun, .seconds(4))
    }

    func testManyFetchesLeaveNothingOpen() async throws {
        let server = try LoopbackServer { _ in httpText(200, body: keySet(keyA)) }
        for _ in 0..<20 { _ = try await verifier(server).verify(tokenOfA) }
        let before = open()
        for _ in 0..<100 { _ = try await verifier(server).verify(tokenOfA) }
        let settled = try await eventually { open() <= before + 4 }
        XCTAssertTrue(settled, "\(before) files, then \(open())")
    }

    private func verifier(_ server: LoopbackServer, _ clock: FakeClock = FakeClock()) throws -> JwksVerifier {
        try JwksVerifier(
            options: policy, jwksUri: server.url(), fetch: JwksVerifier.urlSession, now: { clock.now })
    }

    /// Memory in use, where the system says.
    private func residentMiB() -> Double? {
        guard let statm = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else { return nil }
        let pages = statm.split(separator: " ").dropFirst().first.flatMap { Double($0) }
        return pages.map { $0 * Double(sysconf(Int32(_SC_PAGESIZE))) / 1_048_576 }
    }

    /// Open files of the process, where the system says.
    private func open() -> Int {
        (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count) ?? 0
    }
}
