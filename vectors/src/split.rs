//! `{{}}` inside a string keeps a test credential from looking live.

use serde_json::Value;

/// What is removed before use.
pub const MARK: &str = "{{}}";

/// Removes every mark.
pub fn join(value: &mut Value) {
    match value {
        Value::String(text) if text.contains(MARK) => *text = text.replace(MARK, ""),
        Value::Array(items) => items.iter_mut().for_each(join),
        Value::Object(members) => members.values_mut().for_each(join),
        _ => {}
    }
}

/// Where marks stand: what is around them.
#[derive(Default)]
pub struct Marks(Vec<(String, String)>);

impl Marks {
    /// The marks in the strings of `value`.
    pub fn of(value: &Value) -> Self {
        let mut marks = Self::default();
        marks.collect(value);
        marks
    }

    fn collect(&mut self, value: &Value) {
        match value {
            Value::String(text) => {
                for (at, _) in text.match_indices(MARK) {
                    let before = text.get(..at).unwrap_or("").replace(MARK, "");
                    let after = text.get(at..).unwrap_or("").replace(MARK, "");
                    let skipped = before.chars().count().saturating_sub(BEFORE);
                    self.0.push((before.chars().skip(skipped).collect(), after.chars().take(AFTER).collect()));
                }
            }
            Value::Array(items) => items.iter().for_each(|item| self.collect(item)),
            Value::Object(members) => members.values().for_each(|member| self.collect(member)),
            _ => {}
        }
    }

    /// Puts the marks into the strings of `value` that hold the same characters around.
    pub fn split(&self, value: &mut Value) {
        match value {
            Value::String(text) => {
                for (before, after) in &self.0 {
                    *text = text.replace(&format!("{before}{after}"), &format!("{before}{MARK}{after}"));
                }
            }
            Value::Array(items) => items.iter_mut().for_each(|item| self.split(item)),
            Value::Object(members) => members.values_mut().for_each(|member| self.split(member)),
            _ => {}
        }
    }
}

/// Characters around a mark by which its place is found again.
const BEFORE: usize = 2;
const AFTER: usize = 4;

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn marks_are_found_again() {
        let marks = Marks::of(&json!(["key AK{{}}IAX and AK{{}}IAX"]));
        let mut value = json!({"slice": "AKIAX and", "other": "nothing"});
        marks.split(&mut value);
        assert_eq!(value, json!({"slice": "AK{{}}IAX and", "other": "nothing"}));
    }
}
