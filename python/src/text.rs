//! Arguments that are text, bytes or a time.

use std::time::{SystemTime, UNIX_EPOCH};

use edgewarden_bindings::{HostText, JsonReport, Offsets, Redaction, Report, Unit};
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedStr;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyByteArray, PyBytes, PyInt, PyMemoryView, PyString};

use crate::error::{raise, wrong_type, wrong_value};

/// A string of Python as the facade reads it.
pub enum Text {
    /// Well-formed.
    Plain(PyBackedStr),
    /// One with surrogates, which no UTF-8 can hold.
    Host(HostText),
}

impl Text {
    /// Reads the argument `field`.
    pub fn of(value: &Bound<'_, PyAny>, field: &str) -> PyResult<Self> {
        let py = value.py();
        let text = value.cast::<PyString>().map_err(|_| wrong_type(py, field, "not a string"))?;
        if let Ok(plain) = PyBackedStr::try_from(text.clone()) {
            return Ok(Self::Plain(plain));
        }
        // Asked of `str` itself: a subclass may have an `encode` of its own. UTF-8 is the one encoding that Python still
        // knows while it shuts down.
        let encode = py.get_type::<PyString>().getattr("encode")?;
        let bytes = encode.call1((text, "utf-8", "surrogatepass"))?.cast_into::<PyBytes>()?;
        let points = code_points(bytes.as_bytes());
        Ok(Self::Host(HostText::from_code_points(points)))
    }

    /// What is scanned.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Plain(text) => text,
            Self::Host(host) => &host.text,
        }
    }

    /// A converter for the caller's string.
    pub fn offsets(&self) -> Offsets<'_> {
        match self {
            Self::Plain(text) => Offsets::new(text, Unit::CodePoint),
            Self::Host(host) => host.offsets(),
        }
    }

    /// Whether scanning it takes long enough for other threads to be let in.
    pub fn is_long(&self) -> bool {
        self.as_str().len() > LONG_BYTES
    }

    /// Counts the places of a report as the caller's string does.
    pub fn report_home(&self, report: &mut Report) {
        let places = report.findings.iter_mut().map(|f| (&mut f.start, &mut f.end));
        self.home(places);
        self.redactions_home(&mut report.redactions);
    }

    /// The same for a report on a document.
    pub fn json_report_home(&self, report: &mut JsonReport) {
        let places = report.findings.iter_mut().map(|f| (&mut f.finding.start, &mut f.finding.end));
        self.home(places);
        self.redactions_home(&mut report.redactions);
    }

    /// The same for one place.
    pub fn place_home(&self, place: &mut usize) {
        self.home(std::iter::once((&mut 0, place)));
    }

    fn redactions_home(&self, redactions: &mut [Redaction]) {
        self.home(redactions.iter_mut().map(|r| (&mut r.start, &mut r.end)));
    }

    fn home<'p>(&self, places: impl Iterator<Item = (&'p mut usize, &'p mut usize)>) {
        let Self::Host(host) = self else { return };
        let (mut points, mut home) = (Offsets::new(&host.text, Unit::CodePoint), host.offsets());
        for (start, end) in places {
            *start = home.to_host(points.to_bytes(*start));
            *end = home.to_host(points.to_bytes(*end));
        }
    }
}

/// Code points of UTF-8 in which surrogates are written like other characters.
fn code_points(bytes: &[u8]) -> impl Iterator<Item = u32> {
    let is_inside = |byte: &u8| byte & 0xC0 == 0x80;
    let mut rest = bytes;
    std::iter::from_fn(move || {
        let (first, after) = rest.split_first()?;
        let more = after.iter().take_while(|byte| is_inside(byte)).count();
        let (inside, after) = after.split_at(more);
        rest = after;
        // The more bytes follow, the fewer bits the first one holds itself.
        let own = match more {
            0 => 0x7F,
            1 => 0x1F,
            2 => 0x0F,
            _ => 0x07,
        };
        let fold = |point, byte: &u8| point << 6 | u32::from(byte & 0x3F);
        Some(inside.iter().fold(u32::from(first & own), fold))
    })
}

/// Reads `bytes`, `bytearray` or `memoryview`.
pub fn bytes_of<'py>(value: &Bound<'py, PyAny>, field: &str) -> PyResult<Bound<'py, PyBytes>> {
    let py = value.py();
    if let Ok(bytes) = value.cast::<PyBytes>() {
        return Ok(bytes.clone());
    }
    if value.is_instance_of::<PyByteArray>() || value.is_instance_of::<PyMemoryView>() {
        return Ok(py.get_type::<PyBytes>().call1((value,))?.cast_into()?);
    }
    Err(wrong_type(py, field, "not bytes"))
}

/// The argument `now`: milliseconds since 1970, or a `datetime`; the clock if it is `None`.
#[derive(Clone, Copy)]
pub struct Now(Option<u64>);

impl Now {
    /// Not given.
    pub const HOST: Self = Self(None);

    /// The time in milliseconds since 1970.
    pub fn millis(self) -> Option<u64> {
        self.0.or_else(|| {
            let since = SystemTime::now().duration_since(UNIX_EPOCH).ok()?;
            u64::try_from(since.as_millis()).ok()
        })
    }

    /// The same where nothing can be said without a time: a clock that stands before 1970 would let every token live on.
    pub fn required(self, py: Python<'_>) -> PyResult<u64> {
        self.millis().ok_or_else(|| wrong_value(py, "now", "the clock stands before 1970"))
    }
}

impl FromPyObject<'_, '_> for Now {
    type Error = PyErr;

    fn extract(value: Borrowed<'_, '_, PyAny>) -> PyResult<Self> {
        if value.is_none() {
            return Ok(Self::HOST);
        }
        if let Some(millis) = value.cast_exact::<PyInt>().ok().and_then(|millis| millis.extract::<u64>().ok())
            && millis < 1 << 53
        {
            return Ok(Self(Some(millis)));
        }
        let py = value.py();
        let millis = MILLIS_OF.import(py, "edgewarden._options", "millis_of")?.call1((value, "now"))?;
        let millis: u64 = millis.extract().map_err(|_| wrong_value(py, "now", "out of range"))?;
        Ok(Self(Some(millis)))
    }
}

/// The exception of a fault in `text`, its place counted as the caller's string does.
pub fn raise_in(py: Python<'_>, text: &Text, mut error: edgewarden_bindings::Error) -> PyErr {
    if let Some(place) = &mut error.offset {
        text.place_home(place);
    }
    raise(py, error)
}

static MILLIS_OF: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
/// Shorter texts are scanned in a few microseconds, less than a hand-over to another thread costs.
const LONG_BYTES: usize = 4 << 10;
