import Edgewarden
import Foundation
import XCTest

final class LifetimeTests: XCTestCase {
    func testFaultOfTheLibraryIsAnErrorAndTheProcessLives() throws {
        for _ in 0..<100 { XCTAssertEqual(code { try panicProbe() }, "internal") }
        XCTAssertEqual(try PromptScanner().scan(attack).decision, .block)
    }

    func testStreamIsClosedAfterItsEnd() throws {
        let stream = try PromptScanner().stream()
        _ = try stream.push("Hello. ")
        XCTAssertFalse(stream.isFinished())
        _ = try stream.finish()
        XCTAssertTrue(stream.isFinished())
        XCTAssertEqual(code { _ = try stream.push("more") }, "closed")
        XCTAssertEqual(code { _ = try stream.finish() }, "closed")
        XCTAssertEqual(code { _ = try stream.decision() }, "closed")
        XCTAssertEqual(code { _ = try stream.findings() }, "closed")
    }

    func testStreamOutlivesItsScanner() throws {
        var scanner: PromptScanner? = try PromptScanner()
        weak var gone = scanner
        let stream = try XCTUnwrap(scanner).stream()
        scanner = nil
        XCTAssertNil(gone)
        let output = try stream.push("Mail \(address). ")
        XCTAssertEqual(output.release + (try stream.finish().release), "Mail [email-address]. ")
    }

    func testScannersAndStreamsGoInAnyOrder() throws {
        var streams: [StreamScanner] = []
        for _ in 0..<50 {
            let scanner = try PromptScanner()
            streams.append(scanner.stream())
            streams.append(scanner.stream(origin: .tool))
        }
        streams.shuffle()
        while let stream = streams.popLast() { _ = try stream.push("Hello.") }
    }

    func testManyTasksShareAScanner() async throws {
        let scanner = try PromptScanner()
        let decisions = try await withThrowingTaskGroup(of: (Int, Decision).self) { group in
            for i in 0..<64 {
                group.addTask {
                    var decision = Decision.allow
                    for _ in 0..<50 { decision = try scanner.scan(i % 2 == 0 ? "Hello there." : attack).decision }
                    return (i, decision)
                }
            }
            return try await group.reduce(into: [Int: Decision]()) { $0[$1.0] = $1.1 }
        }
        XCTAssertEqual(decisions.count, 64)
        for (i, decision) in decisions { XCTAssertEqual(decision, i % 2 == 0 ? .allow : .block) }
    }

    func testManyThreadsShareASession() throws {
        let scanner = try PromptScanner()
        let session = SessionState()
        DispatchQueue.concurrentPerform(iterations: 200) { _ in
            _ = try? scanner.scanInSession("Hello.", session: session)
        }
        XCTAssertEqual(session.turns(), 200)
    }

    func testManyThreadsFinishAStreamOnce() throws {
        let stream = try PromptScanner().stream()
        let ended = LockedCount()
        DispatchQueue.concurrentPerform(iterations: 50) { _ in
            if (try? stream.finish()) != nil { ended.add() }
        }
        XCTAssertEqual(ended.value, 1)
    }

    func testSessionSurvivesItsBytes() throws {
        let scanner = try PromptScanner()
        let session = SessionState()
        _ = try scanner.scanInSession("Please ignore all previous", session: session)
        let copy = try SessionState.fromBytes(bytes: session.toBytes())
        XCTAssertEqual(copy.turns(), 1)
        XCTAssertEqual(copy.toBytes(), session.toBytes())
        XCTAssertEqual(code { _ = try SessionState.fromBytes(bytes: Data([1, 2, 3])) }, "invalid_session")
        for length in 0..<copy.toBytes().count {
            XCTAssertEqual(
                code { _ = try SessionState.fromBytes(bytes: copy.toBytes().prefix(length)) }, "invalid_session")
        }
    }
}

/// Counts from several threads.
final class LockedCount: @unchecked Sendable {
    private let lock = NSLock()
    private var count = 0

    var value: Int { lock.withLock { count } }

    func add() { lock.withLock { count += 1 } }
}
