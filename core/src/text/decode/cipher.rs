//! stub
use crate::text::{MappedText, Span};
/// stub
pub fn caesar(_text: &str, _span: Span, _shift: u8) -> MappedText {
    MappedText::default()
}
/// stub
pub fn atbash(_text: &str, _span: Span) -> MappedText {
    MappedText::default()
}
