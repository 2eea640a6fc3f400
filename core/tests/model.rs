//! Weights, extractor, report and model card belong together: each names the others by a fingerprint.
#![allow(clippy::panic, missing_docs)]

use std::fs;
use std::path::Path;

use edgewarden::scan::LexicalModel;
use edgewarden::scan::lexical::{EXTRACTOR, format};
use sha2::{Digest, Sha256};

#[test]
fn built_in_model_is_trained_and_belongs_to_the_extractor() {
    let model = LexicalModel::builtin();
    assert!(!model.is_neutral(), "core/src/generated/lexical.bin is empty; {TRAIN}");
    let found = u32::from_le_bytes(number(&weights(), format::AT_EXTRACTOR));
    assert_eq!(
        found, EXTRACTOR,
        "the weights were trained with extractor {found:08x}, this is {EXTRACTOR:08x}; {TRAIN}"
    );
    let read = LexicalModel::from_bytes(weights()).map(|m| m.revision());
    assert_eq!(read, Ok(model.revision()), "core/src/generated/lexical.bin is damaged; {TRAIN}");
}

#[test]
fn report_is_that_of_the_run_that_trained_the_weights() {
    let digest = Sha256::digest(page("docs/training-report.md"));
    let found = u64::from_le_bytes(number(&digest, 0));
    let stated = LexicalModel::builtin().provenance().1;
    assert_eq!(
        found, stated,
        "docs/training-report.md has fingerprint {found:016x} and the weights name {stated:016x}: one was changed without \
         the other; {TRAIN}"
    );
}

#[test]
fn report_names_the_texts_and_the_weights() {
    let report = page("docs/training-report.md");
    let weights = weights();
    let found = hex(&Sha256::digest(weights.get(format::HEADER..).unwrap_or(&[])));
    assert_eq!(row(&report, "dictionary and weights, SHA-256"), found, "the report is about other weights; {TRAIN}");
    let texts = hex(weights.get(format::AT_DATA..format::AT_DATA + 8).unwrap_or(&[]));
    assert!(row(&report, "texts, SHA-256").starts_with(&texts), "the report is about other texts; {TRAIN}");
}

#[test]
fn model_card_has_the_figures_of_the_weights() {
    let card = page("docs/model-card.md");
    let revision = format!("{:08x}", LexicalModel::builtin().revision());
    assert_eq!(row(&card, "revision"), revision, "docs/model-card.md is about another model; {TRAIN}");
    let found = hex(&Sha256::digest(weights()));
    assert_eq!(row(&card, "`core/src/generated/lexical.bin`, SHA-256"), found, "{TRAIN}");
}

/// The value of a row of a page's table of fingerprints.
fn row(page: &str, name: &str) -> String {
    let line = page.lines().find(|line| line.starts_with(&format!("| {name} |"))).unwrap_or_default();
    line.split('`').rev().nth(1).unwrap_or_default().to_owned()
}

fn weights() -> Vec<u8> {
    let file = root().join("core/src/generated/lexical.bin");
    fs::read(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

fn page(name: &str) -> String {
    fs::read_to_string(root().join(name)).unwrap_or_else(|error| panic!("{name}: {error}; {TRAIN}"))
}

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

fn number<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    bytes.get(at..at + N).and_then(|b| b.try_into().ok()).unwrap_or([0; N])
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

const TRAIN: &str =
    "run `cargo xtask train`, which writes weights, report and figures together, and commit all of them";
