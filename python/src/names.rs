//! The enums of the package: members are looked up once, so that `report.decision is Decision.BLOCK` holds.

use edgewarden_bindings::{Category, Confidence, Decision, Origin, Severity, Strictness};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyString;

use crate::error::{wrong_type, wrong_value};
use crate::text::Text;

/// A closed set of names that Python knows as an enum.
pub trait Named: Copy + Into<usize> + 'static {
    /// Name of the class.
    const CLASS: &'static str;
    /// Every value, in the order of the members.
    const VALUES: &'static [Self];
    /// Stable name, the value of the member.
    fn name(self) -> &'static str;
    /// Where the members are kept.
    fn members() -> &'static PyOnceLock<Vec<Py<PyAny>>>;
}

/// Looks the members up while Python still imports modules: a report may be read while it shuts down.
pub fn prepare(py: Python<'_>) -> PyResult<()> {
    all::<Index<Category>>(py)?;
    all::<Index<Confidence>>(py)?;
    all::<Index<Decision>>(py)?;
    all::<Index<Origin>>(py)?;
    all::<Index<Severity>>(py)?;
    all::<Index<Strictness>>(py).map(|_| ())
}

/// Reads an argument that is a member or its value.
pub fn named<T: Named>(value: &Bound<'_, PyAny>, field: &str) -> PyResult<T> {
    let py = value.py();
    if let Some(i) = all::<T>(py)?.iter().position(|member| member.is(value)) {
        return T::VALUES.get(i).copied().ok_or_else(|| wrong_value(py, field, "no such name"));
    }
    let text = value.cast::<PyString>().map_err(|_| wrong_type(py, field, "not a string"))?;
    let text = Text::of(text, field)?;
    let found = T::VALUES.iter().find(|value| value.name() == text.as_str());
    found.copied().ok_or_else(|| wrong_value(py, field, "no such name"))
}

/// The member of a value.
pub fn member<T: Named>(py: Python<'_>, value: T) -> PyResult<Py<PyAny>> {
    let member = all::<T>(py)?.get(value.into()).map(|member| member.clone_ref(py));
    member.ok_or_else(|| wrong_value(py, T::CLASS, "no such name"))
}

fn all<T: Named>(py: Python<'_>) -> PyResult<&Vec<Py<PyAny>>> {
    T::members().get_or_try_init(py, || {
        let class = py.import("edgewarden._names")?.getattr(T::CLASS)?;
        T::VALUES.iter().map(|value| Ok(class.call1((value.name(),))?.unbind())).collect()
    })
}

/// The argument `origin`.
pub struct OriginArgument(pub Origin);

impl FromPyObject<'_, '_> for OriginArgument {
    type Error = PyErr;

    fn extract(value: Borrowed<'_, '_, PyAny>) -> PyResult<Self> {
        named::<Index<Origin>>(&value, "origin").map(|origin| Self(origin.0))
    }
}

/// A value of the facade with its place among its like.
#[derive(Clone, Copy)]
pub struct Index<T>(pub T);

macro_rules! named {
    ($($type:ident),*) => {$(
        impl From<Index<$type>> for usize {
            fn from(value: Index<$type>) -> usize {
                value.0 as usize
            }
        }

        impl Named for Index<$type> {
            const CLASS: &'static str = stringify!($type);
            const VALUES: &'static [Self] = &{
                let mut all = [Index($type::ALL[0]); $type::ALL.len()];
                let mut i = 0;
                while i < all.len() {
                    all[i] = Index($type::ALL[i]);
                    i += 1;
                }
                all
            };

            fn name(self) -> &'static str {
                self.0.name()
            }

            fn members() -> &'static PyOnceLock<Vec<Py<PyAny>>> {
                static MEMBERS: PyOnceLock<Vec<Py<PyAny>>> = PyOnceLock::new();
                &MEMBERS
            }
        }
    )*};
}

named!(Category, Confidence, Decision, Origin, Severity, Strictness);
