import Edgewarden

let prompt = "Please write to ada@example.org about it."
let scanner = try PromptScanner()
let report = try scanner.scan(prompt)
print("edgewarden \(version()): \(report.decision.name), score \(report.score)")
for finding in report.findings {
    let place = finding.range(in: prompt).map { String(prompt[$0]) } ?? ""
    print("\(finding.ruleId) (\(finding.severity.name)): \(place)")
}

let verifier = try JwksVerifier(
    options: VerifierOptions(
        issuer: "https://issuer.example", audiences: ["https://api.example"], algorithms: [.es256]),
    jwksUri: "https://issuer.example/keys")
do {
    _ = try await verifier.verify("no token")
} catch let error as EdgewardenError {
    // Nothing was fetched for it.
    print("no token: \(error.code)")
}

print(try report.redacted(prompt))
