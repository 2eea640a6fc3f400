//! JavaScript and TypeScript around a WebAssembly module.

use wasm_bindgen_cli_support::Bindgen;

/// Writes the glue for the module at `wasm` into the folder `out`.
pub fn generate(wasm: &str, out: &str) -> Result<(), String> {
    let describe = |error: &dyn std::fmt::Display| format!("{wasm}: {error:#}");
    let mut bindgen = Bindgen::new();
    bindgen.input_path(wasm).typescript(true);
    bindgen.web(true).map_err(|e| describe(&e))?;
    bindgen.generate(out).map_err(|e| describe(&e))
}
