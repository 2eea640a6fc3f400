//! A public key, or a shared secret, that was found fit to verify with.

use alloc::boxed::Box;
use alloc::string::String;
use core::fmt;

use super::algorithm::AlgorithmSet;
use super::error::Code;
use super::jwk;
use super::signature::{Prepared, is_key};

/// A key with the algorithms it may be used for. Only [`KeySet`](super) builds one from outside, after all checks.
#[derive(Clone)]
pub struct VerificationKey {
    /// `kid` of the JWK, byte for byte.
    pub(crate) kid: Option<String>,
    /// What it verifies: its family, cut down by `alg` and curve.
    pub(crate) algorithms: AlgorithmSet,
    /// SHA-256 thumbprint (RFC 7638).
    pub(crate) thumbprint: [u8; 32],
    /// Number that a key cache gave it.
    pub(crate) generation: u64,
    /// The numbers.
    pub(crate) material: KeyMaterial,
    /// The numbers in the form that a check starts from.
    pub(super) prepared: Prepared,
}

impl PartialEq for VerificationKey {
    fn eq(&self, other: &Self) -> bool {
        (&self.kid, self.algorithms, self.generation, &self.material)
            == (&other.kid, other.algorithms, other.generation, &other.material)
    }
}

impl Eq for VerificationKey {}

/// The numbers of a key, as a signature verifier takes them. All are in range and of the length stated.
#[derive(Clone, PartialEq, Eq)]
pub enum KeyMaterial {
    /// RSA, 2,048 to 8,192 bits, odd, not of a known weak generator.
    Rsa {
        /// The modulus n, big-endian, without leading zeros.
        modulus: Box<[u8]>,
        /// The exponent e: odd, from 3 to 2^32 − 1.
        exponent: u32,
    },
    /// A point on a curve, both coordinates big-endian and of the curve's length.
    Ec {
        /// Which curve.
        curve: Curve,
        /// x
        x: Box<[u8]>,
        /// y
        y: Box<[u8]>,
    },
    /// Ed25519: a canonical point encoding that is none of small order.
    Ed25519([u8; 32]),
    /// A shared secret at least as long as the hash it is used with (RFC 7518 section 3.2).
    Secret(Box<[u8]>),
}

/// A curve of a JWK of type `EC`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Curve {
    /// P-256, for ES256.
    P256,
    /// P-384, for ES384.
    P384,
}

impl Curve {
    /// Bytes of a coordinate, and of r and s.
    pub const fn field_bytes(self) -> usize {
        match self {
            Self::P256 => 32,
            Self::P384 => 48,
        }
    }
}

impl VerificationKey {
    /// A key from numbers whose size was checked; points are checked here.
    ///
    /// # Errors
    /// [`Code::BadKey`] if the numbers are no key of their kind.
    pub(crate) fn new(
        kid: Option<String>,
        algorithms: AlgorithmSet,
        thumbprint: [u8; 32],
        material: KeyMaterial,
    ) -> Result<Self, Code> {
        let prepared = is_key(&material).then(|| Prepared::new(&material)).flatten().ok_or(Code::BadKey)?;
        Ok(Self { kid, algorithms, thumbprint, generation: 0, material, prepared })
    }

    /// `kid` of the JWK.
    pub fn kid(&self) -> Option<&str> {
        self.kid.as_deref()
    }

    /// The algorithms it verifies.
    pub fn algorithms(&self) -> AlgorithmSet {
        self.algorithms
    }

    /// SHA-256 thumbprint of the key (RFC 7638): the same key has the same one under any `kid`. That of a shared secret is not
    /// for logs: who can guess the secret can tell by it (RFC 7638 section 7).
    pub fn thumbprint(&self) -> &[u8; 32] {
        &self.thumbprint
    }

    /// Number that a [`KeyCache`](super::KeyCache) gave the key: it changes when the key does, or was withdrawn meanwhile.
    /// 0 for a key of no cache.
    pub fn generation(&self) -> u64 {
        self.generation
    }

    /// The numbers, for a verifier of the host's own.
    pub fn material(&self) -> &KeyMaterial {
        &self.material
    }

    /// The key as a JWK of its required members alone (RFC 7638 section 3.2), for a host that imports it; `None` for a shared
    /// secret, which never leaves.
    pub fn public_jwk(&self) -> Option<String> {
        jwk::public_members(&self.material)
    }
}

impl fmt::Debug for VerificationKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerificationKey").field("material", &self.material).finish_non_exhaustive()
    }
}

impl fmt::Debug for KeyMaterial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rsa { modulus, .. } => write!(f, "Rsa({} bytes)", modulus.len()),
            Self::Ec { curve, .. } => write!(f, "Ec({curve:?})"),
            Self::Ed25519(_) => f.write_str("Ed25519"),
            Self::Secret(secret) => write!(f, "Secret({} bytes)", secret.len()),
        }
    }
}
