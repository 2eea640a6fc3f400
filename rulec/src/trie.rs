//! Writes the radix trie that `edgewarden`'s lexicon reads in place. The layout is described there.

use std::collections::BTreeMap;

use edgewarden::scan::format as layout;

/// One value of a spelling.
#[derive(Clone, Copy, Debug)]
pub struct Value {
    /// Flags of the entry.
    pub flags: u8,
    /// Words in it.
    pub tokens: u8,
    /// Number of the payload list.
    pub payload: u16,
}

type Entries<'a> = [(&'a [u8], &'a [Value])];

/// Index and trie of the entries.
pub fn write(values: &BTreeMap<Vec<u8>, Vec<Value>>) -> Result<(Vec<u8>, Vec<u8>), String> {
    let all: Vec<(&[u8], &[Value])> = values.iter().map(|(k, v)| (k.as_slice(), v.as_slice())).collect();
    let mut classes = [0u8; layout::CLASSES];
    for (text, _) in &all {
        for byte in text.iter().take(2) {
            classes[*byte as usize] = 1;
        }
    }
    let mut width = 0u8;
    for class in classes.iter_mut().filter(|c| **c == 1) {
        width = width.checked_add(1).ok_or("more than 255 first bytes")?;
        *class = width;
    }
    let side = width as usize;
    // Column 0 is for entries of a single byte.
    let mut pairs = vec![0u32; side * (side + 1)];
    // Offset zero means "no entry".
    let mut trie = vec![0u8];
    for group in all.chunk_by(|a, b| a.0.iter().take(2).eq(b.0.iter().take(2))) {
        let key = group[0].0;
        let column = key.get(1).map_or(0, |b| classes[*b as usize] as usize);
        let cell = (classes[key[0] as usize] as usize - 1) * (side + 1) + column;
        pairs[cell] = trie.len() as u32;
        let rest: Vec<_> = group.iter().map(|(text, values)| (&text[text.len().min(2)..], *values)).collect();
        node(&rest, &mut trie)?;
    }
    let mut index = classes.to_vec();
    index.extend(u16::from(width).to_le_bytes());
    index.extend(pairs.iter().flat_map(|p| p.to_le_bytes()));
    Ok((index, trie))
}

/// Writes the node under which `entries`, sorted, continue.
fn node(entries: &Entries<'_>, out: &mut Vec<u8>) -> Result<(), String> {
    let first = entries[0].0;
    let last = entries[entries.len() - 1].0;
    let label = first.iter().zip(last).take_while(|(a, b)| a == b).count();
    let own = entries.iter().take_while(|(text, _)| text.len() == label).count();
    let groups: Vec<_> = entries[own..].chunk_by(|a, b| a.0[label] == b.0[label]).collect();
    let short_label = if label < layout::LABEL_LONG as usize { label as u8 } else { layout::LABEL_LONG };
    let few = if groups.len() < layout::CHILDREN_MANY as usize { groups.len() as u8 } else { layout::CHILDREN_MANY };
    out.push(short_label | if own > 0 { layout::HAS_VALUE } else { 0 } | few << 4);
    if short_label == layout::LABEL_LONG {
        out.push(label as u8);
    }
    out.extend(&first[..label]);
    let values: Vec<&Value> = entries[..own].iter().flat_map(|(_, values)| values.iter()).collect();
    for (i, value) in values.iter().enumerate() {
        let more = if i + 1 < values.len() { layout::MORE } else { 0 };
        let few = value.tokens.min(layout::TOKENS_MANY);
        out.push(value.flags | more | few << 4);
        out.extend(value.payload.to_le_bytes());
        if few == layout::TOKENS_MANY {
            out.push(value.tokens);
        }
    }
    if few == layout::CHILDREN_MANY {
        out.push(u8::try_from(groups.len()).map_err(|_| "a node with more than 255 children")?);
    }
    // First bytes, then where each child but the first begins, counted from the first.
    out.extend(groups.iter().map(|group| group[0].0[label]));
    let mut children = Vec::new();
    for group in &groups {
        let at = u16::try_from(children.len()).map_err(|_| "a trie node of more than 64 KiB")?;
        // The first child begins where the children begin.
        if at > 0 {
            out.extend(at.to_le_bytes());
        }
        let rest: Vec<_> = group.iter().map(|(text, values)| (&text[label + 1..], *values)).collect();
        node(&rest, &mut children)?;
    }
    out.extend(children);
    Ok(())
}
