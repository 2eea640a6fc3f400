//! Every input that fuzzing once found, and every seed it starts from, through the checks of the fuzz targets.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[path = "../../fuzz/src/checks.rs"]
mod checks;

use std::fs;
use std::path::Path;

#[test]
fn inputs_found_by_fuzzing_stay_fixed() {
    run("regressions");
}

#[test]
fn seeds_of_the_fuzz_targets_hold() {
    assert!(run("seeds") >= checks::ALL.len());
}

/// Runs every file of `fuzz/<folder>/<target>/` and counts them.
fn run(folder: &str) -> usize {
    let mut count = 0;
    for (target, check) in checks::ALL {
        let inputs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz").join(folder).join(target);
        let Ok(files) = fs::read_dir(&inputs) else { continue };
        for file in files {
            let path = file.unwrap().path();
            let _shown = Shown(&path);
            check(&fs::read(&path).unwrap());
            count += 1;
        }
    }
    count
}

/// Names the file of a check that panics.
struct Shown<'a>(&'a Path);

impl Drop for Shown<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("in {}", self.0.display());
        }
    }
}
