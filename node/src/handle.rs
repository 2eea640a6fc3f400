//! What a JavaScript object holds until it is freed.

use std::cell::RefCell;
use std::rc::Rc;

use edgewarden_bindings::Error;

use crate::thrown;

/// A value that can be freed while its object lives on, even while a call on a thread of the pool still refers to the
/// object: `napi` would refuse to lend the object for a change then.
pub struct Handle<T> {
    slot: RefCell<Option<Rc<T>>>,
    what: &'static str,
}

impl<T> Handle<T> {
    pub fn new(what: &'static str, value: T) -> Self {
        Self { slot: RefCell::new(Some(Rc::new(value))), what }
    }

    /// The value; `closed` once it is freed.
    pub fn open(&self) -> napi::Result<Rc<T>> {
        self.slot.borrow().clone().ok_or_else(|| thrown(Error::closed(self.what)))
    }

    pub fn free(&self) {
        self.slot.take();
    }
}
