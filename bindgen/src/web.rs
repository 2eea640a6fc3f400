//! JavaScript around a WebAssembly module.
//!
//! wasm-bindgen writes a module with one instance for the life of the program. After a trap an instance must not be used
//! again, so the same code is put into a function here, and each call of it serves one instance.

use std::fs;
use std::path::Path;

use wasm_bindgen_cli_support::Bindgen;

/// Writes the module and its glue into the folder `out`, as `<name>_bg.wasm` and `<name>.js`.
pub fn generate(wasm: &str, out: &str, name: &str) -> Result<(), String> {
    let describe = |error: &dyn std::fmt::Display| format!("{wasm}: {error:#}");
    let mut bindgen = Bindgen::new();
    bindgen.input_path(wasm).out_name(name).typescript(false);
    bindgen.web(true).map_err(|e| describe(&e))?;
    bindgen.generate(out).map_err(|e| describe(&e))?;
    let path = Path::new(out).join(format!("{name}.js"));
    let glue = fs::read_to_string(&path).map_err(|e| describe(&e))?;
    let glue = per_instance(&glue).ok_or_else(|| describe(&"the glue has another form than this program knows"))?;
    fs::write(&path, glue).map_err(|e| describe(&e))
}

/// The glue as a function.
fn per_instance(glue: &str) -> Option<String> {
    let (body, _) = glue.split_once("\nlet wasmModule, wasmInstance, wasm;\n")?;
    if body.matches(COPY).count() != 1 {
        return None;
    }
    let body = body.replace(COPY, &format!("{COPY_AT_ONCE}{COPY}"));
    let mut names = Vec::new();
    let mut inner = String::new();
    for line in body.lines().filter(|line| !is_comment(line)) {
        let line = match line.strip_prefix("export ") {
            Some(item) => {
                let rest = item.strip_prefix("class ").or_else(|| item.strip_prefix("function "))?;
                names.push(rest.split(|c: char| !c.is_alphanumeric() && c != '_').next()?);
                item
            }
            None => line,
        };
        if !line.is_empty() {
            inner.push_str("  ");
            inner.push_str(line);
        }
        inner.push('\n');
    }
    let names = names.join(", ");
    Some(format!("{HEAD}{inner}{}", TAIL.replace("NAMES", &names)))
}

fn is_comment(line: &str) -> bool {
    let line = line.trim_start();
    ["/*", "*/", "* "].iter().any(|start| line.starts_with(start)) || line == "*"
}

/// How a text goes in, up to the first character that is not ASCII.
const COPY: &str = "
    for (; offset < len; offset++) {
        const code = arg.charCodeAt(offset);
";

/// The engine copies longer texts several times faster. As many units read as bytes written means that all were ASCII.
const COPY_AT_ONCE: &str = "
    if (len > 31) {
        const { read, written } = cachedTextEncoder.encodeInto(arg, mem.subarray(ptr, ptr + len));
        if (read === written) offset = read;
    }
";

const HEAD: &str = "// Written by edgewarden-bindgen around the output of wasm-bindgen.

/** What one WebAssembly instance needs: its imports, and its exports as JavaScript once it is there. */
export function glue() {
  let wasm;
";

const TAIL: &str = "
  // Objects of an instance that trapped are still collected one day; they must not call into it.
  const stopped = new Proxy({}, { get: () => () => undefined });

  return {
    imports: __wbg_get_imports(),
    start(instance) {
      wasm = instance.exports;
      wasm.__wbindgen_start();
      return { NAMES, memory: wasm.memory };
    },
    stop() {
      wasm = stopped;
    },
  };
}
";
