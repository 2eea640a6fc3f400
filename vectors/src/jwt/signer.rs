//! Signs the tokens of the vectors. Keys are made of a seed each time; no private half is written anywhere.

use ed25519_dalek::Signer as _;
use hmac::{Hmac, Mac};
use num_bigint::BigUint;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256, Sha384, Sha512};

use crate::base64::encode_url;

/// A key pair, or a secret.
pub enum Signer {
    Ed25519(ed25519_dalek::SigningKey),
    P256(p256::ecdsa::SigningKey),
    P384(p384::ecdsa::SigningKey),
    Rsa(Rsa),
    Secret(Vec<u8>),
}

/// An RSA key of 2,048 bits.
pub struct Rsa {
    modulus: BigUint,
    private: BigUint,
}

impl Signer {
    pub fn ed25519(seed: u8) -> Self {
        Self::Ed25519(ed25519_dalek::SigningKey::from_bytes(&[seed; 32]))
    }

    pub fn p256(seed: u8) -> Result<Self, String> {
        Ok(Self::P256(p256::ecdsa::SigningKey::from_slice(&[seed; 32]).map_err(|error| error.to_string())?))
    }

    pub fn p384(seed: u8) -> Result<Self, String> {
        Ok(Self::P384(p384::ecdsa::SigningKey::from_slice(&[seed; 48]).map_err(|error| error.to_string())?))
    }

    pub fn rsa(seed: u8) -> Result<Self, String> {
        let (p, q) = (prime(seed, 0), prime(seed, 1));
        let one = BigUint::from(1u8);
        let private = BigUint::from(EXPONENT).modinv(&((&p - &one) * (&q - &one)));
        Ok(Self::Rsa(Rsa { modulus: p * q, private: private.ok_or("no inverse")? }))
    }

    pub fn secret(secret: &str) -> Self {
        Self::Secret(secret.as_bytes().to_vec())
    }

    /// The public key with more members.
    pub fn jwk(&self, more: Value) -> Value {
        let mut jwk = match self {
            Self::Ed25519(key) => {
                json!({"kty": "OKP", "crv": "Ed25519", "x": encode_url(key.verifying_key().as_bytes())})
            }
            Self::P256(key) => {
                let point = key.verifying_key().to_encoded_point(false);
                ec("P-256", point.x().map(|x| x.as_slice()), point.y().map(|y| y.as_slice()))
            }
            Self::P384(key) => {
                let point = key.verifying_key().to_encoded_point(false);
                ec("P-384", point.x().map(|x| x.as_slice()), point.y().map(|y| y.as_slice()))
            }
            Self::Rsa(key) => json!({"kty": "RSA", "n": encode_url(&key.modulus.to_bytes_be()), "e": "AQAB"}),
            Self::Secret(_) => Value::Object(Map::new()),
        };
        if let (Value::Object(jwk), Value::Object(more)) = (&mut jwk, more) {
            jwk.extend(more);
        }
        jwk
    }

    /// A token with header and payload as they are given.
    pub fn token(&self, algorithm: &str, header: &str, payload: &str) -> Result<String, String> {
        self.sign(algorithm, &format!("{}.{}", encode_url(header.as_bytes()), encode_url(payload.as_bytes())))
    }

    /// The signing input with its signature.
    pub fn sign(&self, algorithm: &str, input: &str) -> Result<String, String> {
        let signature = match self {
            Self::Ed25519(key) => key.sign(input.as_bytes()).to_bytes().to_vec(),
            Self::P256(key) => {
                let signature: p256::ecdsa::Signature = key.sign(input.as_bytes());
                signature.to_bytes().to_vec()
            }
            Self::P384(key) => {
                let signature: p384::ecdsa::Signature = key.sign(input.as_bytes());
                signature.to_bytes().to_vec()
            }
            Self::Rsa(key) => key.sign(algorithm, input.as_bytes())?,
            Self::Secret(secret) => match algorithm {
                "HS256" => mac::<Hmac<Sha256>>(secret, input)?,
                "HS384" => mac::<Hmac<Sha384>>(secret, input)?,
                _ => mac::<Hmac<Sha512>>(secret, input)?,
            },
        };
        Ok(format!("{input}.{}", encode_url(&signature)))
    }
}

impl Rsa {
    fn sign(&self, algorithm: &str, input: &[u8]) -> Result<Vec<u8>, String> {
        let hash = Sha256::digest(input);
        let encoded = match algorithm {
            "RS256" => {
                let tail = [&DIGEST_INFO[..], hash.as_slice()].concat();
                [&[0, 1][..], &vec![0xFF; RSA_BYTES - tail.len() - 3], &[0], &tail].concat()
            }
            "PS256" => pss(&hash),
            other => return Err(format!("no `{other}` with RSA")),
        };
        let mut signature = BigUint::from_bytes_be(&encoded).modpow(&self.private, &self.modulus).to_bytes_be();
        while signature.len() < RSA_BYTES {
            signature.insert(0, 0);
        }
        Ok(signature)
    }
}

/// EMSA-PSS (RFC 8017 section 9.1.1) with a salt of zeros: one signature for one text.
fn pss(hash: &[u8]) -> Vec<u8> {
    let salt = [0; 32];
    let inner = Sha256::digest([&[0; 8][..], hash, &salt].concat());
    let mut block = vec![0; RSA_BYTES - 32 - 1];
    let start = block.len() - salt.len() - 1;
    for (byte, salted) in block.iter_mut().skip(start).zip([&[1][..], &salt].concat()) {
        *byte = salted;
    }
    for (i, chunk) in block.chunks_mut(32).enumerate() {
        let mask = Sha256::digest([inner.as_slice(), &u32::try_from(i).unwrap_or(0).to_be_bytes()].concat());
        chunk.iter_mut().zip(mask).for_each(|(byte, mask)| *byte ^= mask);
    }
    if let Some(first) = block.first_mut() {
        *first &= 0x7F;
    }
    [block.as_slice(), inner.as_slice(), &[0xBC]].concat()
}

/// The first prime of 1,024 bits from a number that is made of the seed.
fn prime(seed: u8, which: u8) -> BigUint {
    let mut bytes: Vec<u8> =
        (0..4u8).flat_map(|part| Sha512::digest([seed, which, part]).into_iter().take(32)).collect();
    if let [first, .., last] = bytes.as_mut_slice() {
        *first |= 0xC0;
        *last |= 1;
    }
    let (one, two) = (BigUint::from(1u8), BigUint::from(2u8));
    let mut candidate = BigUint::from_bytes_be(&bytes);
    let is_left_over = |n: &BigUint| SMALL_PRIMES.iter().all(|p| n % *p != BigUint::ZERO) && n % EXPONENT != one;
    while !is_left_over(&candidate) || !is_probably_prime(&candidate) {
        candidate += &two;
    }
    candidate
}

/// Miller and Rabin, with bases that do for numbers nobody chose to deceive.
fn is_probably_prime(n: &BigUint) -> bool {
    let one = BigUint::from(1u8);
    let less = n - &one;
    let twos = less.trailing_zeros().unwrap_or(0);
    let odd = &less >> twos;
    [2u8, 3, 5, 7, 11].iter().all(|base| {
        let mut power = BigUint::from(*base).modpow(&odd, n);
        if power == one || power == less {
            return true;
        }
        (1..twos).any(|_| {
            power = &power * &power % n;
            power == less
        })
    })
}

fn ec(curve: &str, x: Option<&[u8]>, y: Option<&[u8]>) -> Value {
    let text = |coordinate: Option<&[u8]>| encode_url(coordinate.unwrap_or_default());
    json!({"kty": "EC", "crv": curve, "x": text(x), "y": text(y)})
}

fn mac<M: Mac + hmac::digest::KeyInit>(secret: &[u8], input: &str) -> Result<Vec<u8>, String> {
    let mac = <M as Mac>::new_from_slice(secret).map_err(|error| error.to_string())?;
    Ok(mac.chain_update(input).finalize().into_bytes().to_vec())
}

const EXPONENT: u32 = 65_537;
const RSA_BYTES: usize = 256;
const SMALL_PRIMES: [u32; 24] =
    [3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97];
/// What PKCS #1 puts before a SHA-256 (RFC 8017 section 9.2).
const DIGEST_INFO: [u8; 19] =
    [0x30, 0x31, 0x30, 0x0D, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20];
