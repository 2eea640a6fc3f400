import Edgewarden
import Foundation
import XCTest

final class SurfaceTests: XCTestCase {
    func testWhatHoldsTextPrintsSizes() throws {
        let secret = "hush-hush"
        let scanner = try PromptScanner()
        let stream = scanner.stream()
        _ = try stream.push("The \(secret) goes to \(address). ")
        let report = try scanner.scan(address)
        let pseudonymized = try Pseudonymizer(key: Data(count: 16)).pseudonymize(address, report: report)
        let entry = AllowEntry(secret)
        let holders: [Any] = [
            try stream.finish(), pseudonymized, pseudonymized.originals, entry,
            ScannerOptions(allow: [entry], canaries: [secret]), scanner, stream, report,
        ]
        for holder in holders {
            var dumped = ""
            dump(holder, to: &dumped)
            for said in [String(describing: holder), String(reflecting: holder), "\([holder])", dumped] {
                XCTAssertFalse(said.contains("hush"), said)
                XCTAssertFalse(said.contains("ada@"), said)
            }
        }
    }

    func testErrorsAreLocalizedAndDescribed() throws {
        let stream = try PromptScanner().stream()
        _ = try stream.finish()
        XCTAssertThrowsError(try stream.push("more")) { error in
            XCTAssertEqual(error.localizedDescription, "the stream is closed")
            XCTAssertEqual("\(error)", "the stream is closed (closed)")
            guard case EdgewardenError.closed = error else { return XCTFail("another error") }
        }
    }

    func testErrorNamesTheOption() {
        let options = ScannerOptions(thresholds: [OriginThresholds(origin: .user, flag: 1002)])
        XCTAssertThrowsError(try PromptScanner(options: options)) { error in
            XCTAssertEqual((error as? EdgewardenError)?.field, "thresholds.user.flag")
            XCTAssertEqual((error as? EdgewardenError)?.message, "option `thresholds.user.flag`: not from 0 to 1001")
        }
    }

    func testEveryCodeIsInTheCatalogue() {
        let codes = errorCatalogue().map(\.code)
        XCTAssertEqual(codes.count, Set(codes).count)
        for code in ["invalid_utf8", "invalid_option", "closed", "internal"] { XCTAssertTrue(codes.contains(code)) }
    }

    func testDecisionsAreOrdered() {
        XCTAssertEqual(Decision.allCases, Decision.allCases.sorted())
        XCTAssertEqual([Decision.block, .allow, .redact, .flag].sorted().map(\.name), ["allow", "flag", "redact", "block"])
    }

    func testNamesAreThoseOfTheRules() throws {
        let rules = try PromptScanner().rules()
        XCTAssertEqual(rules.map(\.id), rules.map(\.id).sorted())
        XCTAssertEqual(rules.first { $0.id == "email-address" }?.category.name, "pii")
        XCTAssertGreaterThan(try PromptScanner().rulesRevision(), 0)
    }

    func testBatchAnswersInOrder() throws {
        let scanner = try PromptScanner()
        XCTAssertEqual(try scanner.scanBatch(["Hello.", attack, ""]).map(\.decision), [.allow, .block, .allow])
        XCTAssertEqual(try scanner.scanBatch([]), [])
    }

    func testBackgroundScanGivesTheSameReport() async throws {
        let scanner = try PromptScanner()
        let report = try await scanner.scanInBackground(attack)
        XCTAssertEqual(report, try scanner.scan(attack))
    }

    func testStreamOfPiecesIsReleased() async throws {
        let scanner = try PromptScanner()
        let pieces = AsyncStream<String> { continuation in
            for piece in ["Her address is ada@exam", "ple.org, ", "I think."] { continuation.yield(piece) }
            continuation.finish()
        }
        var released = ""
        var decision = Decision.allow
        for try await output in scanner.stream(pieces) {
            released += output.release
            decision = output.decision
        }
        XCTAssertEqual(released, "Her address is [email-address], I think.")
        XCTAssertLessThan(decision, .block)
    }

    func testErrorOfThePiecesEndsTheStreamWithoutTheRest() async throws {
        struct Broken: Error {}
        let pieces = AsyncThrowingStream<String, any Error> { continuation in
            continuation.yield("Her address is ada@exam")
            continuation.finish(throwing: Broken())
        }
        var released = ""
        var iterator = try PromptScanner().stream(pieces).makeAsyncIterator()
        do {
            while let output = try await iterator.next() { released += output.release }
            XCTFail("it ended well")
        } catch is Broken {}
        XCTAssertFalse(released.contains("ada@"))
        let after = try await iterator.next()
        XCTAssertNil(after)
    }

    func testEmptyStreamEndsWithOneOutput() async throws {
        let scanner = try PromptScanner()
        var outputs = 0
        for try await _ in scanner.stream(AsyncStream<String> { $0.finish() }) { outputs += 1 }
        XCTAssertEqual(outputs, 1)
    }

    func testCanaryIsFoundAgain() throws {
        let word = try canaryWord(key: Data("a key of sixteen".utf8), id: "prompt-1")
        let text = "😀 The line said \(canaryLine(word: word)) I believe."
        let found = try XCTUnwrap(canaryFind(word: word, text: text))
        XCTAssertEqual(found.range(in: text).map { String(text[$0]) }, word)
        XCTAssertNil(canaryFind(word: word, text: "nothing"))
    }

    func testVersionHasThreeNumbers() {
        XCTAssertEqual(version().split(separator: ".").count, 3)
    }
}
