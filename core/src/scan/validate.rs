//! stub
/// stub
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs)]
pub enum Validator { NotPlaceholder }
#[allow(missing_docs)]
impl Validator {
    pub fn parse(_name: &str) -> Option<Self> { Some(Self::NotPlaceholder) }
    pub fn encode(self) -> (u8, u8) { (1, 0) }
    pub fn decode(_kind: u8, _arg: u8) -> Option<Self> { None }
    pub fn check(self, _value: &str) -> bool { true }
}
