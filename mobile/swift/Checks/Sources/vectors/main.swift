// Runs the vectors through the public interface: `vectors FOLDER`. The folder's README says what each kind asserts.

import Foundation

struct Runner {
    var held: [String: Int] = [:]
    /// Cases that did not hold, as file and name.
    var failed: Set<String> = []

    /// Runs every file of cases in the folder and in that of tokens, in the order of their names.
    mutating func run(folder: String) throws {
        let names = try ["", "jwt/"].flatMap { part in
            try FileManager.default.contentsOfDirectory(atPath: folder + "/" + part).map { part + $0 }
        }.filter { $0.hasSuffix(".json") }
        var byKind: [(kind: String, cases: [Case])] = []
        for name in names.sorted() {
            let text = try String(contentsOfFile: folder + "/" + name, encoding: .utf8)
            let clean = text.replacingOccurrences(of: "{{}}", with: "")
            guard let file = try JSONSerialization.jsonObject(with: Data(clean.utf8)) as? Object,
                let cases = file["cases"] as? [Object], let kind = file["kind"] as? String
            else { continue }
            byKind.append((kind, cases.map { Case(file: name, members: $0) }))
        }
        for (kind, cases) in byKind {
            guard let check = checks[kind] ?? tokenChecks[kind] else { throw Mismatch("no check for the kind \(kind)") }
            held[kind, default: 0] += 0
            for one in cases { book(kind, one) { try check(one) } }
        }
        let scans = byKind.filter { $0.kind == "scan" }.flatMap(\.cases)
        runBatches(scans)
    }

    private mutating func book(_ kind: String, _ one: Case, _ check: () throws -> Void) {
        do {
            try check()
            held[kind, default: 0] += 1
        } catch {
            report(one, error)
        }
    }

    private mutating func report(_ one: Case, _ error: any Error) {
        failed.insert(one.id)
        print("\(one.id): \(error)")
    }

    /// A case that fails here only has been counted as held, so it is taken back.
    private mutating func runBatches(_ cases: [Case]) {
        let plain = cases.filter { $0.members["options"] == nil }
        let groups = Dictionary(grouping: plain) { "\($0.members["origin"] ?? "") \($0.members["now"] ?? "")" }
        for group in groups.values {
            for (one, check) in batchChecks(group) {
                do {
                    try check()
                } catch {
                    if !failed.contains(one.id) { held["scan", default: 0] -= 1 }
                    report(one, error)
                }
            }
        }
    }
}

guard CommandLine.arguments.count == 2 else {
    print("usage: vectors FOLDER")
    exit(2)
}
var runner = Runner()
try runner.run(folder: CommandLine.arguments[1])
let counts = try JSONSerialization.data(withJSONObject: runner.held, options: [.sortedKeys])
print("VECTORS \(String(decoding: counts, as: UTF8.self))")
exit(runner.failed.isEmpty ? 0 : 1)
