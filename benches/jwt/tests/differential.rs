//! RSA of the core and of the provider against other implementations, for random keys of every size.
//!
//! `EDGEWARDEN_SEED=<seed> cargo test --release` in this folder runs one case alone.

extern crate alloc;

use edgewarden::jwt::signature::{CoreVerifier, SignatureVerifier, precheck};
use edgewarden::jwt::{Algorithm, KeySet};
use edgewarden_provider::NativeVerifier;
use num_bigint_dig::{BigUint, ModInverse, RandBigInt, RandPrime};
use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};
use rsa::sha2::{Digest, Sha256, Sha384, Sha512};
use rsa::{Pkcs1v15Sign, Pss, RsaPrivateKey};

// The module itself, as nothing of it is public.
#[allow(dead_code, reason = "its own tests and its parent use the rest")]
#[path = "../../../core/src/jwt/signature/montgomery.rs"]
mod montgomery;

#[test]
fn powers_are_those_of_another_crate() {
    for seed in seeds(1500) {
        let mut rng = SmallRng::seed_from_u64(seed);
        let bits = rng.gen_range(2048..=8192);
        let one = BigUint::from(1u32);
        // Also numbers of ones alone, which carry as far as can be, and of one bit at either end.
        let modulus = match seed % 7 {
            0 => (&one << bits) - &one,
            1 => (&one << (bits - 1)) + &one,
            _ => rng.gen_biguint(bits) | (&one << (bits - 1)) | &one,
        };
        let base = match seed % 5 {
            0 => &modulus - &one,
            1 => rng.gen_biguint(bits / 2),
            _ => rng.gen_biguint_below(&modulus),
        };
        let exponent = if seed % 2 == 0 { 65537 } else { rng.gen_range(3..u32::MAX) | 1 };
        let bytes = modulus.to_bytes_be();
        let power = montgomery::Modulus::new(&bytes).unwrap().power(&padded(&base, bytes.len()), exponent);
        let expected = base.modpow(&BigUint::from(exponent), &modulus);
        assert_eq!(power, Some(padded(&expected, bytes.len())), "seed {seed}: {bits} bits, exponent {exponent}");
    }
}

#[test]
fn signatures_of_another_crate_verify_at_every_size() {
    let native = NativeVerifier::new();
    for seed in seeds(60) {
        let mut rng = SmallRng::seed_from_u64(seed);
        // Sizes that servers have, then any, as a length of 8k + 1 bits has its own rules in PSS.
        let bits = [2048, 3072, 4096, 8192, 2049, 2055, 2056].get(seed as usize).copied();
        let bits = bits.unwrap_or_else(|| rng.gen_range(2048..=8192));
        let key = private_key(&mut rng, bits);
        let text = |number: &BigUint| base64url(&number.to_bytes_be());
        use rsa::traits::PublicKeyParts;
        let jwk = format!(r#"{{"kty":"RSA","n":"{}","e":"{}"}}"#, text(key.n()), text(key.e()));
        let set = KeySet::from_jwk(&jwk).unwrap();
        let message = seed.to_be_bytes();
        for algorithm in
            [Algorithm::Rs256, Algorithm::Rs384, Algorithm::Rs512, Algorithm::Ps256, Algorithm::Ps384, Algorithm::Ps512]
        {
            let signature = sign(&mut rng, &key, algorithm, &message);
            let public = set.choose(algorithm, None).unwrap();
            let verdicts = |message: &[u8], signature: &[u8]| {
                let core = precheck(algorithm, public, signature).is_ok()
                    && CoreVerifier.verify(algorithm, public, message, signature);
                [core, native.verify(algorithm, public, message, signature)]
            };
            assert_eq!(verdicts(&message, &signature), [true; 2], "seed {seed}: {algorithm:?} of {bits} bits");
            assert_eq!(verdicts(b"another", &signature), [false; 2], "seed {seed}: {algorithm:?} of {bits} bits");
            let mut damaged = signature;
            let at = rng.gen_range(0..damaged.len());
            damaged[at] ^= 1 << rng.gen_range(0..8);
            assert_eq!(verdicts(&message, &damaged), [false; 2], "seed {seed}: {algorithm:?} of {bits} bits");
        }
    }
}

fn sign(rng: &mut SmallRng, key: &RsaPrivateKey, algorithm: Algorithm, message: &[u8]) -> Vec<u8> {
    let rng = &mut Chance(rng);
    match algorithm {
        Algorithm::Rs256 => key.sign(Pkcs1v15Sign::new::<Sha256>(), &Sha256::digest(message)),
        Algorithm::Rs384 => key.sign(Pkcs1v15Sign::new::<Sha384>(), &Sha384::digest(message)),
        Algorithm::Rs512 => key.sign(Pkcs1v15Sign::new::<Sha512>(), &Sha512::digest(message)),
        Algorithm::Ps256 => key.sign_with_rng(rng, Pss::new::<Sha256>(), &Sha256::digest(message)),
        Algorithm::Ps384 => key.sign_with_rng(rng, Pss::new::<Sha384>(), &Sha384::digest(message)),
        _ => key.sign_with_rng(rng, Pss::new::<Sha512>(), &Sha512::digest(message)),
    }
    .unwrap()
}

/// A key of exactly that many bits from many small primes: as good as any to verify with, and made in no time.
fn private_key(rng: &mut SmallRng, bits: usize) -> RsaPrivateKey {
    let exponent = BigUint::from(65537u32);
    loop {
        let mut primes: Vec<BigUint> = (1..bits / 256).map(|_| rng.gen_prime(256)).collect();
        let product: BigUint = primes.iter().product();
        primes.push(rng.gen_prime(bits - product.bits()));
        let modulus: BigUint = primes.iter().product();
        let order: BigUint = primes.iter().map(|prime| prime - 1u32).product();
        let Some(private) = exponent.clone().mod_inverse(order).and_then(|d| d.to_biguint()) else { continue };
        if modulus.bits() == bits
            && let Ok(key) = RsaPrivateKey::from_components(modulus, exponent.clone(), private, primes)
        {
            return key;
        }
    }
}

/// Calls itself fit for cryptography, which the salt of a test need not be.
struct Chance<'r>(&'r mut SmallRng);

impl rand::RngCore for Chance<'_> {
    fn next_u32(&mut self) -> u32 {
        self.0.next_u32()
    }

    fn next_u64(&mut self) -> u64 {
        self.0.next_u64()
    }

    fn fill_bytes(&mut self, dest: &mut [u8]) {
        self.0.fill_bytes(dest);
    }

    fn try_fill_bytes(&mut self, dest: &mut [u8]) -> Result<(), rand::Error> {
        self.0.try_fill_bytes(dest)
    }
}

impl rand::CryptoRng for Chance<'_> {}

/// `EDGEWARDEN_SEED` replays one; otherwise the first `count`.
fn seeds(count: u64) -> Vec<u64> {
    let replayed = std::env::var("EDGEWARDEN_SEED").ok().and_then(|seed| seed.parse().ok());
    replayed.map_or_else(|| (0..count).collect(), |seed| vec![seed])
}

fn padded(number: &BigUint, len: usize) -> Vec<u8> {
    let digits = if number.bits() == 0 { vec![] } else { number.to_bytes_be() };
    [vec![0; len - digits.len()], digits].concat()
}

fn base64url(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let word = (0..3).fold(0, |word, at| word << 8 | u32::from(chunk.get(at).copied().unwrap_or(0)));
        text.extend((0..=chunk.len()).map(|at| char::from(ALPHABET[(word >> (18 - 6 * at) & 63) as usize])));
    }
    text
}
