//! Canonical views.

use alloc::string::String;
use unicode_normalization::UnicodeNormalization;

use super::{MappedText, Span};

/// stub
pub fn canonical(_text: &str) -> Option<MappedText> {
    None
}
/// stub
pub fn fold_entry(text: &str) -> String {
    text.nfd().filter(|c| !unicode_normalization::char::is_combining_mark(*c)).flat_map(char::to_lowercase).collect()
}
/// stub
pub fn leet(_text: &str) -> Option<MappedText> {
    None
}
/// stub
pub fn joined(_text: &str) -> Option<MappedText> {
    None
}
/// stub
pub fn upside_down(_text: &str) -> Option<MappedText> {
    None
}
/// stub
pub fn reversed(_text: &str, _range: Span) -> MappedText {
    MappedText::default()
}
/// stub
pub fn reversed_words(_text: &str, _range: Span) -> MappedText {
    MappedText::default()
}
