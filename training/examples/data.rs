//! Prints what the data of a run is made of: `cargo run --release -p edgewarden-training --example data PROJECT CORPORA`,
//! and with a number after that so many of the composed and disguised rows of the project's own texts.

use std::collections::BTreeMap;
use std::process::ExitCode;

use edgewarden_training::data::{self, Made, Mix, Options};

fn main() -> ExitCode {
    let mut folders = std::env::args().skip(1);
    let (Some(project), Some(corpora)) = (folders.next(), folders.next()) else {
        eprintln!("usage: data PROJECT CORPORA");
        return ExitCode::FAILURE;
    };
    let options =
        Options { project: project.into(), corpora: corpora.into(), further: Vec::new(), seed: 1, mix: Mix::default() };
    let data = match data::load(&options) {
        Ok(data) => data,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::FAILURE;
        }
    };
    for step in &data.steps {
        println!("{:6} attacks {:6} benign: {}", step.attacks, step.benign, step.name);
    }
    for rule in &data.review {
        println!("review {}: {} dropped, {} relabelled", rule.id, rule.dropped, rule.relabelled);
    }
    println!("near a measured row: {:?}", data.removed.near_dev);
    println!("exact copies: {:?}", data.removed.exact);
    println!("near copies: {:?}", data.removed.near);
    println!("disguises: {:?}", data.disguises);
    let mut sources: BTreeMap<&str, [usize; 2]> = BTreeMap::new();
    for row in &data.train {
        let count = sources.entry(row.source.split('+').next().unwrap_or_default()).or_default();
        count[usize::from(!row.attack)] += 1;
    }
    for (source, [attacks, benign]) in sources {
        println!("{attacks:6} {benign:6} {source}");
    }
    let wanted = folders.next().and_then(|n| n.parse().ok()).unwrap_or(0);
    let own = |row: &&data::Row| row.made >= Made::Composed && row.source.split('+').all(|s| s.starts_with("own/"));
    let made: Vec<_> = data.train.iter().filter(own).collect();
    for row in made.iter().step_by((made.len() / (wanted + 1)).max(1)).take(wanted) {
        println!(
            "{} {} {}: {:?}",
            row.origin.name(),
            if row.attack { "attack" } else { "benign" },
            row.source,
            row.text
        );
    }
    ExitCode::SUCCESS
}
