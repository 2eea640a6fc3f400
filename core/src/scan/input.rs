//! What is scanned and who produced it.

use crate::time::Timestamp;

/// Who produced a text. Selects layers and thresholds: a user may give orders, a retrieved document may not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Origin {
    /// The developer's own prompt. Trusted: signatures that are normal there (role play, rules) do not count.
    System,
    /// The person who talks to the product.
    #[default]
    User,
    /// The model's own answer.
    Assistant,
    /// The result of a tool call.
    Tool,
    /// A document from search, mail, web or a vector store.
    Retrieved,
}

impl Origin {
    /// Every origin, in order.
    pub const ALL: [Self; 5] = [Self::System, Self::User, Self::Assistant, Self::Tool, Self::Retrieved];

    /// Stable lower-case name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::User => "user",
            Self::Assistant => "assistant",
            Self::Tool => "tool",
            Self::Retrieved => "retrieved",
        }
    }

    /// The origin of that name, if there is one.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|o| o.name() == name)
    }

    /// Whether text of this origin is data that should never give orders.
    pub const fn is_data(self) -> bool {
        matches!(self, Self::Tool | Self::Retrieved)
    }
}

/// A text plus how to scan it.
#[derive(Clone, Copy)]
pub struct Input<'a> {
    pub(crate) text: &'a str,
    pub(crate) origin: Origin,
    pub(crate) now: Option<Timestamp>,
}

impl<'a> Input<'a> {
    /// `text` as written by a user; change that with [`origin`](Self::origin).
    pub const fn new(text: &'a str) -> Self {
        Self { text, origin: Origin::User, now: None }
    }

    /// Says who produced the text. Default: [`Origin::User`].
    #[must_use]
    pub const fn origin(mut self, origin: Origin) -> Self {
        self.origin = origin;
        self
    }

    /// The current time, needed only by allow-list entries that expire: without it they count as expired.
    #[must_use]
    pub const fn now(mut self, now: Timestamp) -> Self {
        self.now = Some(now);
        self
    }

    /// The text.
    pub const fn text(&self) -> &'a str {
        self.text
    }
}

impl<'a> From<&'a str> for Input<'a> {
    fn from(text: &'a str) -> Self {
        Self::new(text)
    }
}

impl core::fmt::Debug for Input<'_> {
    /// Shows the length, never the text.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Input").field("bytes", &self.text.len()).field("origin", &self.origin).finish()
    }
}
