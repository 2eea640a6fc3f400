//! The examples of the documentation as tests.

use std::fmt::Write;
use std::fs;

use crate::process::root;

use super::Fault;

/// One test for each block fenced as `swift`. A line `print(x)  // y` asserts that `x` prints as `y`.
pub fn examples(pages: &[&str]) -> Result<String, Fault> {
    let mut text = String::new();
    for page in pages {
        text += &fs::read_to_string(root().join(page)).map_err(|error| format!("{page}: {error}"))?;
    }
    let mut out = "import Edgewarden\nimport Foundation\nimport XCTest\n\n".to_owned();
    out.push_str("final class DocumentationTests: XCTestCase {\n");
    let mut number = 0;
    for block in blocks(&text) {
        number += 1;
        let _ = writeln!(out, "    func testExample{number}() async throws {{");
        for line in block.lines().filter(|line| !line.starts_with("import ")) {
            let _ = writeln!(out, "        {}", asserted(line).unwrap_or_else(|| line.to_owned()));
        }
        out.push_str("    }\n\n");
    }
    out.push_str("}\n");
    if number == 0 { Err(Fault::Failed(format!("{} hold no examples", pages.join(", ")))) } else { Ok(out) }
}

fn blocks(text: &str) -> impl Iterator<Item = &str> {
    let starts = text.match_indices("\n```swift\n");
    starts.filter_map(|(at, fence)| text.get(at + fence.len()..)?.split("\n```").next())
}

fn asserted(line: &str) -> Option<String> {
    let (call, said) = line.split_once(")  // ")?;
    let indent = call.len() - call.trim_start().len();
    let value = call.trim_start().strip_prefix("print(")?;
    let said = said.replace('\\', "\\\\").replace('"', "\\\"");
    let indent = " ".repeat(indent);
    // A value of its own, for the argument of an assertion cannot wait.
    Some(format!("{indent}do {{ let said = String(describing: {value}); XCTAssertEqual(said, \"{said}\") }}"))
}

#[cfg(test)]
mod tests {
    #[test]
    fn printed_values_become_assertions() {
        let line = r#"    print(report.redacted(prompt))  // say "hi""#;
        let expected =
            r#"    do { let said = String(describing: report.redacted(prompt)); XCTAssertEqual(said, "say \"hi\"") }"#;
        assert_eq!(super::asserted(line).as_deref(), Some(expected));
        assert_eq!(super::asserted("let a = f()  // a comment"), None);
    }

    #[test]
    fn only_swift_blocks_count() {
        let page = "a\n```swift\nlet a = 1\n```\n```sh\nls\n```\n\n```swift\nlet b = 2\n```\n";
        assert_eq!(super::blocks(page).collect::<Vec<_>>(), ["let a = 1", "let b = 2"]);
    }
}
