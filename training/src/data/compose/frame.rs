//! Requests around pasted material.

use std::fs;
use std::path::Path;

use edgewarden::scan::Origin;

use super::pool::lang;
use super::{composed, plant};
use crate::data::error::{Code, DataError};
use crate::data::own;
use crate::data::rng::Rng;
use crate::data::row::Row;

/// Requests with a place for the material.
pub(super) struct Frames(Vec<Row>);

impl Frames {
    /// Reads a file in the format of the project's texts; every line holds `<<text>>` once.
    pub(super) fn read(file: &Path) -> Result<Self, DataError> {
        let text = fs::read_to_string(file).map_err(|e| DataError::new(Code::Unreadable, file, 0, e.to_string()))?;
        Self::parse(file, &text)
    }

    fn parse(file: &Path, text: &str) -> Result<Self, DataError> {
        let frames = own::parse(file, "own/frames", text, 0)?;
        match frames.iter().position(|frame| frame.text.matches(PLACE).count() != 1) {
            Some(at) => Err(DataError::new(Code::Frame, file, 0, format!("frame {} holds <<text>> not once", at + 1))),
            None => Ok(Self(frames)),
        }
    }

    /// The material in a request that suits its kind, mostly in its language.
    pub(super) fn around(&self, material: &Row, rng: &mut Rng) -> Option<Row> {
        let suits = |f: &&Row| f.carrier.is_empty() || f.carrier == material.carrier;
        let fitting: Vec<_> = self.0.iter().filter(suits).collect();
        let speaking: Vec<_> = fitting.iter().filter(|f| lang(f) == lang(material)).copied().collect();
        let same = !speaking.is_empty() && rng.chance(SAME_LANGUAGE_PER_MILLE);
        let frame = *rng.pick(if same { &speaking } else { &fitting })?;
        let text = frame.text.replace(PLACE, material.text.trim());
        let row = composed(text, &[material], material)?;
        Some(Row { origin: Origin::User, ..row })
    }
}

/// What people paste.
pub(super) struct Material<'a> {
    attacks: Vec<&'a Row>,
    benign: Vec<&'a Row>,
    parts: &'a plant::Parts<'a>,
}

impl<'a> Material<'a> {
    pub(super) fn of(planted: &'a [Row], parts: &'a plant::Parts<'a>) -> Self {
        let short = planted.iter().filter(|r| r.text.len() <= LONGEST);
        let (attacks, benign) = short.partition(|r| r.attack);
        Self { attacks, benign, parts }
    }

    /// A planted document, or what is planted alone. Of honest material half of the documents have nothing planted.
    pub(super) fn pick(&self, attack: bool, rng: &mut Rng) -> Option<&'a Row> {
        let alone = rng.chance(ALONE_PER_MILLE);
        let untouched = rng.chance(500);
        match (attack, alone) {
            (true, true) => self.parts.payload(rng),
            (true, false) => rng.pick(&self.attacks).copied(),
            (false, true) => self.parts.sentence(None, rng),
            (false, false) if untouched => {
                let payload = self.parts.payload(rng)?;
                self.parts.host(lang(payload), rng).filter(|host| host.text.len() <= LONGEST)
            }
            (false, false) => rng.pick(&self.benign).copied(),
        }
    }
}

const PLACE: &str = "<<text>>";
const LONGEST: usize = 2000;
const ALONE_PER_MILLE: u32 = 150;
const SAME_LANGUAGE_PER_MILLE: u32 = 800;

#[cfg(test)]
mod tests {
    use super::super::PAYLOAD;
    use super::super::tests::row;
    use super::*;

    fn frames(text: &str) -> Result<Frames, DataError> {
        Frames::parse(Path::new("frames.txt"), &format!("@label benign\n{text}"))
    }

    #[test]
    fn request_is_the_users_and_suits_the_material() {
        let frames = frames("@carrier email\nmail: <<text>>\n@carrier code\ncode: <<text>>\n").unwrap();
        let material = row("Dear all", true, Origin::Retrieved, "own/a", "email");
        let made = frames.around(&material, &mut Rng::new(1)).unwrap();
        assert_eq!((made.text.as_str(), made.origin, made.attack), ("mail: Dear all", Origin::User, true));
        assert_eq!(made.carrier, "email");
        assert!(frames.around(&row("x", true, Origin::Tool, "own/a", PAYLOAD), &mut Rng::new(1)).is_none());
    }

    #[test]
    fn frame_without_exactly_one_place_is_refused() {
        assert_eq!(frames("no place\n").err().map(|e| e.code), Some(Code::Frame));
        assert_eq!(frames("<<text>> <<text>>\n").err().map(|e| e.code), Some(Code::Frame));
    }

    #[test]
    fn projects_own_frames_can_be_read() {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/frames.txt");
        assert!(Frames::read(&file).unwrap().0.len() >= 40);
    }
}
