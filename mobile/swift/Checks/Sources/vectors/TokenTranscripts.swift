// Transcripts of key caches, and what is said of keys and tokens in the JSON of the cases.

import Edgewarden
import Foundation

func checkTranscript(_ one: Object) throws {
    let options = try keyCacheOptions(one.member("options") as Any)
    var run = Transcript(cache: try KeyCache(options: options))
    for (i, step) in try one.list("steps").enumerated() {
        if try step.string("event") == "restart" {
            run.cache = try KeyCache(options: options)
            continue
        }
        let answer: Any
        do {
            answer = try run.take(step)
        } catch let error as EdgewardenError {
            answer = ["error": error.code]
        }
        try same("answer \(i)", json(answer), json(step.member("answer")))
    }
}

private struct Transcript {
    var cache: KeyCache
    var tickets: [FetchTicket] = []
    var snapshot = Data()

    mutating func take(_ step: Object) throws -> Any {
        let (issuer, kid) = (step["issuer"] as? String ?? "", step["kid"] as? String)
        let (now, macKey) = (step.now(), (step["mac_key"] as? String).map { Data($0.utf8) })
        let maxAge = (step["max_age_secs"] as? NSNumber)?.int64Value
        switch try step.string("event") {
        case "keys":
            let plausible = step["plausible"] as? Bool ?? true
            return told(try cache.keys(issuer, kid: kid, plausible: plausible, now: now, entropy: 0))
        case "bad_signature":
            let ticket = try cache.badSignature(issuer, kid: kid, now: now, entropy: 0)
            return ["fetch": ticket.map { issued($0) as Any } ?? NSNull()]
        case "state": return ["state": try cache.state(issuer, now: now)?.name as Any? ?? NSNull()]
        case "trust": try cache.trust(issuer)
        case "forget": try cache.forget(issuer)
        case "snapshot":
            snapshot = try cache.snapshot(macKey: macKey)
            return ["bytes": snapshot.count]
        case "restore": return ["sets": try cache.restore(snapshot, macKey: macKey, now: now)]
        case "fetched":
            let (body, etag) = (Data(try step.string("body").utf8), step["etag"] as? String)
            return update(
                try cache.fetched(ticket(step), body: body, maxAgeSecs: maxAge, etag: etag, now: now))
        case "not_modified": return update(try cache.notModified(ticket(step), maxAgeSecs: maxAge, now: now))
        case "failed": return update(try cache.failed(ticket(step), now: now))
        case let event: throw Mismatch("there is no event \(event)")
        }
        return Object()
    }

    private func ticket(_ step: Object) throws -> FetchTicket {
        let number = try step.int("ticket")
        guard tickets.indices.contains(number) else { throw Mismatch("there is no ticket \(number)") }
        return tickets[number]
    }

    /// Ids are opaque, so a ticket is known by its number in the transcript.
    private mutating func issued(_ ticket: FetchTicket) -> Object {
        tickets.append(ticket)
        return [
            "ticket": tickets.count - 1, "issuer": ticket.issuer, "deadline": ticket.deadlineMs,
            "etag": ticket.etag as Any? ?? NSNull(),
        ]
    }

    private mutating func told(_ answer: KeyAnswer) -> Object {
        switch answer {
        case .use(let keys): ["answer": "use", "keys": generations(keys), "revision": keys.revision()]
        case .useAndRefresh(let keys, let ticket):
            [
                "answer": "use_and_refresh", "keys": generations(keys), "revision": keys.revision(),
                "fetch": issued(ticket),
            ]
        case .fetch(let ticket): ["answer": "fetch", "fetch": issued(ticket)]
        case .wait(let until): ["answer": "wait", "until": until]
        case .unavailable(let error): ["answer": "unavailable", "error": error.refusal.map(vectors.told) as Any]
        }
    }

    private func generations(_ keys: KeySet) -> [[Any]] {
        keys.keys().map { [$0.kid as Any? ?? NSNull(), $0.generation] }
    }

    private func update(_ update: KeyUpdate) -> Object {
        present([
            "kind": update.kind.name, "added": update.added, "removed": update.removed, "refused": update.refused,
            "freshUntilMs": update.freshUntilMs, "reason": update.reason, "retryAtMs": update.retryAtMs,
        ])
    }
}

func told(_ token: VerifiedToken) -> Object {
    present([
        "claimsJson": token.claimsJson(), "headerJson": token.headerJson(), "algorithm": token.algorithm().name,
        "kid": token.kid(), "issuer": token.issuer(), "subject": token.subject(), "audience": token.audience(),
        "tokenId": token.tokenId(), "expiresAtMs": token.expiresAtMs(), "notBeforeMs": token.notBeforeMs(),
        "issuedAtMs": token.issuedAtMs(), "validUntilMs": token.validUntilMs(), "boundKey": token.boundKey(),
        "keyThumbprint": token.keyThumbprint(), "keyGeneration": token.keyGeneration(),
    ])
}

func told(_ error: VerifyError) -> Object {
    let evidence = error.evidence.map { present(["kind": $0.kind.name, "found": $0.found, "expected": $0.expected]) }
    return present([
        "code": error.code, "place": error.place.name, "name": error.part, "retry": error.retry.name,
        "retryAtMs": error.retryAt.map { Int64(($0.timeIntervalSince1970 * 1000).rounded()) },
        "message": error.message, "evidence": evidence, "httpStatus": error.httpStatus,
    ])
}

func told(_ check: TokenCheck) -> Object {
    present([
        "check": check.check, "place": check.place.name, "name": check.part, "outcome": check.outcome.name,
        "error": check.error?.refusal.map(told), "expected": check.expected, "got": check.got,
    ])
}

func told(_ key: KeyInfo) -> Object {
    present([
        "kid": key.kid, "algorithms": key.algorithms.map(\.name), "thumbprint": key.thumbprint,
        "generation": key.generation,
    ])
}

func told(_ key: RefusedKeyInfo) -> Object {
    present(["index": key.index, "kid": key.kid, "code": key.code])
}

private func present(_ members: [String: Any?]) -> Object {
    members.compactMapValues { $0 }
}

/// In the one order of names, to be compared as text.
func json(_ value: Any) throws -> String {
    let data = try JSONSerialization.data(
        withJSONObject: value, options: [.sortedKeys, .withoutEscapingSlashes, .fragmentsAllowed])
    return String(decoding: data, as: UTF8.self)
}

func base64url(_ bytes: Data) -> String {
    bytes.base64EncodedString().replacingOccurrences(of: "+", with: "-").replacingOccurrences(of: "/", with: "_")
        .replacingOccurrences(of: "=", with: "")
}
