// One check for each kind of vector of tokens.

import Edgewarden
import Foundation

let tokenChecks: [String: @Sendable (Case) throws -> Void] = [
    "jwt": { try checkVerdict($0.members) },
    "jwt-explain": { try checkExplanation($0.members) },
    "jwt-keys": { try checkKeys($0.members) },
    "jwt-cache": { try checkTranscript($0.members) },
    "jwt-errors": checkFault,
]

private func checkVerdict(_ one: Object) throws {
    let asked = try Asked(one)
    let verdict = try asked.verify()
    try same("the verdict", verdict.code, one.string("verdict"))
    try same("the verdict in two steps", json(verdict.told), json(asked.inTwoSteps().told))
    switch verdict {
    case .verified(let token): try same("data", json(told(token)), json(one.member("data")))
    case .refused(let error):
        try same("error", json(told(error)), json(one.member("error")))
        try same("challenge", error.challenge(realm: "api"), one.string("challenge"))
    }
    try checkFirstFault(asked, verdict)
}

private func checkExplanation(_ one: Object) throws {
    let asked = try Asked(one)
    let verdict = try asked.verify()
    try same("the verdict", verdict.code, one.string("verdict"))
    try same("checks", json(asked.checks().map(told)), json(one.member("checks")))
    try checkFirstFault(asked, verdict)
}

private func checkFirstFault(_ asked: Asked, _ verdict: Verdict) throws {
    let checks = try asked.checks()
    guard case .refused(let error) = verdict else {
        return try same("every check passed", checks.allSatisfy { $0.outcome == .passed }, true)
    }
    try same("the first fault", checks.lazy.compactMap(\.error).first?.refusal, error)
}

private enum Verdict {
    case verified(VerifiedToken)
    case refused(VerifyError)

    init(_ work: () throws -> VerifiedToken) throws {
        do {
            self = .verified(try work())
        } catch let error as EdgewardenError {
            guard let refusal = error.refusal else { throw error }
            self = .refused(refusal)
        }
    }

    var code: String {
        switch self {
        case .verified: "ok"
        case .refused(let error): error.code
        }
    }

    var told: Object {
        switch self {
        case .verified(let token): vectors.told(token)
        case .refused(let error): vectors.told(error)
        }
    }
}

/// A question, ready to be asked in every way there is.
private struct Asked {
    let verifier: TokenVerifier
    let options: VerifierOptions
    let keys: KeySet
    let request: ProofRequest?
    let token: String
    let now: Date?

    init(_ one: Object) throws {
        options = try verifierOptions(one.member("options") as Any, secret: one["secret"] as? String)
        verifier = try TokenVerifier(options: options)
        let jwks = try json(["keys": one["keys"] ?? [Any]()])
        keys = try verifier.sharedKeys() ?? KeySet.fromJwks(jwks)
        (token, now) = (try one.string("token"), one.now())
        request = try (one["request"] as? Object).map { [keys, now] in try proofRequest($0, keys, now) }
    }

    func verify() throws -> Verdict {
        try Verdict {
            if let request { return try verifier.verifyProof(token, request: request, now: now) }
            return try verifier.verify(token, keys: keys, now: now)
        }
    }

    func checks() throws -> [TokenCheck] {
        if let request { return try verifier.explainProof(token, request: request, now: now) }
        return try verifier.explain(token, keys: keys, now: now)
    }

    func inTwoSteps() throws -> Verdict {
        try Verdict {
            let check =
                if let request {
                    try verifier.beginProof(token, request: request, now: now)
                } else {
                    try verifier.begin(token, keys: keys, now: now)
                }
            var isValid = try hostSays(check)
            while !isValid, try check.nextKey() { isValid = try hostSays(check) }
            return try check.finish(isValid, now: now)
        }
    }

    /// Foundation on Linux checks no signature, so the library stands in for the host: with the one key that it is handed, and the
    /// token that input and signature make together.
    private func hostSays(_ check: HostCheck) throws -> Bool {
        let signed = String(decoding: try check.signingInput(), as: UTF8.self) + "." + base64url(try check.signature())
        try same("the signed token", signed, token)
        do {
            if let request {
                _ = try verifier.verifyProof(signed, request: request, now: now)
            } else {
                let key = try check.keyJwk().map { try KeySet.fromJwk($0) }
                _ = try verifier.verify(signed, keys: key ?? keys, now: now)
            }
            return true
        } catch let error as EdgewardenError where error.code == "bad_signature" {
            return false
        }
    }
}

private func proofRequest(_ request: Object, _ keys: KeySet, _ now: Date?) throws -> ProofRequest {
    var made = ProofRequest(method: try request.string("method"), url: try request.string("url"))
    made.nonce = request["nonce"] as? String
    if request["access_token"] != nil {
        let token = try request.string("access_token")
        let access = try TokenVerifier(options: verifierOptions(request.member("access_options") as Any))
        made.accessToken = AccessToken(token, verified: try access.verify(token, keys: keys, now: now))
    }
    return made
}

private func checkKeys(_ one: Object) throws {
    let jwks = try one.string("jwks")
    do {
        let set = try KeySet.fromJwks(jwks, limits: one["limits"].map(keyLimits))
        try same("the verdict", "ok", one.string("verdict"))
        try same("keys", json(set.keys().map(told)), json(one.member("keys")))
        try same("refused", json(set.refused().map(told)), json(one.member("refused")))
    } catch let error as EdgewardenError {
        try same("the verdict", error.code, one.string("verdict"))
        try same("offset", error.offset, (one["offset"] as? NSNumber)?.intValue)
    }
}

@Sendable private func checkFault(_ one: Case) throws {
    let members = one.members
    do {
        switch try members.string("call") {
        case "verifier":
            let options = try verifierOptions(document(members), secret: members["secret"] as? String)
            _ = try TokenVerifier(options: options)
        case "key_cache": _ = try KeyCache(options: keyCacheOptions(document(members)))
        case "key": _ = try KeySet.fromJwk(members.string("jwk"))
        case "secret":
            let names: [String] = try members.member("algorithms")
            let algorithms = try names.map { try named($0, among: TokenAlgorithm.allCases, \.name) }
            _ = try KeySet.fromSecret(Data(members.string("secret").utf8), algorithms: algorithms)
        case "restore":
            let macKey = (members["mac_key"] as? String).map { Data($0.utf8) }
            _ = try KeyCache().restore(members.bytes("bytes"), macKey: macKey, now: Date(timeIntervalSince1970: 0))
        case let call: throw Mismatch("there is no call \(call)")
        }
        throw Mismatch("it did not fail")
    } catch let unsaid as Unsaid where unsayable.contains(members["verdict"] as? String ?? "") {
        print("held by the type system: \(one.name): \(unsaid)")
    } catch let error as EdgewardenError {
        try same("code", error.code, members.string("verdict"))
        try same("field", error.field ?? "none", members["field"] as? String ?? "none")
        try same("offset", error.offset, (members["offset"] as? NSNumber)?.intValue)
    }
}

/// Verdicts on what the types leave no way to say.
private let unsayable: Set = ["invalid_option", "invalid_argument", "invalid_json"]

private func document(_ members: Object) throws -> Any {
    let text = try members.string("options_json")
    guard let json = try? JSONSerialization.jsonObject(with: Data(text.utf8)) else { throw Unsaid("options are no text") }
    return json
}
