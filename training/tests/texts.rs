//! The published weights were trained on the texts that are here.

use std::path::{Path, PathBuf};

use edgewarden::scan::LexicalModel;
use edgewarden_training::data::{self, Mix, Options};
use edgewarden_training::run::{SEED, digest_of};

#[test]
fn texts_are_those_the_weights_were_trained_on() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let corpora = std::env::var_os("EDGEWARDEN_CORPUS").map_or_else(|| root.join("../shared/corpus"), PathBuf::from);
    if ["train.jsonl", "dev.jsonl"].iter().any(|name| !corpora.join(name).is_file()) {
        eprintln!("SKIPPED: the corpora are not there; docs/model-card.md lists their sources");
        return;
    }
    let options = Options { project: root, corpora, further: Vec::new(), seed: SEED, mix: Mix::default() };
    let data = data::load(&options).unwrap_or_else(|error| panic!("{error}"));
    let found = digest_of(&data.train);
    let found = u64::from_le_bytes(std::array::from_fn(|i| found[i]));
    let stated = LexicalModel::builtin().provenance().0;
    assert_eq!(
        found, stated,
        "the texts have fingerprint {found:016x} and the weights name {stated:016x}: texts were changed after training; \
         run `cargo xtask train`"
    );
}
