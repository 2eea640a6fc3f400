//! Character classes the views and decoders share.

/// stub
pub fn is_unspaced(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}' | '\u{4e00}'..='\u{9fff}' | '\u{3400}'..='\u{4dbf}' | '\u{e00}'..='\u{e7f}')
}
/// stub
pub fn is_word_char(c: char) -> bool {
    c.is_alphanumeric()
}
