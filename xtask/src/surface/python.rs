//! Public names of a Python package: what `__all__` lists, and the members of its classes.

use std::collections::BTreeMap;
use std::path::Path;

use super::{Api, read};

#[derive(Default)]
struct Class {
    bases: Vec<String>,
    members: Vec<String>,
}

/// The names in `__all__` of `__init__.py` and of the module for tokens, with members from the sources and stubs beside them.
pub fn api(package: &Path) -> Result<Api, String> {
    let mut listed = all(&read(&package.join("__init__.py"))?);
    listed.extend(all(&read(&package.join("jwt.py"))?));
    let mut classes = BTreeMap::new();
    let entries = std::fs::read_dir(package).map_err(|error| format!("{}: {error}", package.display()))?;
    let mut files: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    files.sort();
    for file in files.iter().filter(|file| file.extension().is_some_and(|e| e == "py" || e == "pyi")) {
        classes_of(&read(file)?, &mut classes);
    }
    let mut api = Api::default();
    for name in listed {
        let mut members = Vec::new();
        collect(&name, &classes, &mut members);
        api.add(&name, members);
    }
    Ok(api)
}

fn collect(name: &str, classes: &BTreeMap<String, Class>, members: &mut Vec<String>) {
    let Some(class) = classes.get(name) else { return };
    for base in &class.bases {
        collect(base, classes, members);
    }
    for member in &class.members {
        if !members.contains(member) {
            members.push(member.clone());
        }
    }
}

/// The strings between the brackets of `__all__ = [...]`.
fn all(text: &str) -> Vec<String> {
    let list = text.split_once("__all__ = [").and_then(|(_, rest)| rest.split_once(']')).map_or("", |(list, _)| list);
    list.split('"').skip(1).step_by(2).map(str::to_owned).collect()
}

fn classes_of(text: &str, classes: &mut BTreeMap<String, Class>) {
    let mut current: Option<String> = None;
    let mut in_docstring = false;
    for line in text.lines() {
        let quotes = line.matches("\"\"\"").count();
        if in_docstring {
            in_docstring = quotes % 2 == 0;
            continue;
        }
        in_docstring = quotes % 2 == 1;
        if let Some(head) = line.strip_prefix("class ") {
            let name: String = head.chars().take_while(|c| is_name(*c)).collect();
            let bases = head.split_once('(').and_then(|(_, rest)| rest.split_once(')')).map_or("", |(bases, _)| bases);
            // `Base[T]` has the members of `Base`.
            let bases =
                bases.split(',').map(|base| base.trim().chars().take_while(|c| is_name(*c)).collect()).collect();
            classes.insert(name.clone(), Class { bases, members: Vec::new() });
            current = Some(name);
        } else if !line.is_empty() && !line.starts_with([' ', ')', '#']) {
            current = None;
        }
        let Some(class) = current.as_ref().and_then(|name| classes.get_mut(name)) else { continue };
        // Members stand one level in; what is deeper is inside of them.
        let Some(line) = line.strip_prefix("    ").filter(|line| !line.starts_with([' ', ')', '#', '@', '"'])) else {
            continue;
        };
        let line = line.strip_prefix("async ").unwrap_or(line);
        let (is_def, head) = line.strip_prefix("def ").map_or((false, line), |head| (true, head));
        let name: String = head.chars().take_while(|c| is_name(*c)).collect();
        let after = head.get(name.len()..).unwrap_or("");
        let declares = is_def || after.starts_with(':') || after.starts_with(" =");
        if declares && !name.is_empty() && !name.starts_with('_') && !class.members.contains(&name) {
            class.members.push(name);
        }
    }
}

fn is_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_have_the_members_of_their_bases() {
        let text = "class A(Generic[T]):\n    \"\"\"x\n    not: a member\n    \"\"\"\n    one: int\n    def two(self):\n        \
                    inner: int\n    def _three(self): ...\n\nclass B(A[int], ValueError):\n    FOUR = \"f\"\n    async def five(\n        \
                    self,\n    ) -> None: ...\nsix: int\n    seven: int\n";
        let mut classes = BTreeMap::new();
        classes_of(text, &mut classes);
        let mut members = Vec::new();
        collect("B", &classes, &mut members);
        assert_eq!(members, ["one", "two", "FOUR", "five"]);
        assert_eq!(all("x\n__all__ = [\n    \"A\",\n    \"B\",\n]\n[\"C\"]"), ["A", "B"]);
    }
}
