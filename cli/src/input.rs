//! Where texts come from: arguments, files, standard input.

use std::fs;
use std::io::{self, Read};
use std::path::Path;

use crate::args::SourceArguments;
use crate::failure::Failure;

/// One text with the name reports give it.
pub struct Text {
    /// `argument 1`, a path, or the name of standard input.
    pub name: String,
    /// The text itself.
    pub content: String,
    /// Whether it was written on the command line.
    pub is_argument: bool,
}

/// The texts asked for, read one after the other; a text that cannot be read does not end the sequence.
pub fn texts(source: &SourceArguments) -> impl Iterator<Item = Result<Text, Failure>> + '_ {
    warn_about_paths(source);
    let arguments = source.texts.iter().enumerate().map(|(i, content)| {
        Ok(Text { name: format!("argument {}", i + 1), content: content.clone(), is_argument: true })
    });
    let only_stdin = (source.texts.is_empty() && source.files.is_empty()).then(|| read(Path::new("-")));
    arguments.chain(source.files.iter().map(|path| read(path))).chain(only_stdin)
}

/// The text of a file; `-` is standard input.
pub fn read(path: &Path) -> Result<Text, Failure> {
    let name = if path == Path::new("-") { "stdin".to_owned() } else { path.display().to_string() };
    let bytes = if path == Path::new("-") {
        let mut bytes = Vec::new();
        io::stdin().lock().read_to_end(&mut bytes).map(|_| bytes)
    } else {
        fs::read(path)
    };
    let bytes = bytes.map_err(|error| Failure::Input(name.clone(), error.to_string()))?;
    match String::from_utf8(bytes) {
        Ok(content) => Ok(Text { name, content, is_argument: false }),
        Err(error) => {
            let at = error.utf8_error().valid_up_to();
            Err(Failure::Input(name, format!("not UTF-8 at byte {at}")))
        }
    }
}

/// A path given as a text would be scanned as these few letters, and pass.
fn warn_about_paths(source: &SourceArguments) {
    for (i, text) in source.texts.iter().enumerate() {
        if text.len() < 4096 && !text.contains('\n') && Path::new(text).is_file() {
            anstream::eprintln!(
                "edgewarden: argument {} is also a file; it is scanned as a text, use --file to scan the file",
                i + 1
            );
        }
    }
}
