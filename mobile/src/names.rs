//! The fixed sets of names, mirrored from the facade.

use edgewarden_bindings as facade;

/// Mirrors an enum of the facade; the compiler checks in both directions that no member is missing.
macro_rules! mirrored {
    ($(#[$doc:meta])* $name:ident { $($(#[$about:meta])* $member:ident,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Enum)]
        pub enum $name {
            $($(#[$about])* $member,)+
        }

        impl From<facade::$name> for $name {
            fn from(value: facade::$name) -> Self {
                match value {
                    $(facade::$name::$member => Self::$member,)+
                }
            }
        }

        impl From<$name> for facade::$name {
            fn from(value: $name) -> Self {
                match value {
                    $($name::$member => Self::$member,)+
                }
            }
        }
    };
}

mirrored! {
    /// What the host should do. Ordered: a later one is stronger.
    Decision {
        /// Let it pass.
        Allow,
        /// Let it pass, but tell someone.
        Flag,
        /// Let it pass after `redact`.
        Redact,
        /// Do not let it pass. Also the answer when no decision could be reached safely.
        Block,
    }
}

mirrored! {
    /// Where a text comes from.
    Origin {
        /// The developer's own prompt. Trusted: signatures that are normal there (role play, rules) do not count.
        System,
        /// The person who talks to the product.
        User,
        /// The model's own answer.
        Assistant,
        /// The result of a tool call.
        Tool,
        /// A document from search, mail, web or a vector store.
        Retrieved,
    }
}

mirrored! {
    /// Which rules run: those of a level and of the levels before it.
    Strictness {
        /// Only rules that are practically never wrong.
        Relaxed,
        /// The default.
        Standard,
        /// Also rules that are sometimes wrong.
        Strict,
        /// Every rule.
        Paranoid,
    }
}

mirrored! {
    /// Ready-made sets of thresholds.
    Preset {
        /// Fewer alarms: only combinations of strong findings block.
        Relaxed,
        /// The default: one certain attack blocks, one probable attack flags.
        Balanced,
        /// More alarms: one probable attack blocks.
        Strict,
    }
}

mirrored! {
    /// Harm if a finding is true.
    Severity {
        /// Worth knowing.
        Low,
        /// Worth a look.
        Medium,
        /// Should not reach a model or a user.
        High,
        /// Must not reach a model or a user.
        Critical,
    }
}

mirrored! {
    /// How likely a finding is true.
    Confidence {
        /// More often wrong than right on its own; counts in combination.
        Low,
        /// Usually right.
        Medium,
        /// Right unless the text is about attacks.
        High,
    }
}

mirrored! {
    /// Attack class of a rule.
    Category {
        /// Orders that try to replace the instructions in force (OWASP LLM01).
        PromptInjection,
        /// Role play, personas and modes that claim to lift the model's rules.
        Jailbreak,
        /// Attempts to read the system prompt or other hidden context (OWASP LLM07).
        PromptExtraction,
        /// Fake message boundaries: chat-template tokens, roles, tool results, policies.
        Delimiter,
        /// Text made unreadable for people or filters.
        Obfuscation,
        /// Channels that carry data out: links, images, tool arguments.
        Exfiltration,
        /// Commands and calls that do damage when a tool runs them.
        DangerousCommand,
        /// Addresses that reach into private networks (CWE-918).
        Ssrf,
        /// Credentials.
        Secret,
        /// Personal data.
        Pii,
        /// A planted marker that came back.
        Canary,
        /// Claims about named people that a person should look at.
        Defamation,
        /// The input broke a limit and could not be scanned to the end.
        Limit,
    }
}

mirrored! {
    /// One of the sixteen layers of a scan.
    Layer {
        /// Size, depth and fuel; fails closed.
        Envelope,
        /// Which rules run for which origin.
        Provenance,
        /// One pass that decides which of the costly layers are needed.
        Census,
        /// Tags, variation selectors, zero-width bits, bidirectional controls.
        Hidden,
        /// The canonical view and its relatives.
        Canonical,
        /// Encodings and ciphers, nested.
        Peel,
        /// Roles, templates, policies, comments, many-shot, literal joining.
        Structure,
        /// Sequences of words in many languages.
        Signature,
        /// Misspelt and scrambled signature words.
        Fuzzy,
        /// The learned model.
        Lexical,
        /// Use against mention: quoted and reported attacks count less.
        Mention,
        /// Credentials.
        Secret,
        /// Personal data.
        Pii,
        /// Links, hosts, commands, canaries.
        Egress,
        /// What earlier turns said.
        Session,
        /// Score and decision.
        Decide,
    }
}
