// Measures calls: JSON lines {"what": ..., "ns": ...}, the best of many rounds that are short enough to lie between two
// interruptions.

import Edgewarden
import Foundation

let prompt = "What is the best time of year to visit the lakes in the north, and how long does the ferry take there?"
let long = Array(repeating: prompt, count: 10).joined(separator: " ")
let scanner = try PromptScanner()
let now = Date()

func measure(_ what: String, calls: Int, texts: Int = 1, _ call: () throws -> Decision) rethrows {
    let clock = ContinuousClock()
    var best = Double.infinity
    for _ in 0..<(texts > 1 ? rounds / 5 : rounds) {
        let took = try clock.measure {
            for _ in 0..<calls {
                // A clean text is the case to measure; another decision would be another path.
                guard try call() == .allow else { fatalError("the text is not clean") }
            }
        }
        let (seconds, attoseconds) = took.components
        best = min(best, (Double(seconds) * 1e9 + Double(attoseconds) / 1e9) / Double(calls * texts))
    }
    print(#"{"what": "\#(what)", "ns": \#(Int(best.rounded()))}"#)
}

let rounds = 300
try measure("100 B clean scan", calls: 50) { try scanner.scan(prompt, now: now).decision }
try measure("1 KB clean scan", calls: 10) { try scanner.scan(long, now: now).decision }
let batch = Array(repeating: prompt, count: 1000)
try measure("batch of 1000 x 100 B, per text", calls: 1, texts: batch.count) {
    try scanner.scanBatch(batch, now: now).reduce(.allow) { max($0, $1.decision) }
}
// What a call costs that does nothing: the floor of the overhead.
measure("empty call", calls: 1000) { scanner.rulesRevision() == 0 ? .flag : .allow }
