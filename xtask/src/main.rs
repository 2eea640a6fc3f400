//! Entry point.

mod unicode;

fn main() -> std::io::Result<()> {
    if std::env::args().nth(1).as_deref() == Some("unicode") {
        let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../core/src/generated");
        std::fs::create_dir_all(root)?;
        std::fs::write(format!("{root}/confusables.rs"), unicode::confusables())?;
    }
    Ok(())
}
