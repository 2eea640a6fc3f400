// From the JSON of a case to the typed options of tokens.

import Edgewarden
import Foundation

func verifierOptions(_ json: Any, secret: String? = nil) throws -> VerifierOptions {
    var options = VerifierOptions(sharedSecret: secret.map { Data($0.utf8) })
    for (name, value) in try object(json) {
        switch name {
        case "issuer": options.issuer = try string(value)
        case "audiences": options.audiences = try list(value).map(string)
        case "algorithms":
            options.algorithms = try list(value).map { try named(string($0), among: TokenAlgorithm.allCases, \.name) }
        case "profile": options.profile = try named(string(value), among: TokenProfile.allCases, \.name)
        case "nonce": options.nonce = try string(value)
        case "leewaySecs": options.leewaySecs = try int(value)
        case "ageSecsMax": options.ageSecsMax = try int(value)
        case "require": options.require = try list(value).map(string)
        case "withoutExpiry": options.withoutExpiry = try bool(value)
        case "confirmation":
            options.confirmation = try named(string(value), among: Confirmation.allCases, \.name)
        case "kidlessTries": options.kidlessTries = try int(value)
        case "limits": options.limits = try tokenLimits(value)
        default: throw Unsaid("there is no option \(name)")
        }
    }
    return options
}

func keyCacheOptions(_ json: Any) throws -> KeyCacheOptions {
    var options = KeyCacheOptions()
    for (name, value) in try object(json) {
        switch name {
        case "trust": options.trust = try list(value).map(string)
        case "ttlSecs": options.ttlSecs = try int(value)
        case "ttlSecsMin": options.ttlSecsMin = try int(value)
        case "ttlSecsMax": options.ttlSecsMax = try int(value)
        case "staleSecs": options.staleSecs = try int(value)
        case "fetchSecs": options.fetchSecs = try int(value)
        case "cooldownSecs": options.cooldownSecs = try int(value)
        case "negativeSecs": options.negativeSecs = try int(value)
        case "graceSecs": options.graceSecs = try int(value)
        case "issuers": options.issuers = try int(value)
        case "limits": options.limits = try keyLimits(value)
        default: throw Unsaid("there is no option \(name)")
        }
    }
    return options
}

func keyLimits(_ json: Any) throws -> KeyLimits {
    var limits = KeyLimits()
    for (name, value) in try object(json) {
        let value = try int(value)
        switch name {
        case "keys": limits.keys = value
        case "bytes": limits.bytes = value
        default: throw Unsaid("there is no limit \(name)")
        }
    }
    return limits
}

private func tokenLimits(_ json: Any) throws -> TokenLimits {
    var limits = TokenLimits()
    for (name, value) in try object(json) {
        let value = try int(value)
        switch name {
        case "tokenBytes": limits.tokenBytes = value
        case "headerBytes": limits.headerBytes = value
        case "headerMembers": limits.headerMembers = value
        case "claims": limits.claims = value
        case "values": limits.values = value
        case "jsonDepth": limits.jsonDepth = value
        case "kidBytes": limits.kidBytes = value
        default: throw Unsaid("there is no limit \(name)")
        }
    }
    return limits
}
