//! Derives the tables of `core/src/text/nfkc.rs` from those of the unicode-normalization crate.

use std::collections::BTreeMap;
use std::fmt::{LowerHex, Write};

use unicode_normalization::char::{canonical_combining_class, compose, decompose_canonical, decompose_compatible};

/// The source of `core/src/generated/nfkc.rs`.
pub fn tables() -> Result<String, String> {
    let (a, b, c) = unicode_normalization::UNICODE_VERSION;
    let mut out = format!(
        "//! Tables of normalisation form KC, Unicode {a}.{b}.{c}. Written by `cargo xtask codegen`; do not edit.\n\n"
    );
    let (rows, blocks, units) = mappings()?;
    table(&mut out, "ROWS", "u8", "For each 256 code points their row of `BLOCKS`.", &rows);
    table(&mut out, "BLOCKS", "u16", "For each 16 code points of a row where they begin in `UNITS`.", &blocks);
    let what = "For each block which of its characters decompose, then into what: one unit of UTF-16, or several after \
                `0xe000 + count`.";
    table(&mut out, "UNITS", "u16", what, &units);
    let what = "Sorted `first code point << 8 | canonical combining class` of runs.";
    table(&mut out, "CLASSES", "u32", what, &classes());
    let (seconds, firsts, composed) = pairs()?;
    let what = "Sorted `second of a pair << 11 | start in FIRSTS` of what composes; up to the next start.";
    table(&mut out, "SECONDS", "u32", what, &seconds);
    table(&mut out, "FIRSTS", "u32", "First characters of pairs, sorted for each second one.", &firsts);
    table(
        &mut out,
        "COMPOSED",
        "u16",
        "What the pairs compose to, less the plane, which is that of the first character.",
        &composed,
    );
    Ok(out)
}

type Mappings = (Vec<u8>, Vec<u16>, Vec<u16>);

/// Compatibility decompositions but those of Hangul.
fn mappings() -> Result<Mappings, String> {
    let mut blocks: BTreeMap<u32, Vec<(u32, Vec<u16>)>> = BTreeMap::new();
    for c in ('\0'..=char::MAX).filter(|c| !('\u{ac00}'..='\u{d7a3}').contains(c)) {
        let mut whole = String::new();
        decompose_compatible(c, |d| whole.push(d));
        if whole != c.to_string() {
            blocks.entry(c as u32 >> 4).or_default().push((c as u32 & 15, whole.encode_utf16().collect()));
        }
    }
    let last = blocks.keys().next_back().map_or(0, |block| block >> 4);
    // Row 0 and block 0 are empty.
    let (mut rows, mut table, mut units) = (Vec::new(), vec![0_u16; 16], vec![0_u16]);
    for row in 0..=last {
        if blocks.range(row << 4..(row + 1) << 4).next().is_none() {
            rows.push(0);
            continue;
        }
        rows.push(u8::try_from(table.len() / 16).map_err(|_| "too many rows")?);
        for block in row << 4..(row + 1) << 4 {
            let Some(mapped) = blocks.get(&block) else {
                table.push(0);
                continue;
            };
            table.push(u16::try_from(units.len()).map_err(|_| "too many decompositions")?);
            units.push(mapped.iter().fold(0, |mask, (bit, _)| mask | 1 << bit));
            for (_, whole) in mapped {
                if whole.iter().any(|unit| (0xe000..=0xf8ff).contains(unit)) {
                    return Err("a decomposition into private use".into());
                }
                if whole.len() != 1 {
                    units.push(0xe000 + u16::try_from(whole.len()).map_err(|error| error.to_string())?);
                }
                units.extend(whole);
            }
        }
    }
    Ok((rows, table, units))
}

fn classes() -> Vec<u32> {
    let mut out = Vec::new();
    let mut last = 0;
    for c in '\0'..=char::MAX {
        let class = canonical_combining_class(c);
        if class != last {
            out.push((c as u32) << 8 | u32::from(class));
        }
        last = class;
    }
    out
}

type Pairs = (Vec<u32>, Vec<u32>, Vec<u16>);

/// What composes but Hangul.
fn pairs() -> Result<Pairs, String> {
    let mut pairs = BTreeMap::new();
    for c in ('\0'..=char::MAX).filter(|c| !('\u{ac00}'..='\u{d7a3}').contains(c)) {
        let mut parts = Vec::new();
        decompose_canonical(c, |d| parts.push(d));
        let Some((&last, before)) = parts.split_last() else { continue };
        let Some((&first, middle)) = before.split_first() else { continue };
        let Some(first) = middle.iter().try_fold(first, |first, &mark| compose(first, mark)) else { continue };
        if compose(first, last) == Some(c) {
            if first as u32 >> 16 != c as u32 >> 16 {
                return Err(format!("{c:?} is of another plane than its letter"));
            }
            pairs.insert((last, first), c);
        }
    }
    let (mut seconds, mut firsts, mut composed) = (Vec::new(), Vec::new(), Vec::new());
    for ((second, first), c) in pairs {
        if seconds.last().is_none_or(|last| last >> 11 != second as u32) {
            let start = u32::try_from(firsts.len()).ok().filter(|start| *start < 1 << 11).ok_or("too many pairs")?;
            seconds.push((second as u32) << 11 | start);
        }
        firsts.push(first as u32);
        composed.push(c as u32 as u16);
    }
    Ok((seconds, firsts, composed))
}

fn table<T: LowerHex>(out: &mut String, name: &str, of: &str, doc: &str, values: &[T]) {
    let _ = writeln!(out, "/// {doc}\n#[rustfmt::skip]\npub(super) static {name}: [{of}; {}] = [", values.len());
    for row in values.chunks(14) {
        let row: Vec<String> = row.iter().map(|v| format!("{v:#x}")).collect();
        let _ = writeln!(out, "    {},", row.join(", "));
    }
    let _ = writeln!(out, "];");
}
