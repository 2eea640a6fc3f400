use alloc::vec::Vec;
use std::fs;
use std::path::{Path, PathBuf};

use p256::elliptic_curve::sec1::ToEncodedPoint;
use sha2::{Digest, Sha512};

use super::super::{Prepared, is_key};
use super::*;
use crate::jwt::key::KeyMaterial;

#[test]
fn numbers_are_points_where_the_libraries_of_the_curves_say_so() {
    let (mut on_p256, mut on_p384) = (0, 0);
    for i in 0..400u32 {
        let random = [random(&[1, 0], i), random(&[1, 1], i)].concat();
        // A point, then what differs from it by a bit, a sign or a prime; and numbers that are no point but by chance.
        if let Ok(secret) = p256::SecretKey::from_slice(&random[..32]) {
            let point = secret.public_key().to_encoded_point(false);
            let (x, y) = (point.x().unwrap().to_vec(), point.y().unwrap().to_vec());
            on_p256 += usize::from(judged_alike(Curve::P256, &x, &y));
            around(Curve::P256, &x, &y, &P256_PRIME, i);
        }
        if let Ok(secret) = p384::SecretKey::from_slice(&random[..48]) {
            let point = secret.public_key().to_encoded_point(false);
            let (x, y) = (point.x().unwrap().to_vec(), point.y().unwrap().to_vec());
            on_p384 += usize::from(judged_alike(Curve::P384, &x, &y));
            around(Curve::P384, &x, &y, &P384_PRIME, i);
        }
        assert!(!judged_alike(Curve::P256, &random[..32], &random[32..64]));
        assert!(!judged_alike(Curve::P384, &random[..48], &random[48..96]));
    }
    assert_eq!((on_p256, on_p384), (400, 400));
}

#[test]
fn numbers_at_the_edges_are_points_where_the_libraries_say_so() {
    let p384: Vec<u8> = P384_PRIME.to_vec();
    for (curve, prime) in [(Curve::P256, P256_PRIME.to_vec()), (Curve::P384, p384)] {
        let len = prime.len();
        let small = |number: u8| {
            let mut bytes = vec![0; len];
            bytes[len - 1] = number;
            bytes
        };
        let mut edges: Vec<Vec<u8>> = (0..=20).map(small).collect();
        edges.extend((0..=20).map(|number| difference(&prime, &small(number))));
        edges.extend([vec![0xff; len], vec![0x80; len], plus_one(&prime)]);
        for x in &edges {
            for y in &edges {
                judged_alike(curve, x, y);
            }
        }
        // y of x = 0 is a root of b on both curves: found by the libraries, for both signs.
        for sign in [2, 3] {
            let compressed = [&[sign], small(0).as_slice()].concat();
            let y = match curve {
                Curve::P256 => p256::PublicKey::from_sec1_bytes(&compressed)
                    .map(|k| k.to_encoded_point(false).y().unwrap().to_vec()),
                Curve::P384 => p384::PublicKey::from_sec1_bytes(&compressed)
                    .map(|k| k.to_encoded_point(false).y().unwrap().to_vec()),
            };
            assert!(y.is_ok_and(|y| judged_alike(curve, &small(0), &y)));
        }
        for len in [0, 1, len - 1, len + 1] {
            assert!(!is_on_curve(curve, &vec![1; len], &vec![1; len]));
        }
    }
}

#[test]
fn encodings_are_points_of_edwards25519_where_dalek_says_so() {
    let mut points = 0;
    for i in 0..2000u32 {
        let random: [u8; 32] = random(&[2], i)[..32].try_into().unwrap();
        points += usize::from(decoded_alike(&random));
        let key = ed25519_dalek::SigningKey::from_bytes(&random).verifying_key().to_bytes();
        assert!(decoded_alike(&key));
        let mut other = key;
        other[31] ^= 0x80;
        assert!(decoded_alike(&other), "the negative of a point is one");
    }
    // Half of all numbers are squares.
    assert!((900..1100).contains(&points), "{points}");
    for lowest in 0..=0xff {
        for (between, top) in [(0, 0), (0, 0x80), (0xff, 0x7f), (0xff, 0xff), (0, 0x40), (0xff, 0x3f)] {
            let mut encoding = [between; 32];
            (encoding[0], encoding[31]) = (lowest, top);
            decoded_alike(&encoding);
        }
    }
}

#[test]
fn keys_of_the_public_vectors_are_judged_as_the_libraries_judge_them() {
    let folder = std::env::var_os("EDGEWARDEN_VECTORS")
        .map_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/vectors")), PathBuf::from)
        .join("jwt");
    if !folder.is_dir() {
        std::println!("SKIPPED: {} is not there", folder.display());
        return;
    }
    let mut counts = [0; 4];
    for file in files(&folder) {
        let Ok(text) = fs::read_to_string(&file) else { continue };
        // Whatever is written in hexadecimal and as long as a point is taken for one, and so are coordinates of JWKs.
        let words: Vec<&str> = text.split('"').collect();
        let mut last: Option<(&str, Vec<u8>)> = None;
        for triple in words.windows(3) {
            let &[name, _, value] = triple else { continue };
            if let Some(bytes) = hex(value) {
                match (bytes.as_slice(), bytes.len()) {
                    ([4, xy @ ..], 65) => {
                        counts[0] += 1;
                        judged_alike(Curve::P256, &xy[..32], &xy[32..]);
                    }
                    ([4, xy @ ..], 97) => {
                        counts[1] += 1;
                        judged_alike(Curve::P384, &xy[..48], &xy[48..]);
                    }
                    (_, 32) => {
                        counts[2] += 1;
                        decoded_alike(&bytes.try_into().unwrap());
                    }
                    _ => {}
                }
                continue;
            }
            let Ok(bytes) = crate::jwt::base64url::decode(value) else { continue };
            if let ("x", Ok(encoding)) = (name, <[u8; 32]>::try_from(bytes.as_slice())) {
                counts[2] += 1;
                decoded_alike(&encoding);
            }
            if let ("y", Some(("x", x))) = (name, &last) {
                counts[3] += 1;
                match (x.len(), bytes.len()) {
                    (32, 32) => _ = judged_alike(Curve::P256, x, &bytes),
                    (48, 48) => _ = judged_alike(Curve::P384, x, &bytes),
                    _ => {}
                }
            }
            if ["x", "y"].contains(&name) {
                last = Some((name, bytes));
            }
        }
    }
    assert!(counts.iter().all(|count| *count >= 10), "{counts:?}");
}

/// Whether these are the coordinates of a point, which the library of the curve must say as well.
fn judged_alike(curve: Curve, x: &[u8], y: &[u8]) -> bool {
    let material = KeyMaterial::Ec { curve, x: x.into(), y: y.into() };
    let is_point = is_key(&material);
    assert_eq!(is_point, Prepared::new(&material).is_some(), "{curve:?} {x:02x?} {y:02x?}");
    is_point
}

/// Whether this is a key of Ed25519. dalek takes encodings that are not canonical, which RFC 8032 refuses; else it must agree.
fn decoded_alike(encoding: &[u8; 32]) -> bool {
    let ours = is_key(&KeyMaterial::Ed25519(*encoding));
    let mut big = *encoding;
    big[31] &= 0x7f;
    big.reverse();
    let is_canonical = big < ED25519_PRIME;
    let theirs = Prepared::new(&KeyMaterial::Ed25519(*encoding)).is_some();
    assert_eq!(ours, theirs && is_canonical, "{encoding:02x?}");
    // Without the look at small orders too: what decodes and what does not.
    if is_canonical && big != ED25519_MINUS_ONE && big[..31].iter().any(|byte| *byte != 0) {
        let decodes = ed25519_dalek::VerifyingKey::from_bytes(encoding).is_ok();
        assert_eq!(is_on_edwards25519(encoding), decodes, "{encoding:02x?}");
    }
    ours
}

fn around(curve: Curve, x: &[u8], y: &[u8], prime: &[u8], i: u32) {
    let bit = usize::try_from(i).unwrap() % (x.len() * 8);
    let mut flipped = y.to_vec();
    flipped[bit / 8] ^= 1 << (bit % 8);
    assert!(!judged_alike(curve, x, &flipped));
    assert!(judged_alike(curve, x, &difference(prime, y)), "the negative of a point is one");
    judged_alike(curve, y, x);
    judged_alike(curve, &flipped, y);
}

fn random(what: &[u8], i: u32) -> Vec<u8> {
    Sha512::new().chain_update(what).chain_update(i.to_be_bytes()).finalize().to_vec()
}

/// a − b of big-endian numbers of the same length, where b is not greater.
fn difference(a: &[u8], b: &[u8]) -> Vec<u8> {
    let mut borrow = 0;
    let mut out: Vec<u8> = Vec::new();
    for (a, b) in a.iter().zip(b).rev() {
        let difference = i16::from(*a) - i16::from(*b) - borrow;
        borrow = i16::from(difference < 0);
        out.push((difference & 0xff) as u8);
    }
    out.reverse();
    out
}

fn plus_one(number: &[u8]) -> Vec<u8> {
    let mut out = number.to_vec();
    for byte in out.iter_mut().rev() {
        let (sum, carries) = byte.overflowing_add(1);
        *byte = sum;
        if !carries {
            break;
        }
    }
    out
}

fn hex(text: &str) -> Option<Vec<u8>> {
    let digits: Vec<u8> = text.chars().map(|c| c.to_digit(16).map(|digit| digit as u8)).collect::<Option<_>>()?;
    let pairs = digits.chunks(2).map(|pair| if let [high, low] = pair { Some(high << 4 | low) } else { None });
    pairs.collect::<Option<Vec<u8>>>().filter(|bytes| !bytes.is_empty())
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|extension| extension == "json") {
            found.push(path);
        }
    }
    found
}
