//! stub
use crate::text::Span;
/// stub
#[derive(Debug, Default)]
#[allow(missing_docs)]
pub struct HiddenSignals {
    pub unmatched_bidi: Option<Span>,
    pub tag_run: Option<Span>,
    pub vs_run: Option<Span>,
    pub zero_width_run: Option<Span>,
    pub marks_stack: Option<Span>,
    pub control: Option<Span>,
}
/// stub
pub fn signals(_text: &str) -> HiddenSignals {
    HiddenSignals::default()
}
