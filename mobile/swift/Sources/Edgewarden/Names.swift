// The names that every language of Edgewarden uses, in rule files, logs and JSON.

extension Decision {
    /// `allow`, `flag`, `redact` or `block`.
    public var name: String {
        switch self {
        case .allow: "allow"
        case .flag: "flag"
        case .redact: "redact"
        case .block: "block"
        }
    }

    private var rank: Int {
        switch self {
        case .allow: 0
        case .flag: 1
        case .redact: 2
        case .block: 3
        }
    }
}

/// A stricter decision is greater: `allow < flag < redact < block`.
extension Decision: Comparable {
    public static func < (left: Decision, right: Decision) -> Bool {
        left.rank < right.rank
    }
}

extension Origin {
    /// `system`, `user`, `assistant`, `tool` or `retrieved`.
    public var name: String {
        switch self {
        case .system: "system"
        case .user: "user"
        case .assistant: "assistant"
        case .tool: "tool"
        case .retrieved: "retrieved"
        }
    }
}

extension Strictness {
    /// `relaxed`, `standard`, `strict` or `paranoid`.
    public var name: String {
        switch self {
        case .relaxed: "relaxed"
        case .standard: "standard"
        case .strict: "strict"
        case .paranoid: "paranoid"
        }
    }
}

extension Preset {
    /// `relaxed`, `balanced` or `strict`.
    public var name: String {
        switch self {
        case .relaxed: "relaxed"
        case .balanced: "balanced"
        case .strict: "strict"
        }
    }
}

extension Severity {
    /// `low`, `medium`, `high` or `critical`.
    public var name: String {
        switch self {
        case .low: "low"
        case .medium: "medium"
        case .high: "high"
        case .critical: "critical"
        }
    }
}

extension Confidence {
    /// `low`, `medium` or `high`.
    public var name: String {
        switch self {
        case .low: "low"
        case .medium: "medium"
        case .high: "high"
        }
    }
}

extension Category {
    /// The kebab-case name, such as `prompt-injection`.
    public var name: String {
        switch self {
        case .promptInjection: "prompt-injection"
        case .jailbreak: "jailbreak"
        case .promptExtraction: "prompt-extraction"
        case .delimiter: "delimiter"
        case .obfuscation: "obfuscation"
        case .exfiltration: "exfiltration"
        case .dangerousCommand: "dangerous-command"
        case .ssrf: "ssrf"
        case .secret: "secret"
        case .pii: "pii"
        case .canary: "canary"
        case .defamation: "defamation"
        case .limit: "limit"
        }
    }
}

extension Layer {
    /// The name of the layer, such as `fuzzy`.
    public var name: String {
        switch self {
        case .envelope: "envelope"
        case .provenance: "provenance"
        case .census: "census"
        case .hidden: "hidden"
        case .canonical: "canonical"
        case .peel: "peel"
        case .structure: "structure"
        case .signature: "signature"
        case .fuzzy: "fuzzy"
        case .lexical: "lexical"
        case .mention: "mention"
        case .secret: "secret"
        case .pii: "pii"
        case .egress: "egress"
        case .session: "session"
        case .decide: "decide"
        }
    }
}
