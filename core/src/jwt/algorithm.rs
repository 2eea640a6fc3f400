//! The signature algorithms a token may name (RFC 7518 section 3.1, RFC 8037 section 3.1).

/// How a token is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Algorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    Rs256,
    /// RSASSA-PKCS1-v1_5 with SHA-384.
    Rs384,
    /// RSASSA-PKCS1-v1_5 with SHA-512.
    Rs512,
    /// RSASSA-PSS with SHA-256, MGF1 with SHA-256 and a salt of 32 bytes.
    Ps256,
    /// RSASSA-PSS with SHA-384, MGF1 with SHA-384 and a salt of 48 bytes.
    Ps384,
    /// RSASSA-PSS with SHA-512, MGF1 with SHA-512 and a salt of 64 bytes.
    Ps512,
    /// ECDSA on P-256 with SHA-256, the signature as r and s of 32 bytes each.
    Es256,
    /// ECDSA on P-384 with SHA-384, the signature as r and s of 48 bytes each.
    Es384,
    /// Ed25519 (RFC 8032), under its name of RFC 8037 or its newer one, `Ed25519` (RFC 9864 section 2.2). Keys of other curves are
    /// not supported, so both say the same.
    EdDsa,
    /// HMAC with SHA-256.
    Hs256,
    /// HMAC with SHA-384.
    Hs384,
    /// HMAC with SHA-512.
    Hs512,
}

/// Algorithms that take the same kind of key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// RSA with either padding.
    Rsa,
    /// ECDSA.
    Ecdsa,
    /// Ed25519.
    Ed25519,
    /// HMAC: whoever can verify can sign.
    Hmac,
}

impl Algorithm {
    /// All of them, in the order of their declaration.
    pub const ALL: [Self; 12] = [
        Self::Rs256,
        Self::Rs384,
        Self::Rs512,
        Self::Ps256,
        Self::Ps384,
        Self::Ps512,
        Self::Es256,
        Self::Es384,
        Self::EdDsa,
        Self::Hs256,
        Self::Hs384,
        Self::Hs512,
    ];

    /// The value of the `alg` header parameter.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Rs384 => "RS384",
            Self::Rs512 => "RS512",
            Self::Ps256 => "PS256",
            Self::Ps384 => "PS384",
            Self::Ps512 => "PS512",
            Self::Es256 => "ES256",
            Self::Es384 => "ES384",
            Self::EdDsa => "EdDSA",
            Self::Hs256 => "HS256",
            Self::Hs384 => "HS384",
            Self::Hs512 => "HS512",
        }
    }

    /// The algorithm of that exact name; RFC 7515 section 4.1.1 compares names by case. `Ed25519` is another name of
    /// [`EdDsa`](Self::EdDsa).
    pub fn from_name(name: &str) -> Option<Self> {
        let name = if name == ED25519 { Self::EdDsa.name() } else { name };
        Self::ALL.into_iter().find(|algorithm| algorithm.name() == name)
    }

    /// What kind of key it takes.
    pub const fn family(self) -> Family {
        match self {
            Self::Rs256 | Self::Rs384 | Self::Rs512 | Self::Ps256 | Self::Ps384 | Self::Ps512 => Family::Rsa,
            Self::Es256 | Self::Es384 => Family::Ecdsa,
            Self::EdDsa => Family::Ed25519,
            Self::Hs256 | Self::Hs384 | Self::Hs512 => Family::Hmac,
        }
    }
}

/// A set of algorithms: what a policy accepts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AlgorithmSet(u16);

impl AlgorithmSet {
    /// Whether `algorithm` is in the set.
    pub const fn contains(self, algorithm: Algorithm) -> bool {
        self.0 & (1 << algorithm as u16) != 0
    }

    /// Whether no algorithm is in the set.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The members, in the order of [`Algorithm::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Algorithm> {
        Algorithm::ALL.into_iter().filter(move |algorithm| self.contains(*algorithm))
    }
}

impl FromIterator<Algorithm> for AlgorithmSet {
    fn from_iter<I: IntoIterator<Item = Algorithm>>(algorithms: I) -> Self {
        Self(algorithms.into_iter().fold(0, |set, algorithm| set | (1 << algorithm as u16)))
    }
}

/// WebCrypto writes it into the keys that it exports, so key sets have it.
const ED25519: &str = "Ed25519";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_back_and_case_counts() {
        assert!(Algorithm::ALL.iter().all(|a| Algorithm::from_name(a.name()) == Some(*a)));
        assert!(
            ["none", "None", "nOnE", "", "rs256", "ES512", "ES256K", "ed25519", "Ed448"]
                .iter()
                .all(|n| Algorithm::from_name(n).is_none())
        );
    }

    #[test]
    fn set_holds_what_was_put_in() {
        let set: AlgorithmSet = [Algorithm::Es256, Algorithm::Rs256, Algorithm::Es256].into_iter().collect();
        assert!(set.iter().eq([Algorithm::Rs256, Algorithm::Es256]) && !set.contains(Algorithm::Hs256));
    }
}
