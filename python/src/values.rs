//! Answers as immutable values: equal, hashable, picklable, and without text in their `repr`.

use edgewarden_bindings as facade;
use edgewarden_bindings::{Category, Confidence, Decision, Offsets, Severity, Unit};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyList, PySlice, PyString, PyTuple};

use crate::error::{raise, wrong_type};
use crate::names::{Index, member, named};
use crate::text::{Text, bytes_of};

/// Adds what every value has: `==`, `hash`, pickling, `to_dict`, all of them over the constructor's arguments.
macro_rules! value_methods {
    ($class:ident { $($own:tt)* }) => {
        #[pymethods]
        impl $class {
            $($own)*

            fn __eq__(slf: &Bound<'_, Self>, other: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
                equal(slf.as_any(), other)
            }

            fn __hash__(slf: &Bound<'_, Self>) -> PyResult<isize> {
                fields(slf.as_any())?.hash()
            }

            fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyTuple>)> {
                Ok((slf.get_type().into_any(), fields(slf.as_any())?))
            }

            /// Return everything as a dictionary of plain values, ready for json.dumps.
            fn to_dict<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyDict>> {
                dictionary(slf.as_any())
            }
        }
    };
}
pub(crate) use value_methods;

/// One detection. It points into the text and does not quote it.
#[pyclass(frozen, subclass, module = "edgewarden")]
pub struct Finding {
    /// Stable kebab-case id of the rule.
    #[pyo3(get)]
    rule_id: Py<PyString>,
    category: Category,
    severity: Severity,
    confidence: Confidence,
    /// Points it adds to the score, 0 to 1000.
    #[pyo3(get)]
    weight: u16,
    /// First code point of the text, or first byte for scan_bytes.
    #[pyo3(get)]
    start: usize,
    /// One past the last.
    #[pyo3(get)]
    end: usize,
    /// Names of the decoders between the text and what the rule saw, outermost first.
    #[pyo3(get)]
    chain: Py<PyTuple>,
}

value_methods!(Finding {
    #[new]
    #[pyo3(signature = (rule_id, category, severity, confidence, weight, start, end, chain = None))]
    #[pyo3(text_signature = "(rule_id, category, severity, confidence, weight, start, end, chain=())")]
    #[expect(clippy::too_many_arguments, reason = "a value has as many as it has")]
    fn new(
        rule_id: Bound<'_, PyString>,
        category: &Bound<'_, PyAny>,
        severity: &Bound<'_, PyAny>,
        confidence: &Bound<'_, PyAny>,
        weight: u16,
        start: usize,
        end: usize,
        chain: Option<Bound<'_, PyTuple>>,
    ) -> PyResult<Self> {
        Ok(Self {
            chain: chain.unwrap_or_else(|| PyTuple::empty(rule_id.py())).unbind(),
            rule_id: rule_id.unbind(),
            category: named::<Index<Category>>(category, "category")?.0,
            severity: named::<Index<Severity>>(severity, "severity")?.0,
            confidence: named::<Index<Confidence>>(confidence, "confidence")?.0,
            weight,
            start,
            end,
        })
    }

    #[classattr]
    fn __match_args__() -> [&'static str; 8] {
        ["rule_id", "category", "severity", "confidence", "weight", "start", "end", "chain"]
    }

    /// Class of attack or data.
    #[getter]
    fn category(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        member(py, Index(self.category))
    }

    /// Harm if true.
    #[getter]
    fn severity(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        member(py, Index(self.severity))
    }

    /// How likely true.
    #[getter]
    fn confidence(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        member(py, Index(self.confidence))
    }

    /// (start, end), as re.Match.span gives it.
    #[getter]
    fn span(&self) -> (usize, usize) {
        (self.start, self.end)
    }

    /// slice(start, end): text[finding.slice] is what was found.
    #[getter]
    fn slice<'py>(&self, py: Python<'py>) -> Bound<'py, PySlice> {
        slice_of(py, self.start, self.end)
    }

    fn __repr__(&self) -> String {
        self.shown("Finding", "")
    }
});

impl Finding {
    pub(crate) fn of(py: Python<'_>, finding: &facade::Finding) -> PyResult<Self> {
        Ok(Self {
            rule_id: PyString::new(py, &finding.rule_id).unbind(),
            category: finding.category,
            severity: finding.severity,
            confidence: finding.confidence,
            weight: finding.weight,
            start: finding.start,
            end: finding.end,
            chain: PyTuple::new(py, &finding.chain)?.unbind(),
        })
    }

    fn shown(&self, class: &str, more: &str) -> String {
        let Self { rule_id, category, severity, weight, start, end, .. } = self;
        let (category, severity) = (category.name(), severity.name());
        format!("<{class} {rule_id} category={category} severity={severity} weight={weight} span={start}..{end}{more}>")
    }
}

/// A finding inside a JSON document; its offsets count the document.
#[pyclass(frozen, extends = Finding, module = "edgewarden")]
pub struct JsonFinding {
    /// JSON Pointer (RFC 6901) of the string; for a member name the pointer of the member.
    #[pyo3(get)]
    pointer: Py<PyString>,
}

value_methods!(JsonFinding {
    #[new]
    #[pyo3(signature = (pointer, rule_id, category, severity, confidence, weight, start, end, chain = None))]
    #[pyo3(text_signature = "(pointer, rule_id, category, severity, confidence, weight, start, end, chain=())")]
    #[expect(clippy::too_many_arguments, reason = "a value has as many as it has")]
    fn new(
        pointer: Bound<'_, PyString>,
        rule_id: Bound<'_, PyString>,
        category: &Bound<'_, PyAny>,
        severity: &Bound<'_, PyAny>,
        confidence: &Bound<'_, PyAny>,
        weight: u16,
        start: usize,
        end: usize,
        chain: Option<Bound<'_, PyTuple>>,
    ) -> PyResult<PyClassInitializer<Self>> {
        let finding = Finding::new(rule_id, category, severity, confidence, weight, start, end, chain)?;
        Ok(PyClassInitializer::from(finding).add_subclass(Self { pointer: pointer.unbind() }))
    }

    #[classattr]
    fn __match_args__() -> [&'static str; 9] {
        ["pointer", "rule_id", "category", "severity", "confidence", "weight", "start", "end", "chain"]
    }

    fn __repr__(slf: PyRef<'_, Self>) -> String {
        slf.as_super().shown("JsonFinding", "")
    }
});

/// One place that redaction replaces by its label in brackets.
#[pyclass(frozen, get_all, module = "edgewarden")]
pub struct Redaction {
    /// First code point of the text, or first byte for scan_bytes.
    start: usize,
    /// One past the last.
    end: usize,
    /// What stands there instead, without its brackets.
    label: Py<PyString>,
}

value_methods!(Redaction {
    #[new]
    fn new(start: usize, end: usize, label: Bound<'_, PyString>) -> Self {
        Self { start, end, label: label.unbind() }
    }

    #[classattr]
    fn __match_args__() -> [&'static str; 3] {
        ["start", "end", "label"]
    }

    /// (start, end), as re.Match.span gives it.
    #[getter]
    fn span(&self) -> (usize, usize) {
        (self.start, self.end)
    }

    /// slice(start, end): text[redaction.slice] is what is replaced.
    #[getter]
    fn slice<'py>(&self, py: Python<'py>) -> Bound<'py, PySlice> {
        slice_of(py, self.start, self.end)
    }

    fn __repr__(&self) -> String {
        format!("<Redaction {} span={}..{}>", self.label, self.start, self.end)
    }
});

/// The answer of a scan. It holds no text, so it may be logged.
#[pyclass(frozen, module = "edgewarden")]
pub struct ScanReport {
    decision: Decision,
    /// 0 (nothing seen) to 1000.
    #[pyo3(get)]
    score: u16,
    /// What was found, by position, then rule id.
    #[pyo3(get)]
    findings: Py<PyTuple>,
    /// What redaction replaces, in order and without overlap.
    #[pyo3(get)]
    redactions: Py<PyTuple>,
    /// Findings beyond the limit, counted but not kept.
    #[pyo3(get)]
    findings_dropped: usize,
    /// Findings that the allow-list took out.
    #[pyo3(get)]
    findings_allowed: usize,
    /// Revision of the rules that were used.
    #[pyo3(get)]
    rules_revision: u32,
    /// Whether offsets count bytes: true for scan_bytes alone.
    #[pyo3(get)]
    of_bytes: bool,
}

value_methods!(ScanReport {
    #[new]
    #[pyo3(signature = (decision, score = 0, findings = None, redactions = None, findings_dropped = 0, findings_allowed = 0,
        rules_revision = 0, of_bytes = false))]
    #[pyo3(text_signature = "(decision, score=0, findings=(), redactions=(), findings_dropped=0, findings_allowed=0, \
        rules_revision=0, of_bytes=False)")]
    #[expect(clippy::too_many_arguments, reason = "a value has as many as it has")]
    fn new(
        decision: &Bound<'_, PyAny>,
        score: u16,
        findings: Option<&Bound<'_, PyTuple>>,
        redactions: Option<&Bound<'_, PyTuple>>,
        findings_dropped: usize,
        findings_allowed: usize,
        rules_revision: u32,
        of_bytes: bool,
    ) -> PyResult<Self> {
        Ok(Self {
            findings: each::<Finding>(decision.py(), findings, "findings")?,
            redactions: each::<Redaction>(decision.py(), redactions, "redactions")?,
            decision: named::<Index<Decision>>(decision, "decision")?.0,
            score,
            findings_dropped,
            findings_allowed,
            rules_revision,
            of_bytes,
        })
    }

    #[classattr]
    fn __match_args__() -> [&'static str; 8] {
        ["decision", "score", "findings", "redactions", "findings_dropped", "findings_allowed", "rules_revision", "of_bytes"]
    }

    /// What to do with the text.
    #[getter]
    fn decision(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        member(py, Index(self.decision))
    }

    /// Return the text that was scanned with each redaction replaced by its label: str, or bytes after scan_bytes.
    #[pyo3(signature = (text, /))]
    fn redact<'py>(&self, text: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let py = text.py();
        if !self.of_bytes {
            return redacted(text, "text", &self.redactions);
        }
        let bytes = bytes_of(text, "text")?;
        let text = std::str::from_utf8(bytes.as_bytes()).map_err(|e| {
            let message = "the text is not UTF-8";
            raise(py, facade::Error { offset: Some(e.valid_up_to()), ..facade::Error::new("invalid_utf8", message) })
        })?;
        let redactions = redactions_of(self.redactions.bind(py))?;
        let out = facade::redact(text, &redactions, &mut Offsets::new(text, Unit::Utf8)).map_err(|e| raise(py, e))?;
        Ok(PyBytes::new(py, out.as_bytes()).into_any())
    }

    fn __repr__(&self, py: Python<'_>) -> String {
        shown("ScanReport", self.decision, self.score, self.findings.bind(py).len(), "")
    }
});

impl ScanReport {
    pub(crate) fn of(py: Python<'_>, report: &facade::Report, of_bytes: bool) -> PyResult<Self> {
        Ok(Self {
            decision: report.decision,
            score: report.score,
            findings: findings_of(py, &report.findings)?,
            redactions: redactions_from(py, &report.redactions)?,
            findings_dropped: report.findings_dropped,
            findings_allowed: report.findings_allowed,
            rules_revision: report.rules_revision,
            of_bytes,
        })
    }

    /// What it replaces in a text, if its offsets count code points.
    pub(crate) fn text_redactions(&self, py: Python<'_>) -> PyResult<Vec<facade::Redaction>> {
        if self.of_bytes {
            return Err(wrong_type(py, "report", "not of a text: its offsets count bytes"));
        }
        redactions_of(self.redactions.bind(py))
    }
}

/// The answer of a scan of a JSON document. It holds no text but the pointers, which name members.
#[pyclass(frozen, module = "edgewarden")]
pub struct JsonReport {
    decision: Decision,
    /// 0 to 1000, over all strings together.
    #[pyo3(get)]
    score: u16,
    /// What was found, in the order of the document.
    #[pyo3(get)]
    findings: Py<PyTuple>,
    /// What redaction replaces in the document; it stays JSON.
    #[pyo3(get)]
    redactions: Py<PyTuple>,
    /// How many strings were scanned.
    #[pyo3(get)]
    strings: usize,
}

value_methods!(JsonReport {
    #[new]
    #[pyo3(signature = (decision, score = 0, findings = None, redactions = None, strings = 0))]
    #[pyo3(text_signature = "(decision, score=0, findings=(), redactions=(), strings=0)")]
    fn new(
        decision: &Bound<'_, PyAny>,
        score: u16,
        findings: Option<&Bound<'_, PyTuple>>,
        redactions: Option<&Bound<'_, PyTuple>>,
        strings: usize,
    ) -> PyResult<Self> {
        Ok(Self {
            findings: each::<JsonFinding>(decision.py(), findings, "findings")?,
            redactions: each::<Redaction>(decision.py(), redactions, "redactions")?,
            decision: named::<Index<Decision>>(decision, "decision")?.0,
            score,
            strings,
        })
    }

    #[classattr]
    fn __match_args__() -> [&'static str; 5] {
        ["decision", "score", "findings", "redactions", "strings"]
    }

    /// What to do with the document.
    #[getter]
    fn decision(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        member(py, Index(self.decision))
    }

    /// Return the document that was scanned with each redaction replaced by its label.
    #[pyo3(signature = (json, /))]
    fn redact<'py>(&self, json: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        redacted(json, "json", &self.redactions)
    }

    fn __repr__(&self, py: Python<'_>) -> String {
        let strings = format!(" strings={}", self.strings);
        shown("JsonReport", self.decision, self.score, self.findings.bind(py).len(), &strings)
    }
});

impl JsonReport {
    pub(crate) fn of(py: Python<'_>, report: &facade::JsonReport) -> PyResult<Self> {
        let finding = |f: &facade::JsonFinding| {
            let pointer = PyString::new(py, &f.pointer).unbind();
            let base = PyClassInitializer::from(Finding::of(py, &f.finding)?);
            Py::new(py, base.add_subclass(JsonFinding { pointer }))
        };
        let findings: Vec<_> = report.findings.iter().map(finding).collect::<PyResult<_>>()?;
        Ok(Self {
            decision: report.decision,
            score: report.score,
            findings: PyTuple::new(py, findings)?.unbind(),
            redactions: redactions_from(py, &report.redactions)?,
            strings: report.strings,
        })
    }

    pub(crate) fn redactions(&self, py: Python<'_>) -> PyResult<Vec<facade::Redaction>> {
        redactions_of(self.redactions.bind(py))
    }
}

/// What a push or the end of a stream yields.
#[pyclass(frozen, module = "edgewarden")]
pub struct StreamOutput {
    /// Text that may go out, credentials and personal data already replaced.
    #[pyo3(get)]
    release: Py<PyString>,
    decision: Decision,
    /// Score of the stream so far, 0 to 1000.
    #[pyo3(get)]
    score: u16,
    /// New findings; offsets count from the start of the stream.
    #[pyo3(get)]
    findings: Py<PyTuple>,
}

value_methods!(StreamOutput {
    #[new]
    #[pyo3(signature = (release, decision, score = 0, findings = None))]
    #[pyo3(text_signature = "(release, decision, score=0, findings=())")]
    fn new(
        release: Bound<'_, PyString>,
        decision: &Bound<'_, PyAny>,
        score: u16,
        findings: Option<&Bound<'_, PyTuple>>,
    ) -> PyResult<Self> {
        Ok(Self {
            findings: each::<Finding>(release.py(), findings, "findings")?,
            release: release.unbind(),
            decision: named::<Index<Decision>>(decision, "decision")?.0,
            score,
        })
    }

    #[classattr]
    fn __match_args__() -> [&'static str; 4] {
        ["release", "decision", "score", "findings"]
    }

    /// Decision for the stream so far; it never becomes weaker.
    #[getter]
    fn decision(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        member(py, Index(self.decision))
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let release = format!(" release={}", self.release.bind(py).len()?);
        Ok(shown("StreamOutput", self.decision, self.score, self.findings.bind(py).len(), &release))
    }
});

impl StreamOutput {
    pub(crate) fn of(py: Python<'_>, output: &facade::StreamOutput) -> PyResult<Self> {
        Ok(Self {
            release: PyString::new(py, &output.release).unbind(),
            decision: output.decision,
            score: output.score,
            findings: findings_of(py, &output.findings)?,
        })
    }
}

/// A tuple of findings.
pub(crate) fn findings_of(py: Python<'_>, findings: &[facade::Finding]) -> PyResult<Py<PyTuple>> {
    if findings.is_empty() {
        return Ok(PyTuple::empty(py).unbind());
    }
    let findings: Vec<_> = findings.iter().map(|f| Py::new(py, Finding::of(py, f)?)).collect::<PyResult<_>>()?;
    Ok(PyTuple::new(py, findings)?.unbind())
}

fn redactions_from(py: Python<'_>, redactions: &[facade::Redaction]) -> PyResult<Py<PyTuple>> {
    if redactions.is_empty() {
        return Ok(PyTuple::empty(py).unbind());
    }
    let one = |r: &facade::Redaction| {
        let label = PyString::new(py, &r.label).unbind();
        Py::new(py, Redaction { start: r.start, end: r.end, label })
    };
    let redactions: Vec<_> = redactions.iter().map(one).collect::<PyResult<_>>()?;
    Ok(PyTuple::new(py, redactions)?.unbind())
}

fn redactions_of(redactions: &Bound<'_, PyTuple>) -> PyResult<Vec<facade::Redaction>> {
    let one = |r: Bound<'_, PyAny>| {
        let r = r.cast::<Redaction>()?.get();
        let label = Text::of(r.label.bind(redactions.py()), "label")?;
        Ok((r.start, r.end, label.as_str().to_owned()).into())
    };
    redactions.iter().map(one).collect()
}

/// The text itself if there is nothing to replace.
fn redacted<'py>(text: &Bound<'py, PyAny>, field: &str, redactions: &Py<PyTuple>) -> PyResult<Bound<'py, PyAny>> {
    let py = text.py();
    if redactions.bind(py).is_empty() {
        text.cast::<PyString>().map_err(|_| wrong_type(py, field, "not a string"))?;
        return Ok(text.clone());
    }
    let text = Text::of(text, field)?;
    let redactions = redactions_of(redactions.bind(py))?;
    let out = facade::redact(text.as_str(), &redactions, &mut text.offsets()).map_err(|e| raise(py, e))?;
    Ok(PyString::new(py, &out).into_any())
}

/// A tuple of instances of one class, empty if it was not given.
fn each<T: pyo3::PyTypeInfo>(
    py: Python<'_>,
    values: Option<&Bound<'_, PyTuple>>,
    field: &str,
) -> PyResult<Py<PyTuple>> {
    let values = values.cloned().unwrap_or_else(|| PyTuple::empty(py));
    if values.iter().all(|value| value.is_instance_of::<T>()) {
        return Ok(values.unbind());
    }
    Err(wrong_type(py, field, "not a tuple of the right class"))
}

fn shown(class: &str, decision: Decision, score: u16, findings: usize, more: &str) -> String {
    format!("<{class} decision={} score={score} findings={findings}{more}>", decision.name())
}

fn slice_of(py: Python<'_>, start: usize, end: usize) -> Bound<'_, PySlice> {
    let place = |at: usize| isize::try_from(at).unwrap_or(isize::MAX);
    PySlice::new(py, place(start), place(end), 1)
}

pub(crate) fn fields<'py>(value: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyTuple>> {
    let names = value.get_type().getattr("__match_args__")?;
    let values: Vec<_> =
        names.try_iter()?.map(|name| value.getattr(name?.cast::<PyString>()?)).collect::<PyResult<_>>()?;
    PyTuple::new(value.py(), values)
}

pub(crate) fn equal(value: &Bound<'_, PyAny>, other: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
    let py = value.py();
    if !value.get_type().is(other.get_type()) {
        return Ok(py.NotImplemented());
    }
    let same = value.is(other) || fields(value)?.eq(fields(other)?)?;
    Ok(same.into_pyobject(py)?.to_owned().into_any().unbind())
}

pub(crate) fn dictionary<'py>(value: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyDict>> {
    let out = PyDict::new(value.py());
    for name in value.get_type().getattr("__match_args__")?.try_iter()? {
        let name = name?;
        let field = value.getattr(name.cast::<PyString>()?)?;
        out.set_item(name, plain(&field)?)?;
    }
    Ok(out)
}

/// Tuples as lists, members as their values, values as dictionaries.
fn plain<'py>(value: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    if let Ok(values) = value.cast::<PyTuple>() {
        let values: Vec<_> = values.iter().map(|value| plain(&value)).collect::<PyResult<_>>()?;
        return Ok(PyList::new(value.py(), values)?.into_any());
    }
    if value.is_instance_of::<PyString>() && !value.is_exact_instance_of::<PyString>() {
        return value.getattr("value");
    }
    if value.hasattr("to_dict")? {
        return value.call_method0("to_dict");
    }
    Ok(value.clone())
}
