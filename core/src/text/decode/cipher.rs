//! Letter substitutions. They have no gate of their own: the caller knows which key fits.

use crate::text::{MappedText, Span, SpanMapBuilder};

/// The text under `span` with every ASCII letter moved `shift` places on, from z round to a. ROT13 is shift 13.
pub fn caesar(text: &str, span: Span, shift: u8) -> MappedText {
    let shift = shift % 26;
    substitute(text, span, |b| match b {
        b'a'..=b'z' => b'a' + (b - b'a' + shift) % 26,
        b'A'..=b'Z' => b'A' + (b - b'A' + shift) % 26,
        _ => b,
    })
}

/// The text under `span` with a and z, b and y, … exchanged.
pub fn atbash(text: &str, span: Span) -> MappedText {
    substitute(text, span, |b| match b {
        b'a'..=b'z' => b'z' - (b - b'a'),
        b'A'..=b'Z' => b'Z' - (b - b'A'),
        _ => b,
    })
}

/// The text under `span` with the printable ASCII characters other than space moved 47 places on.
pub fn rot47(text: &str, span: Span) -> MappedText {
    substitute(text, span, |b| match b {
        b'!'..=b'~' => b'!' + (b - b'!' + 47) % 94,
        _ => b,
    })
}

/// One byte for one byte, so the whole child is one copied run.
fn substitute(text: &str, span: Span, f: impl Fn(u8) -> u8) -> MappedText {
    let mut out = SpanMapBuilder::with_capacity(span.len());
    let mut at = span.start;
    for c in span.slice(text).unwrap_or_default().chars() {
        let mapped = if c.is_ascii() { char::from(f(c as u8)) } else { c };
        out.copy(mapped.encode_utf8(&mut [0; 4]), at);
        at += c.len_utf8();
    }
    out.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_undo_themselves() {
        let text = "say: Vtaber nyy cerivbhf é 1";
        let span = Span::new(5, text.len());
        let child = caesar(text, span, 13);
        assert_eq!(child.text, "Ignore all previous é 1");
        assert_eq!(child.map.run_count(), 1);
        assert_eq!(child.map.to_source(Span::new(0, 6)), Span::new(5, 11));
        assert_eq!(caesar("ljqruh", Span::new(0, 6), 23).text, "ignore");
        assert_eq!(atbash("Rtmliv", Span::new(0, 6)).text, "Ignore");
        assert_eq!(rot47("8?@C6", Span::new(0, 5)).text, "gnore");
    }

    #[test]
    fn span_outside_the_text_is_empty() {
        assert!(caesar("é", Span::new(1, 9), 3).text.is_empty());
    }
}
