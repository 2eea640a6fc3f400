//! The scanner, and what a rule is.

use edgewarden_bindings as facade;
use edgewarden_bindings::{Category, Confidence, Origin, ScannerOptions, Severity, Strictness, Unit};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyList, PyString, PyTuple};

use crate::error::{raise, wrong_type};
use crate::names::{Index, OriginArgument, member, named};
use crate::state::{SessionState, StreamScanner};
use crate::text::{Now, Text, bytes_of, raise_in};
use crate::values::{JsonReport, ScanReport, dictionary, equal, fields, value_methods};

/// Scans on the native side; edgewarden.PromptScanner adds what options and event loops need.
#[pyclass(frozen, subclass, module = "edgewarden._native")]
pub struct Scanner {
    scanner: facade::Scanner,
    /// The answers for a text and for bytes in which nothing was seen: one for all of them, as it cannot change.
    clean: [Py<ScanReport>; 2],
}

#[pymethods]
impl Scanner {
    #[new]
    #[pyo3(signature = (options, rules = None, /))]
    fn new(py: Python<'_>, options: &Bound<'_, PyAny>, rules: Option<&Bound<'_, PyAny>>) -> PyResult<Self> {
        let json = Text::of(options, "options")?;
        let rules = rules.map(|rules| bytes_of(rules, "rules")).transpose()?;
        let options = ScannerOptions::from_json(json.as_str()).map_err(|e| raise_in(py, &json, e))?;
        let options = ScannerOptions { rules: rules.map(|rules| rules.as_bytes().to_vec()), ..options };
        let scanner = facade::Scanner::new(options, Unit::CodePoint).map_err(|e| raise(py, e))?;
        let report = facade::Report { rules_revision: scanner.rules_revision(), ..facade::Report::default() };
        let clean = |of_bytes| Py::new(py, ScanReport::of(py, &report, of_bytes)?);
        Ok(Self { clean: [clean(false)?, clean(true)?], scanner })
    }

    /// Scan one text. What cannot be scanned to the end is reported as a finding, never raised.
    #[pyo3(signature = (text, *, origin = OriginArgument(Origin::User), now = Now::HOST))]
    #[pyo3(text_signature = "($self, text, *, origin='user', now=None)")]
    fn scan(&self, text: &Bound<'_, PyAny>, origin: OriginArgument, now: Now) -> PyResult<Py<ScanReport>> {
        let py = text.py();
        let text = Text::of(text, "text")?;
        let now = now.millis();
        let scan = || self.scan_text(&text, origin.0, now);
        let report = if text.is_long() { py.detach(scan) } else { scan() };
        self.answer(py, report, false)
    }

    /// Scan bytes that should be UTF-8. Offsets of the report count bytes.
    #[pyo3(signature = (data, *, origin = OriginArgument(Origin::User), now = Now::HOST))]
    #[pyo3(text_signature = "($self, data, *, origin='user', now=None)")]
    fn scan_bytes(&self, data: &Bound<'_, PyAny>, origin: OriginArgument, now: Now) -> PyResult<Py<ScanReport>> {
        let py = data.py();
        let bytes = bytes_of(data, "data")?;
        let (bytes, now) = (bytes.as_bytes(), now.millis());
        let report = py.detach(|| self.scanner.scan_bytes(bytes, origin.0, now));
        self.answer(py, report, true)
    }

    /// Scan several texts of one origin, in order, while other threads run.
    #[pyo3(signature = (texts, *, origin = OriginArgument(Origin::User), now = Now::HOST))]
    #[pyo3(text_signature = "($self, texts, *, origin='user', now=None)")]
    fn scan_batch<'py>(
        &self,
        texts: &Bound<'py, PyAny>,
        origin: OriginArgument,
        now: Now,
    ) -> PyResult<Bound<'py, PyList>> {
        let py = texts.py();
        if texts.is_instance_of::<PyString>() || texts.is_instance_of::<PyBytes>() {
            return Err(wrong_type(py, "texts", "not several texts but one"));
        }
        let iterator = texts.try_iter().map_err(|_| wrong_type(py, "texts", "not several texts"))?;
        let texts: Vec<Text> = iterator
            .enumerate()
            .map(|(i, text)| {
                let text = text?;
                if !text.is_instance_of::<PyString>() {
                    return Err(wrong_type(py, &format!("texts.{i}"), "not a string"));
                }
                Text::of(&text, "texts")
            })
            .collect::<PyResult<_>>()?;
        let now = now.millis();
        let reports: Vec<_> = py.detach(|| texts.iter().map(|text| self.scan_text(text, origin.0, now)).collect());
        let reports: Vec<_> =
            reports.into_iter().map(|report| self.answer(py, report, false)).collect::<PyResult<_>>()?;
        PyList::new(py, reports)
    }

    /// Scan every string of a JSON document, member names too. Offsets count the document.
    #[pyo3(signature = (json, *, origin = OriginArgument(Origin::User)))]
    #[pyo3(text_signature = "($self, json, *, origin='user')")]
    fn scan_json(&self, json: &Bound<'_, PyAny>, origin: OriginArgument) -> PyResult<JsonReport> {
        let py = json.py();
        let json = Text::of(json, "json")?;
        let report = py.detach(|| self.scanner.scan_json(json.as_str(), origin.0));
        let mut report = report.map_err(|e| raise_in(py, &json, e))?;
        json.json_report_home(&mut report);
        JsonReport::of(py, &report)
    }

    /// Scan one message of a conversation and book it there.
    #[pyo3(signature = (text, session, *, origin = OriginArgument(Origin::User), now = Now::HOST))]
    #[pyo3(text_signature = "($self, text, session, *, origin='user', now=None)")]
    fn scan_in_session(
        &self,
        text: &Bound<'_, PyAny>,
        session: &Bound<'_, PyAny>,
        origin: OriginArgument,
        now: Now,
    ) -> PyResult<Py<ScanReport>> {
        let py = text.py();
        let session = session.cast::<SessionState>().map_err(|_| wrong_type(py, "session", "not a SessionState"))?;
        let text = Text::of(text, "text")?;
        let (session, now) = (session.get().facade(), now.millis());
        // Always let others in: a thread that waits for the session must not hold what its holder needs.
        let report = py.detach(|| self.scanner.scan_in_session(text.as_str(), origin.0, now, session));
        let report = report.map(|mut report| {
            text.report_home(&mut report);
            report
        });
        self.answer(py, report, false)
    }

    /// Return a scanner for a stream of text of one origin.
    #[pyo3(signature = (*, origin = OriginArgument(Origin::Assistant)))]
    #[pyo3(text_signature = "($self, *, origin='assistant')")]
    fn stream(&self, origin: OriginArgument) -> StreamScanner {
        StreamScanner::new(self.scanner.stream(origin.0))
    }

    /// Scan and say in words how the decision came about. Places count bytes of UTF-8. It holds no text of yours.
    #[pyo3(signature = (text, *, origin = OriginArgument(Origin::User), now = Now::HOST))]
    #[pyo3(text_signature = "($self, text, *, origin='user', now=None)")]
    fn explain(&self, text: &Bound<'_, PyAny>, origin: OriginArgument, now: Now) -> PyResult<String> {
        let py = text.py();
        let text = Text::of(text, "text")?;
        let now = now.millis();
        py.detach(|| self.scanner.explain(text.as_str(), origin.0, now)).map_err(|e| raise(py, e))
    }

    /// Return the rules in force, in the order of their ids.
    fn rules(&self, py: Python<'_>) -> PyResult<Vec<RuleInfo>> {
        self.scanner.rules().iter().map(|rule| RuleInfo::of(py, rule)).collect()
    }

    /// Revision of the rules in force.
    #[getter]
    fn rules_revision(&self) -> u32 {
        self.scanner.rules_revision()
    }
}

impl Scanner {
    fn scan_text(&self, text: &Text, origin: Origin, now: Option<u64>) -> facade::BatchItem {
        match text {
            Text::Plain(text) => self.scanner.scan(text, origin, now),
            Text::Host(host) => self.scanner.scan_host_text(host, origin, now),
        }
    }

    fn answer(&self, py: Python<'_>, report: facade::BatchItem, of_bytes: bool) -> PyResult<Py<ScanReport>> {
        let report = report.map_err(|e| raise(py, e))?;
        if report.is_clean() {
            let [text, bytes] = &self.clean;
            return Ok(if of_bytes { bytes } else { text }.clone_ref(py));
        }
        Py::new(py, ScanReport::of(py, &report, of_bytes)?)
    }
}

/// What a rule is, without its patterns.
#[pyclass(frozen, module = "edgewarden")]
pub struct RuleInfo {
    /// Stable kebab-case id.
    #[pyo3(get)]
    id: Py<PyString>,
    category: Category,
    severity: Severity,
    confidence: Confidence,
    strictness: Strictness,
    /// Points it adds to the score.
    #[pyo3(get)]
    weight: u16,
    /// BCP 47 tags of the languages it reads; empty when it depends on none.
    #[pyo3(get)]
    languages: Py<PyTuple>,
}

value_methods!(RuleInfo {
    #[new]
    fn new(
        id: Bound<'_, PyString>,
        category: &Bound<'_, PyAny>,
        severity: &Bound<'_, PyAny>,
        confidence: &Bound<'_, PyAny>,
        strictness: &Bound<'_, PyAny>,
        weight: u16,
        languages: Bound<'_, PyTuple>,
    ) -> PyResult<Self> {
        Ok(Self {
            id: id.unbind(),
            category: named::<Index<Category>>(category, "category")?.0,
            severity: named::<Index<Severity>>(severity, "severity")?.0,
            confidence: named::<Index<Confidence>>(confidence, "confidence")?.0,
            strictness: named::<Index<Strictness>>(strictness, "strictness")?.0,
            weight,
            languages: languages.unbind(),
        })
    }

    #[classattr]
    fn __match_args__() -> [&'static str; 7] {
        ["id", "category", "severity", "confidence", "strictness", "weight", "languages"]
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

    /// Lowest level at which the rule runs.
    #[getter]
    fn strictness(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        member(py, Index(self.strictness))
    }

    fn __repr__(&self) -> String {
        let (category, severity) = (self.category.name(), self.severity.name());
        format!("<RuleInfo {} category={category} severity={severity} weight={}>", self.id, self.weight)
    }
});

impl RuleInfo {
    fn of(py: Python<'_>, rule: &facade::RuleInfo) -> PyResult<Self> {
        let facade::RuleInfo { id, category, severity, confidence, strictness, weight, languages } = rule;
        Ok(Self {
            id: PyString::new(py, id).unbind(),
            category: *category,
            severity: *severity,
            confidence: *confidence,
            strictness: *strictness,
            weight: *weight,
            languages: PyTuple::new(py, languages)?.unbind(),
        })
    }
}
