//! Pseudonyms and canaries.

use edgewarden_bindings as facade;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString, PyTuple};

use crate::error::{raise, wrong_type};
use crate::text::{Text, bytes_of};
use crate::values::{JsonReport, ScanReport, dictionary, equal, fields, value_methods};

/// Replaces credentials and personal data by stable placeholders under one key of at least 16 bytes.
#[pyclass(frozen, module = "edgewarden")]
pub struct Pseudonymizer {
    pseudonymizer: facade::Pseudonymizer,
}

#[pymethods]
impl Pseudonymizer {
    #[new]
    fn new(key: &Bound<'_, PyAny>) -> PyResult<Self> {
        let bytes = bytes_of(key, "key")?;
        let pseudonymizer = facade::Pseudonymizer::new(bytes.as_bytes()).map_err(|e| raise(key.py(), e))?;
        Ok(Self { pseudonymizer })
    }

    /// Replace what the redactions of a report point at in the text that was scanned.
    #[pyo3(signature = (text, report, /))]
    fn pseudonymize(&self, text: &Bound<'_, PyAny>, report: &Bound<'_, PyAny>) -> PyResult<Pseudonymized> {
        let py = text.py();
        let text = Text::of(text, "text")?;
        let redactions = if let Ok(report) = report.cast::<ScanReport>() {
            report.get().text_redactions(py)?
        } else if let Ok(report) = report.cast::<JsonReport>() {
            report.get().redactions(py)?
        } else {
            return Err(wrong_type(py, "report", "not a report"));
        };
        let done = self.pseudonymizer.pseudonymize(text.as_str(), &redactions, &mut text.offsets());
        Pseudonymized::of(py, done.map_err(|e| raise(py, e))?)
    }

    fn __repr__(&self) -> &'static str {
        "<Pseudonymizer>"
    }
}

/// A pseudonymised text and what is needed to read it again. The originals are as secret as the original text.
#[pyclass(frozen, module = "edgewarden")]
pub struct Pseudonymized {
    /// The text with placeholders.
    #[pyo3(get)]
    text: Py<PyString>,
    /// Pairs of placeholder and value, in order of first appearance.
    #[pyo3(get)]
    originals: Py<PyTuple>,
    done: facade::Pseudonymized,
}

value_methods!(Pseudonymized {
    #[new]
    fn new(py: Python<'_>, text: &Bound<'_, PyAny>, originals: &Bound<'_, PyTuple>) -> PyResult<Self> {
        let text = Text::of(text, "text")?.as_str().to_owned();
        let pair = |pair: Bound<'_, PyAny>| {
            let wrong = || wrong_type(py, "originals", "not a tuple of pairs of strings");
            let pair = pair.cast::<PyTuple>().map_err(|_| wrong())?;
            let (placeholder, value): (Bound<'_, PyAny>, Bound<'_, PyAny>) = pair.extract().map_err(|_| wrong())?;
            let (placeholder, value) = (Text::of(&placeholder, "originals")?, Text::of(&value, "originals")?);
            Ok((placeholder.as_str().to_owned(), value.as_str().to_owned()))
        };
        let originals = originals.iter().map(pair).collect::<PyResult<_>>()?;
        Self::of(py, facade::Pseudonymized { text, originals })
    }

    #[classattr]
    fn __match_args__() -> [&'static str; 2] {
        ["text", "originals"]
    }

    /// Put the originals back into a text that holds placeholders, such as a model's answer.
    #[pyo3(signature = (text, /))]
    fn restore(&self, text: &Bound<'_, PyAny>) -> PyResult<String> {
        Ok(self.done.restore(Text::of(text, "text")?.as_str()))
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let (text, originals) = (self.text.bind(py).len()?, self.originals.bind(py).len());
        Ok(format!("<Pseudonymized text={text} originals={originals}>"))
    }
});

impl Pseudonymized {
    fn of(py: Python<'_>, done: facade::Pseudonymized) -> PyResult<Self> {
        Ok(Self {
            text: PyString::new(py, &done.text).unbind(),
            originals: PyTuple::new(py, &done.originals)?.unbind(),
            done,
        })
    }
}

/// Return the canary word of a prompt: 24 letters from HMAC-SHA-256 of id under a key of at least 16 bytes.
#[pyfunction]
#[pyo3(signature = (key, id, /))]
pub fn canary_word(key: &Bound<'_, PyAny>, id: &Bound<'_, PyAny>) -> PyResult<String> {
    let bytes = bytes_of(key, "key")?;
    let id = Text::of(id, "id")?;
    facade::canary_word(bytes.as_bytes(), id.as_str()).map_err(|e| raise(key.py(), e))
}

/// Return a line with the word, to put into a system prompt.
#[pyfunction]
#[pyo3(signature = (word, /))]
pub fn canary_line(word: &Bound<'_, PyAny>) -> PyResult<String> {
    Ok(facade::canary_line(Text::of(word, "word")?.as_str()))
}

/// Return (start, end) where the text holds the word or at least half of it, or None.
#[pyfunction]
#[pyo3(signature = (word, text, /))]
pub fn canary_find(word: &Bound<'_, PyAny>, text: &Bound<'_, PyAny>) -> PyResult<Option<(usize, usize)>> {
    let (word, text) = (Text::of(word, "word")?, Text::of(text, "text")?);
    Ok(facade::canary_find(word.as_str(), text.as_str(), &mut text.offsets()))
}
