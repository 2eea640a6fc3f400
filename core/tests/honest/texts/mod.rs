//! The honest texts, grouped by who may send them.

mod code;
mod emoji;
mod machine;
mod prose;
mod requests;
mod scripts;
mod security;
mod trusted;

/// What a text contains, and the text.
pub type Labelled = (&'static str, &'static str);

/// Texts a person may send and a document may contain.
pub fn anywhere() -> Vec<Labelled> {
    [emoji::ALL, scripts::ALL, code::ALL, machine::ALL, prose::ALL].concat()
}

/// Texts only a person sends, or that talk about attacks.
pub fn from_user() -> Vec<Labelled> {
    [requests::ALL, security::ALL].concat()
}

/// Texts only a developer writes.
pub fn from_system() -> Vec<Labelled> {
    trusted::ALL.to_vec()
}
