//! What changes from call to call: conversations and streams.

use edgewarden_bindings as facade;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyTuple};

use crate::error::raise;
use crate::names::{Index, member};
use crate::text::{Text, bytes_of};
use crate::values::{StreamOutput, findings_of};

/// State of one conversation, for PromptScanner.scan_in_session. Calls from several threads take turns.
#[pyclass(frozen, module = "edgewarden")]
pub struct SessionState {
    session: facade::Session,
}

#[pymethods]
impl SessionState {
    #[new]
    fn new() -> Self {
        Self { session: facade::Session::new() }
    }

    /// Return the state that to_bytes has written.
    #[staticmethod]
    #[pyo3(signature = (data, /))]
    fn from_bytes(data: &Bound<'_, PyAny>) -> PyResult<Self> {
        let bytes = bytes_of(data, "data")?;
        let session = facade::Session::from_bytes(bytes.as_bytes()).map_err(|e| raise(data.py(), e))?;
        Ok(Self { session })
    }

    /// Return versioned bytes, at most about 4 KiB. They hold the last words of each side: store them like the
    /// conversation.
    fn to_bytes<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &py.detach(|| self.session.to_bytes()))
    }

    /// Messages seen.
    #[getter]
    fn turns(&self, py: Python<'_>) -> u32 {
        py.detach(|| self.session.turns())
    }

    /// Decayed risk, 0 to 1000.
    #[getter]
    fn risk(&self, py: Python<'_>) -> u16 {
        py.detach(|| self.session.risk())
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<(Bound<'py, PyAny>, (Bound<'py, PyBytes>,))> {
        Ok((slf.get_type().getattr("from_bytes")?, (slf.get().to_bytes(slf.py()),)))
    }

    fn __repr__(&self, py: Python<'_>) -> String {
        format!("<SessionState turns={} risk={}>", self.turns(py), self.risk(py))
    }
}

impl SessionState {
    pub(crate) fn facade(&self) -> &facade::Session {
        &self.session
    }
}

/// Scans a stream piece by piece and releases what is known to be safe. PromptScanner.stream makes it; calls from
/// several threads take turns. After finish every call but is_finished raises ClosedError.
#[pyclass(frozen, module = "edgewarden")]
pub struct StreamScanner {
    stream: facade::Stream,
}

#[pymethods]
impl StreamScanner {
    /// Take the next piece of text. A surrogate pair split over two pieces becomes two U+FFFD.
    #[pyo3(signature = (piece, /))]
    fn push(&self, piece: &Bound<'_, PyAny>) -> PyResult<StreamOutput> {
        let py = piece.py();
        let piece = Text::of(piece, "piece")?;
        let output = py.detach(|| self.stream.push(piece.as_str())).map_err(|e| raise(py, e))?;
        StreamOutput::of(py, &output)
    }

    /// End the stream: scan and release the rest.
    fn finish(&self, py: Python<'_>) -> PyResult<StreamOutput> {
        let output = py.detach(|| self.stream.finish()).map_err(|e| raise(py, e))?;
        StreamOutput::of(py, &output)
    }

    /// Decision for the stream so far.
    #[getter]
    fn decision(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        member(py, Index(py.detach(|| self.stream.decision()).map_err(|e| raise(py, e))?))
    }

    /// Score of the stream so far, 0 to 1000.
    #[getter]
    fn score(&self, py: Python<'_>) -> PyResult<u16> {
        py.detach(|| self.stream.score()).map_err(|e| raise(py, e))
    }

    /// Everything found so far, with places grown to what was seen since.
    #[getter]
    fn findings(&self, py: Python<'_>) -> PyResult<Py<PyTuple>> {
        findings_of(py, &py.detach(|| self.stream.findings()).map_err(|e| raise(py, e))?)
    }

    /// Bytes of UTF-8 taken but not released yet.
    #[getter]
    fn held_bytes(&self, py: Python<'_>) -> PyResult<usize> {
        py.detach(|| self.stream.held_bytes()).map_err(|e| raise(py, e))
    }

    /// Whether the stream has ended.
    #[getter]
    fn is_finished(&self, py: Python<'_>) -> bool {
        py.detach(|| self.stream.is_finished())
    }

    fn __repr__(&self, py: Python<'_>) -> String {
        let state = if self.is_finished(py) { "finished" } else { "open" };
        format!("<StreamScanner {state}>")
    }
}

impl StreamScanner {
    pub(crate) fn new(stream: facade::Stream) -> Self {
        Self { stream }
    }
}
