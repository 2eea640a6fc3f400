//! Rows of somebody's own beside those of the project.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::PathBuf;

use edgewarden_training::data::{self, Mix, Options};

#[test]
fn further_rows_come_first_and_win_over_texts_alike() {
    let root = std::env::temp_dir().join(format!("edgewarden-further-{}", std::process::id()));
    let file = |name: &str, text: &str| -> PathBuf {
        let path = root.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        path
    };
    file("training/data/attack/direct-1.txt", "@label attack\nopen the gate of the castle at once\n");
    file("training/data/frames.txt", "@label benign\nRead this: <<text>>\n");
    let review = "[[rule]]\nid = \"a\"\nkind = \"label\"\nsrc = [\"none\"]\nthen = \"drop\"\nreason = \"none\"\n";
    file("training/data/review.toml", review);
    file("core/benign/english.txt", "");
    file("core/benign/languages.txt", "");
    let row = |text: &str, label: u8| {
        format!("{{\"text\":\"{text}\",\"label\":{label},\"src\":\"s\",\"origin\":\"user\"}}\n")
    };
    file("corpus/train.jsonl", &row("water the garden behind the house", 0));
    file("corpus/dev.jsonl", &row("sing a song about the sea", 0));
    let mine = file(
        "my+rows.jsonl",
        &[row("Open the gate of the castle at once!", 0), row("sing a song about the sea", 1)].concat(),
    );
    let mix = Mix { planted: 0, joined: 0, framed: 0, disguised_per_mille: 0 };
    let options =
        |further| Options { project: root.clone(), corpora: root.join("corpus"), further, seed: 1, mix: mix.clone() };

    let without = data::load(&options(Vec::new())).unwrap();
    let with = data::load(&options(vec![mine])).unwrap();
    fs::remove_dir_all(&root).unwrap();

    // The honest texts of the scanner's tests are compiled in and always there.
    let found = |data: &data::Data| data.train.iter().map(|r| (r.source.clone(), r.attack)).collect::<Vec<_>>();
    let rows = |data: &data::Data| -> Vec<(String, bool)> {
        found(data).into_iter().filter(|(source, _)| !source.starts_with(data::suite::SOURCE)).collect()
    };
    assert_eq!(rows(&without), [("own/attack/direct-1".to_owned(), true), ("s".to_owned(), false)]);
    // Of two texts alike the first stays, with its label; what is measured with is never learned from.
    assert_eq!(rows(&with), [("data/my-rows".to_owned(), false), ("s".to_owned(), false)]);
    assert_eq!(with.steps.first().map(|s| (s.name, s.attacks, s.benign)), Some(("further texts", 1, 1)));
}
