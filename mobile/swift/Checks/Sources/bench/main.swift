// What a call costs: JSON lines {"what": ..., "ns": ...}. `--quick` takes less time for each.

import Edgewarden
import Foundation

let prompt = "What is the best time of year to visit the lakes in the north, and how long does the ferry take there?"
let long = String(String(repeating: prompt + " ", count: 10).prefix(1024))
let seconds = CommandLine.arguments.contains("--quick") ? 0.3 : 1.0
let scanner = try PromptScanner()
let now = Date()
let clock = ContinuousClock()

// The fastest of many batches of at least 2 ms: other work on the machine only ever adds.
func measure(_ what: String, texts: Int = 1, _ call: () throws -> Decision) throws {
    func batch(_ calls: Int) throws -> Double {
        let took = try clock.measure {
            for _ in 0..<calls {
                // A clean text is the case to measure; another decision would be another path.
                guard try call() == .allow else { fatalError("the text is not clean") }
            }
        }
        let (seconds, attoseconds) = took.components
        return Double(seconds) * 1e9 + Double(attoseconds) / 1e9
    }
    var calls = 1
    while try batch(calls) < 2e6 { calls *= 2 }
    let end = clock.now + .seconds(seconds)
    var best = Double.infinity
    while clock.now < end { best = min(best, try batch(calls)) }
    print(#"{"what": "\#(what)", "ns": \#(best / Double(calls * texts))}"#)
}

try measure("100 B clean scan") { try scanner.scan(prompt, now: now).decision }
try measure("1 KB clean scan") { try scanner.scan(long, now: now).decision }
let many = Array(repeating: prompt, count: 1000)
try measure("batch of 1000 x 100 B, per text", texts: many.count) {
    try scanner.scanBatch(many, now: now).reduce(.allow) { max($0, $1.decision) }
}
// What a call costs that does nothing: the floor of the overhead.
try measure("empty call") { scanner.rulesRevision() == 0 ? .flag : .allow }
