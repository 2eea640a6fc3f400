// The names of tokens that every language of Edgewarden uses, in options, logs and JSON.

extension TokenAlgorithm {
    /// As in `alg`, such as `ES256`.
    public var name: String {
        switch self {
        case .rs256: "RS256"
        case .rs384: "RS384"
        case .rs512: "RS512"
        case .ps256: "PS256"
        case .ps384: "PS384"
        case .ps512: "PS512"
        case .es256: "ES256"
        case .es384: "ES384"
        case .edDsa: "EdDSA"
        case .hs256: "HS256"
        case .hs384: "HS384"
        case .hs512: "HS512"
        }
    }
}

extension TokenProfile {
    /// `jwt`, `access_token`, `id_token` or `dpop_proof`.
    public var name: String {
        switch self {
        case .jwt: "jwt"
        case .accessToken: "access_token"
        case .idToken: "id_token"
        case .dpopProof: "dpop_proof"
        }
    }
}

extension TokenPlace {
    /// `token`, `header`, `payload`, `key`, `signature`, `claim` or `keys`.
    public var name: String {
        switch self {
        case .token: "token"
        case .header: "header"
        case .payload: "payload"
        case .key: "key"
        case .signature: "signature"
        case .claim: "claim"
        case .keys: "keys"
        }
    }
}

extension Retry {
    /// `never`, `after_refresh` or `at`.
    public var name: String {
        switch self {
        case .never: "never"
        case .afterRefresh: "after_refresh"
        case .at: "at"
        }
    }
}

extension EvidenceKind {
    /// `offset`, `limit`, `length` or `time`.
    public var name: String {
        switch self {
        case .offset: "offset"
        case .limit: "limit"
        case .length: "length"
        case .time: "time"
        }
    }
}

extension CheckOutcome {
    /// `skipped`, `passed` or `failed`.
    public var name: String {
        switch self {
        case .skipped: "skipped"
        case .passed: "passed"
        case .failed: "failed"
        }
    }
}

extension KeyState {
    /// `empty`, `fresh`, `stale` or `refreshing`.
    public var name: String {
        switch self {
        case .empty: "empty"
        case .fresh: "fresh"
        case .stale: "stale"
        case .refreshing: "refreshing"
        }
    }
}

extension KeyUpdateKind {
    /// `failed`, `replaced` or `confirmed`.
    public var name: String {
        switch self {
        case .failed: "failed"
        case .replaced: "replaced"
        case .confirmed: "confirmed"
        }
    }
}

extension Confirmation {
    /// `none`, `dpop` or `host`.
    public var name: String {
        switch self {
        case .none: "none"
        case .dpop: "dpop"
        case .host: "host"
        }
    }
}
