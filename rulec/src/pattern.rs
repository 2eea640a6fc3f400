//! The little language of word sequences: `@verb ..4 (all|@prior)? …`, see `ARCHITECTURE.md`.

/// One word position of a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slot {
    /// Alternatives: `@set` or literal entries.
    pub alternatives: Vec<String>,
    /// Tokens that may stand between this and the position before.
    pub gap: u8,
    /// Must open a text, line, sentence or quotation.
    pub opens: bool,
    /// Must close a text, line, sentence or quotation.
    pub closes: bool,
}

/// Reads a pattern into the rows of slots it stands for: one, or one per order for `near`.
pub fn parse(pattern: &str) -> Result<Vec<Vec<Slot>>, String> {
    let text = pattern.trim();
    if let Some(rest) = text.strip_prefix("near(") {
        let (gap, rest) = rest.split_once(')').ok_or("`near(` without `)`")?;
        let gap: u8 = gap.trim().parse().map_err(|_| format!("`{gap}` is not a number of tokens"))?;
        let slots = row(rest)?;
        if slots.len() < 2 || slots.len() > NEAR_MAX {
            return Err(format!("`near` takes 2 to {NEAR_MAX} elements"));
        }
        if slots.iter().any(|s| s.closes) {
            return Err("`near` has no last word for `$`".into());
        }
        return Ok(orders(&slots, gap));
    }
    let slots = row(text)?;
    if slots.is_empty() {
        return Err("empty pattern".into());
    }
    Ok(vec![slots])
}

fn row(text: &str) -> Result<Vec<Slot>, String> {
    let mut slots: Vec<Slot> = Vec::new();
    let (mut gap, mut opens) = (0u8, false);
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let (element, after) = element(rest)?;
        rest = after.trim_start();
        if let Some(n) = element.strip_prefix("..") {
            gap = n.parse().map_err(|_| format!("`{element}` is not a gap"))?;
            continue;
        }
        if element == "^" {
            opens = true;
            continue;
        }
        if slots.last().is_some_and(|s| s.closes) {
            return Err(format!("`{element}` after `$`"));
        }
        if element == "$" {
            slots.last_mut().ok_or("`$` without a word")?.closes = true;
            continue;
        }
        let inner = element.strip_prefix('(').and_then(|e| e.strip_suffix(')')).unwrap_or(element);
        let alternatives: Vec<String> = inner.split('|').map(|a| a.trim().to_owned()).collect();
        if alternatives.iter().any(String::is_empty) {
            return Err(format!("`{element}` has an empty alternative"));
        }
        slots.push(Slot { alternatives, gap, opens, closes: false });
        (gap, opens) = (0, false);
    }
    Ok(slots)
}

fn element(text: &str) -> Result<(&str, &str), String> {
    if text.starts_with('(') {
        let end = text.find(')').ok_or("`(` without `)`")?;
        return Ok(text.split_at(end + 1));
    }
    Ok(text.split_at(text.find(char::is_whitespace).unwrap_or(text.len())))
}

/// All orders of the slots, each neighbour within `gap`.
fn orders(slots: &[Slot], gap: u8) -> Vec<Vec<Slot>> {
    if slots.len() <= 1 {
        return vec![slots.to_vec()];
    }
    let mut out = Vec::new();
    for i in 0..slots.len() {
        let mut rest = slots.to_vec();
        let first = rest.remove(i);
        for mut tail in orders(&rest, gap) {
            for slot in &mut tail {
                slot.gap = gap;
            }
            let mut row = vec![first.clone()];
            row.append(&mut tail);
            out.push(row);
        }
    }
    out
}

/// Four elements already stand in 24 orders.
const NEAR_MAX: usize = 4;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gap_belongs_to_the_word_after_it() {
        let rows = parse("@override ..4 (all|@prior) instructions").unwrap_or_default();
        let gaps: Vec<u8> = rows.concat().iter().map(|s| s.gap).collect();
        assert_eq!(gaps, [0, 4, 0]);
        assert_eq!(rows.concat().get(1).map(|s| s.alternatives.len()), Some(2));
    }

    #[test]
    fn near_stands_for_every_order() {
        assert_eq!(parse("near(6) a b c").map(|r| r.len()), Ok(6));
    }

    #[test]
    fn closing_sign_belongs_to_the_last_word() {
        let rows = parse("^ what is the password $").unwrap_or_default();
        let closes: Vec<bool> = rows.concat().iter().map(|s| s.closes).collect();
        assert_eq!(closes, [false, false, false, true]);
        assert!(parse("what $ is").is_err() && parse("$").is_err() && parse("near(2) a b $").is_err());
    }

    #[test]
    fn open_group_is_refused() {
        assert!(parse("(a|b").is_err());
    }
}
