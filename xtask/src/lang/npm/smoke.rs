//! The packed package as strangers use it: Node, Deno, Bun, workerd, a bundler and a browser, TypeScript.

use std::path::Path;

use super::super::Fault;
use super::assemble::files;
use super::project::{inside, project};
use super::{browser, node};
use crate::process::{output, run, run_lines};
use crate::tools;

/// Installs the tarball of `dist` into empty projects and runs them.
pub fn smoke(dist: &Path) -> Result<(), Fault> {
    let is_ours = |path: &Path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        name.starts_with("edgewarden-") && name.ends_with(".tgz")
    };
    let tarball = files(dist)?.into_iter().rfind(|path| is_ours(path));
    let tarball = tarball.ok_or_else(|| format!("{} holds no npm package", dist.display()))?;
    let tarball = tarball.canonicalize().map_err(|error| error.to_string())?;
    engines(&tarball)?;
    page(&tarball, dist)?;
    types(&tarball)
}

fn engines(tarball: &Path) -> Result<(), Fault> {
    let folder = project("smoke", tarball, &["miniflare", "esbuild"])?;
    let bin = |name| tools::npm_bin(name).map_err(Fault::Missing);
    run(inside(&folder, "node", &["esm.mjs"]))?;
    run(inside(&folder, "node", &["cjs.cjs"]))?;
    let deno = ["run", "--no-remote", "--node-modules-dir=manual", "--no-lock", "deno.js"];
    run(inside(&folder, bin("deno")?, &deno))?;
    run(inside(&folder, bin("bun")?, &["run", "bun.js"]))?;
    Ok(run(inside(&folder, "node", &["miniflare.mjs"]))?)
}

/// A production build of Vite in Chromium; the screenshot lies in `dist`.
fn page(tarball: &Path, dist: &Path) -> Result<(), Fault> {
    let folder = project("vite", tarball, &[])?;
    let vite = tools::npm_bin("vite").map_err(Fault::Missing)?;
    output(inside(&folder, vite, &["build", "--logLevel", "warn"]))?;
    let mut visit = node("npm/test/smoke-chromium.mjs", &[&folder.join("dist"), &dist.join("npm-in-a-page.png")]);
    browser(&mut visit)?;
    Ok(run(visit)?)
}

fn types(tarball: &Path) -> Result<(), Fault> {
    let folder = project("types", tarball, &[])?;
    let tsc = tools::npm_bin("tsc").map_err(Fault::Missing)?;
    for resolution in ["node16", "bundler"] {
        let ended = run_lines(inside(&folder, &tsc, &["--project", &format!("tsconfig.{resolution}.json")]), |line| {
            println!("{line}");
        })?;
        if !ended {
            return Err(Fault::Failed(format!("the types do not hold with the resolution {resolution}")));
        }
        println!("TypeScript, {resolution}: ok");
    }
    Ok(())
}
