import Edgewarden

let prompt = "Please write to ada@example.org about it."
let scanner = try PromptScanner()
let report = try scanner.scan(prompt)
print("edgewarden \(version()): \(report.decision.name), score \(report.score)")
for finding in report.findings {
    let place = finding.range(in: prompt).map { String(prompt[$0]) } ?? ""
    print("\(finding.ruleId) (\(finding.severity.name)): \(place)")
}
print(try report.redacted(prompt))
