// From the JSON of a case to the typed options.

import Edgewarden
import Foundation

/// What the types of the language leave no way to say.
struct Unsaid: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// A scanner with the options of a case.
func scanner(_ members: Object) throws -> PromptScanner {
    guard let options = members["options"] else { return try PromptScanner() }
    return try PromptScanner(options: scannerOptions(options))
}

func scannerOptions(_ json: Any) throws -> ScannerOptions {
    var options = ScannerOptions()
    for (name, value) in try object(json) {
        switch name {
        case "preset": options.preset = try named(string(value), among: Preset.allCases, \.name)
        case "strictness": options.strictness = try named(string(value), among: Strictness.allCases, \.name)
        case "thresholds": options.thresholds = try object(value).map { try thresholds($0.key, $0.value) }
        case "disabledLayers":
            options.disabledLayers = try list(value).map { try named(string($0), among: Layer.allCases, \.name) }
        case "disabledRules": options.disabledRules = try list(value).map(string)
        case "allowedHosts": options.allowedHosts = try list(value).map(string)
        case "allow": options.allow = try list(value).map(allowEntry)
        case "canaries": options.canaries = try list(value).map(string)
        case "onLimit": options.onLimit = try named(string(value), among: Decision.allCases, \.name)
        case "limits": options.limits = try limits(value)
        default: throw Unsaid("there is no option \(name)")
        }
    }
    return options
}

private func thresholds(_ origin: String, _ json: Any) throws -> OriginThresholds {
    var thresholds = OriginThresholds(origin: try named(origin, among: Origin.allCases, \.name))
    for (name, value) in try object(json) {
        let points = Int32(clamping: try int(value))
        switch name {
        case "flag": thresholds.flag = points
        case "block": thresholds.block = points
        case "redact": thresholds.redact = points
        default: throw Unsaid("there is no threshold \(name)")
        }
    }
    return thresholds
}

private func allowEntry(_ json: Any) throws -> AllowEntry {
    let members = try object(json)
    for name in members.keys where !["text", "ruleId", "until"].contains(name) {
        throw Unsaid("an entry has no \(name)")
    }
    guard let text = members["text"] else { throw Unsaid("an entry without text") }
    let until = try members["until"].map { Date(timeIntervalSince1970: Double(try int($0)) / 1000) }
    return AllowEntry(try string(text), ruleId: try members["ruleId"].map(string), until: until)
}

private func limits(_ json: Any) throws -> Limits {
    var limits = Limits()
    for (name, value) in try object(json) {
        let value = try int(value)
        switch name {
        case "inputBytes": limits.inputBytes = value
        case "documents": limits.documents = value
        case "derivedPerByte": limits.derivedPerByte = value
        case "derivedBytesMin": limits.derivedBytesMin = value
        case "depth": limits.depth = value
        case "findings": limits.findings = value
        case "fuelPerByte": limits.fuelPerByte = value
        case "jsonDepth": limits.jsonDepth = value
        default: throw Unsaid("there is no limit \(name)")
        }
    }
    return limits
}

func object(_ json: Any) throws -> Object {
    guard let object = json as? Object else { throw Unsaid("options are no value of another type") }
    return object
}

func list(_ json: Any) throws -> [Any] {
    guard let list = json as? [Any] else { throw Unsaid("a list is no value of another type") }
    return list
}

func string(_ json: Any) throws -> String {
    guard let string = json as? String else { throw Unsaid("a string is no value of another type") }
    return string
}

func int(_ json: Any) throws -> Int64 {
    // Foundation hands over true and false as numbers as well; their type is `c`.
    guard let number = json as? NSNumber, String(cString: number.objCType) != "c",
        let int = Int64(exactly: number.doubleValue)
    else { throw Unsaid("a whole number is no value of another type") }
    return int
}

func bool(_ json: Any) throws -> Bool {
    guard let number = json as? NSNumber, String(cString: number.objCType) == "c" else {
        throw Unsaid("true or false is no value of another type")
    }
    return number.boolValue
}
