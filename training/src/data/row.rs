//! One text with what is known of it.

use edgewarden::scan::Origin;

/// One text with what is known of it.
#[derive(Clone, Debug)]
pub struct Row {
    /// The text.
    pub text: String,
    /// Whether it attacks the control plane.
    pub attack: bool,
    /// Who produced it.
    pub origin: Origin,
    /// The corpus' `src`, or for the project's own texts `own/` and the file's path without ending (`own/attack/direct-override`).
    pub source: String,
    /// Kebab-case technique or kind; empty for corpora.
    pub technique: String,
    /// BCP 47; empty where unknown.
    pub lang: String,
    /// Kind of document; empty for none.
    pub carrier: String,
    /// How the row came about: as written, from a template, composed of two rows, or disguised.
    pub made: Made,
}

/// How a row came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Made {
    /// As somebody wrote it.
    Written,
    /// A template with its slots filled.
    Expanded,
    /// Composed of several rows: an order planted in a document, a question before an order, two questions.
    Composed,
    /// Written with one of the evasion suite's transforms.
    Disguised,
}
