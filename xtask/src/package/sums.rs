//! SHA-256 of files, as `sha256sum --check` reads it.

use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

/// Hash of a file in lower-case hex.
pub fn sha256(path: &Path) -> Result<String, String> {
    let bytes = fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect())
}

/// Writes `SHA256SUMS` beside the artefacts, in the order of their names.
pub fn write(dist: &Path, artefacts: &[PathBuf]) -> Result<(), String> {
    let mut lines = Vec::new();
    for path in artefacts {
        let name = path.strip_prefix(dist).map_err(|_| format!("{} is not in dist/", path.display()))?;
        lines.push((name.display().to_string(), sha256(path)?));
    }
    lines.sort();
    let text: String = lines.iter().map(|(name, hash)| format!("{hash}  {name}\n")).collect();
    let path = dist.join("SHA256SUMS");
    fs::write(&path, text).map_err(|error| format!("{}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hash_is_that_of_the_standard() {
        let folder = std::env::temp_dir().join(format!("edgewarden-sums-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let path = folder.join("b");
        fs::write(&path, "abc").unwrap();
        // FIPS 180-2, appendix B.1.
        let hash = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(sha256(&path).unwrap(), hash);
        write(&folder, &[path]).unwrap();
        assert_eq!(fs::read_to_string(folder.join("SHA256SUMS")).unwrap(), format!("{hash}  b\n"));
        fs::remove_dir_all(folder).unwrap();
    }
}
