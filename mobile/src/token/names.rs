//! The fixed sets of names.

use edgewarden_bindings::token as facade;

/// Mirrors names that the facade gives as strings. Every one of them is in the vectors.
macro_rules! named {
    ($(#[$doc:meta])* $name:ident {
        $(#[$about:meta])* $first:ident = $text:literal,
        $($(#[$abouts:meta])* $member:ident = $texts:literal,)*
    }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Enum)]
        pub enum $name {
            $(#[$about])* $first,
            $($(#[$abouts])* $member,)*
        }

        #[allow(dead_code)] // a set of names comes from the facade, goes there, or both
        impl $name {
            /// The member of this name.
            pub(crate) fn of(name: &str) -> Self {
                match name {
                    $($texts => Self::$member,)*
                    _ => Self::$first,
                }
            }

            /// The name in every language.
            pub(crate) const fn name(self) -> &'static str {
                match self {
                    Self::$first => $text,
                    $(Self::$member => $texts,)*
                }
            }
        }
    };
}

/// Mirrors an enum of the facade; the compiler checks in both directions that no member is missing.
macro_rules! mirrored {
    ($(#[$doc:meta])* $name:ident of $facade:ident { $($(#[$about:meta])* $member:ident,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Enum)]
        pub enum $name {
            $($(#[$about])* $member,)+
        }

        impl From<facade::$facade> for $name {
            fn from(value: facade::$facade) -> Self {
                match value {
                    $(facade::$facade::$member => Self::$member,)+
                }
            }
        }

        impl From<$name> for facade::$facade {
            fn from(value: $name) -> Self {
                match value {
                    $($name::$member => Self::$member,)+
                }
            }
        }
    };
}

mirrored! {
    /// How a token is signed (RFC 7518 section 3, RFC 8037 section 3.1).
    TokenAlgorithm of Algorithm {
        /// RSASSA-PKCS1-v1_5 with SHA-256.
        Rs256,
        /// RSASSA-PKCS1-v1_5 with SHA-384.
        Rs384,
        /// RSASSA-PKCS1-v1_5 with SHA-512.
        Rs512,
        /// RSASSA-PSS with SHA-256.
        Ps256,
        /// RSASSA-PSS with SHA-384.
        Ps384,
        /// RSASSA-PSS with SHA-512.
        Ps512,
        /// ECDSA on P-256 with SHA-256.
        Es256,
        /// ECDSA on P-384 with SHA-384.
        Es384,
        /// Ed25519.
        EdDsa,
        /// HMAC with SHA-256. Whoever can verify it can also make it.
        Hs256,
        /// HMAC with SHA-384.
        Hs384,
        /// HMAC with SHA-512.
        Hs512,
    }
}

impl TokenAlgorithm {
    /// The algorithm of that name; the facade gives no other.
    pub(crate) fn of(name: &str) -> Self {
        facade::Algorithm::from_name(name).unwrap_or(facade::Algorithm::Rs256).into()
    }

    /// As in `alg`.
    pub(crate) fn name(self) -> &'static str {
        facade::Algorithm::from(self).name()
    }
}

named! {
    /// A kind of token; one must not pass for another (RFC 8725 section 3.12).
    TokenProfile {
        /// Any claims set of the issuer, RFC 7519.
        Jwt = "jwt",
        /// An access token of OAuth 2.0, RFC 9068.
        AccessToken = "access_token",
        /// An ID token of OpenID Connect Core 1.0.
        IdToken = "id_token",
        /// A proof of possession, RFC 9449.
        DpopProof = "dpop_proof",
    }
}

named! {
    /// What becomes of a token that only the holder of some key may use: one with `cnf` (RFC 7800).
    Confirmation {
        /// It is refused: it must not pass for one that anybody may use.
        None = "none",
        /// It must be bound to a key for proofs of possession, and the host verifies the proof.
        Dpop = "dpop",
        /// It is accepted, and the host checks `cnf`.
        Host = "host",
    }
}

named! {
    /// The part of a token that is wrong.
    TokenPlace {
        /// The token as a whole.
        Token = "token",
        /// The header; `part` names the parameter.
        Header = "header",
        /// The payload.
        Payload = "payload",
        /// The key.
        Key = "key",
        /// The signature.
        Signature = "signature",
        /// A claim, named by `part`.
        Claim = "claim",
        /// The key set: the server's fault.
        Keys = "keys",
    }
}

named! {
    /// Whether the same token may be accepted later.
    Retry {
        /// Never.
        Never = "never",
        /// Once the key set was fetched again.
        AfterRefresh = "after_refresh",
        /// At the time of `retryAt`.
        At = "at",
    }
}

named! {
    /// What the numbers of an evidence count.
    EvidenceKind {
        /// A byte of the part.
        Offset = "offset",
        /// Found against the most.
        Limit = "limit",
        /// Found against the right length.
        Length = "length",
        /// Now against the line that the token draws, in milliseconds since 1970.
        Time = "time",
    }
}

named! {
    /// How a check of `explain` went.
    CheckOutcome {
        /// A check before it failed.
        Skipped = "skipped",
        /// It holds.
        Passed = "passed",
        /// It does not hold.
        Failed = "failed",
    }
}

named! {
    /// How a key cache stands with an issuer.
    KeyState {
        /// There are no keys.
        Empty = "empty",
        /// The keys need no refresh.
        Fresh = "fresh",
        /// The keys serve, and it is time to fetch.
        Stale = "stale",
        /// The keys serve while a fetch is under way.
        Refreshing = "refreshing",
    }
}

named! {
    /// What a fetch did.
    KeyUpdateKind {
        /// It brought nothing that can be used.
        Failed = "failed",
        /// It brought a set.
        Replaced = "replaced",
        /// The set is the one that is held.
        Confirmed = "confirmed",
    }
}
