//! First pass of the canonical view: what is skipped because it shows nothing or is noise inside a word.

use alloc::vec::Vec;

use super::super::Span;
use super::super::chars::{is_invisible, is_pictograph, is_unspaced, is_word_char};

/// What the first pass learnt.
#[derive(Default)]
pub(super) struct Survey {
    /// Source ranges the view leaves out: sorted, disjoint, on character boundaries.
    pub erased: Vec<Span>,
    /// Replacement characters inside words, which the mended view leaves out too: sorted, disjoint.
    pub holes: Vec<Span>,
    /// Whether the text has a character outside ASCII.
    pub non_ascii: bool,
    /// Whether regional indicators spell words rather than flags.
    pub spelling: bool,
}

/// Looks at each byte once; an ASCII text without special signs costs nothing but that.
pub(super) fn survey(text: &str) -> Survey {
    let mut s = Surveyor { text, bytes: text.as_bytes(), found: Survey::default() };
    s.run();
    s.found
}

struct Surveyor<'a> {
    text: &'a str,
    bytes: &'a [u8],
    found: Survey,
}

/// One member of a run that may be noise.
enum Noise {
    /// Shows nothing; `true` if it may belong to the pictograph before it.
    Invisible(bool),
    Pictograph,
    /// Emphasis sign or inline tag.
    Markup,
    /// U+FFFD, which decoders write for what they cannot read: a hole in a word, or a sign of its own.
    Replacement,
}

impl Surveyor<'_> {
    fn run(&mut self) {
        let mut at = 0;
        while let Some(rest) = self.bytes.get(at..) {
            let Some(skip) = rest.iter().position(|&b| class(b) != Class::Plain) else { break };
            at += skip;
            at = match class(self.byte(at)) {
                Class::Plain => at + 1,
                Class::NonAscii => {
                    self.found.non_ascii = true;
                    at + 1
                }
                Class::Suspect => self.suspect(at),
                Class::Escape => self.escape(at),
                Class::Rubout => self.rubout(at),
                Class::Backslash => self.literal_escape(at),
                Class::Markup => {
                    if let Some(len) = self.opening_tag(at) {
                        self.erase(Span::new(at, at + len));
                        at + len
                    } else if self.letter_before(at).is_some() {
                        self.noise(at)
                    } else {
                        at + 1
                    }
                }
                Class::Control => self.noise(at),
            };
        }
    }

    fn byte(&self, at: usize) -> u8 {
        self.bytes.get(at).copied().unwrap_or(0)
    }

    fn char_at(&self, at: usize) -> Option<char> {
        self.text.get(at..)?.chars().next()
    }

    /// A character whose first byte invisible characters, pictographs or regional indicators share.
    fn suspect(&mut self, at: usize) -> usize {
        self.found.non_ascii = true;
        if !may_be_noise(self.byte(at), self.byte(at + 1)) {
            return at + 2;
        }
        match self.char_at(at) {
            Some(c) if regional(c).is_some() => self.regional_run(at),
            // A filler stands for a space: the second pass writes it.
            Some(c) if (is_invisible(c) && !is_filler(c)) || is_pictograph(c) || c == char::REPLACEMENT_CHARACTER => {
                self.noise(at)
            }
            Some(c) => at + c.len_utf8(),
            None => at + 1,
        }
    }

    fn regional_run(&mut self, at: usize) -> usize {
        let mut end = at;
        let mut first = None;
        for letter in self.text.get(at..).unwrap_or("").chars().map_while(regional) {
            end += 4;
            first = match first {
                None => Some(letter),
                Some(f) => {
                    self.found.spelling |= !is_flag(f, letter);
                    None
                }
            };
        }
        self.found.spelling |= first.is_some();
        end
    }

    /// A run of invisible characters, pictographs, inline markup and replacement characters, judged by the letters around it.
    fn noise(&mut self, at: usize) -> usize {
        let mut end = at;
        while let Some((_, len)) = self.noise_item(end) {
            end += len;
        }
        if end == at {
            return at + 1;
        }
        let next = self.char_at(end).filter(|&c| is_letter(c));
        let between = self.letter_before(at).zip(next);
        let drop_pictographs = between.is_some_and(|(p, n)| {
            !is_unspaced(p) && !is_unspaced(n) && {
                let (left, right) = (self.letters_left(at), self.letters_right(end));
                // Longer parts are words that a pictograph sets apart.
                left.min(right) == 1 || left.max(right) == 2
            }
        });
        let inside = self.word_before(at) && self.char_at(end).is_some_and(is_word_char);
        let mut kept_pictograph = false;
        let mut i = at;
        while i < end {
            let Some((item, len)) = self.noise_item(i) else { break };
            let span = Span::new(i, i + len);
            let erase = match item {
                Noise::Invisible(joins) => !(joins && kept_pictograph),
                Noise::Pictograph => {
                    kept_pictograph = !drop_pictographs;
                    drop_pictographs
                }
                Noise::Markup => between.is_some(),
                Noise::Replacement => {
                    if inside {
                        cover(&mut self.found.holes, span);
                    }
                    false
                }
            };
            if erase {
                self.erase(span);
            }
            i += len;
        }
        end
    }

    fn noise_item(&self, at: usize) -> Option<(Noise, usize)> {
        let b = self.byte(at);
        match class(b) {
            Class::Control => (at < self.bytes.len()).then_some((Noise::Invisible(false), 1)),
            Class::Markup if b == b'<' => self.inline_tag(at).map(|len| (Noise::Markup, len)),
            Class::Markup => {
                let run = self.bytes.get(at..)?.iter().take(4).take_while(|&&x| x == b).count();
                // A lone underscore joins words of a name; four signs and more are a mask.
                let emphasis = run <= 3 && (b != b'_' || run >= 2);
                emphasis.then_some((Noise::Markup, run))
            }
            Class::Suspect => {
                let c = self.char_at(at)?;
                if is_invisible(c) && !is_filler(c) {
                    let joins = matches!(c as u32, 0x200d | 0xfe0e | 0xfe0f | 0xe0020..=0xe007f);
                    return Some((Noise::Invisible(joins), c.len_utf8()));
                }
                if c == char::REPLACEMENT_CHARACTER {
                    return Some((Noise::Replacement, c.len_utf8()));
                }
                (is_pictograph(c) && letter_sign(c).is_none()).then_some((Noise::Pictograph, c.len_utf8()))
            }
            _ => None,
        }
    }

    /// Length of an HTML tag or comment that does not break a line when shown.
    fn inline_tag(&self, at: usize) -> Option<usize> {
        let window = self.bytes.get(at + 1..)?;
        let window = window.get(..window.len().min(TAG_BYTES_MAX))?;
        let len = window.iter().position(|&b| matches!(b, b'>' | b'<' | b'\n'))?;
        let inside = window.get(..len).filter(|_| window.get(len) == Some(&b'>'))?;
        let name = inside.strip_prefix(b"/").unwrap_or(inside);
        let name_len = name.iter().take_while(|b| b.is_ascii_alphanumeric()).count();
        let named = name.first().is_some_and(u8::is_ascii_alphabetic)
            && name.get(name_len).is_none_or(|b| b.is_ascii_whitespace() || *b == b'/');
        let block = name.get(..name_len).is_some_and(|n| BLOCK_TAGS.iter().any(|t| n.eq_ignore_ascii_case(t)));
        ((named && !block) || inside.starts_with(b"!--")).then_some(len + 2)
    }

    /// Length of a tag that opens where a word begins and closes inside it: `<b>ign</b>ore`.
    fn opening_tag(&self, at: usize) -> Option<usize> {
        let rest = self.bytes.get(at..)?.strip_prefix(b"<")?;
        let letters = |b: &[u8]| b.iter().take(PART_MAX).take_while(|b| b.is_ascii_alphabetic()).count();
        let name = rest.get(..letters(rest))?;
        let part = rest.get(name.len()..)?.strip_prefix(b">")?;
        let close = part.get(letters(part)..)?.strip_prefix(b"</")?;
        let after = close.strip_prefix(name)?.strip_prefix(b">")?;
        after.first().is_some_and(u8::is_ascii_alphabetic).then_some(name.len() + 2)
    }

    fn letter_before(&self, at: usize) -> Option<char> {
        self.char_before(at).filter(|&c| is_letter(c))
    }

    fn word_before(&self, at: usize) -> bool {
        self.char_before(at).is_some_and(is_word_char)
    }

    /// The last character before `at` that the view keeps.
    fn char_before(&self, at: usize) -> Option<char> {
        let at = self.found.erased.last().filter(|s| s.end == at).map_or(at, |s| s.start);
        self.text.get(..at)?.chars().next_back()
    }

    fn letters_left(&self, at: usize) -> usize {
        self.text.get(..at).unwrap_or("").chars().rev().take(3).take_while(|&c| is_letter(c)).count()
    }

    fn letters_right(&self, at: usize) -> usize {
        self.text.get(at..).unwrap_or("").chars().take(3).take_while(|&c| is_letter(c)).count()
    }

    /// Terminal control sequences (ECMA-48). The text of an OSC stays unless it is short and has no space.
    fn escape(&mut self, at: usize) -> usize {
        let rest = self.bytes.get(at + 1..).unwrap_or(&[]);
        let len = match rest.first() {
            Some(b'[') => 1 + rest.get(1..).and_then(csi_len).unwrap_or(0),
            Some(b']') => osc_len(rest),
            Some(0x20..=0x2f) => {
                let mid = rest.iter().take(4).take_while(|b| (0x20..=0x2f).contains(*b)).count();
                mid + usize::from(rest.get(mid).is_some_and(|b| (0x30..=0x7e).contains(b)))
            }
            Some(0x30..=0x7e) => 1,
            _ => 0,
        };
        self.erase(Span::new(at, at + 1 + len));
        at + 1 + len
    }

    /// The same sequences spelt out, as in `\x1b[31m`.
    fn literal_escape(&mut self, at: usize) -> usize {
        let rest = self.bytes.get(at + 1..).unwrap_or(&[]);
        let escape = LITERAL_ESCAPES.iter().find(|e| rest.get(..e.len()).is_some_and(|r| r.eq_ignore_ascii_case(e)));
        let len = escape.and_then(|e| csi_len(rest.get(e.len()..)?).map(|n| e.len() + n));
        match len {
            Some(len) => {
                self.erase(Span::new(at, at + 1 + len));
                at + 1 + len
            }
            None => at + 1,
        }
    }

    /// Backspace or delete: takes the nearest character that still stands before it.
    fn rubout(&mut self, at: usize) -> usize {
        let before = self.found.erased.last().filter(|s| s.end == at).map_or(at, |s| s.start);
        let victim = self.text.get(..before).and_then(|t| t.chars().next_back());
        let start = before - victim.map_or(0, char::len_utf8);
        let mut span = Span::new(start, at + 1);
        while let Some(last) = self.found.erased.pop_if(|s| s.end >= start) {
            span = span.cover(last);
        }
        self.found.erased.push(span);
        at + 1
    }

    fn erase(&mut self, span: Span) {
        cover(&mut self.found.erased, span);
    }
}

impl Survey {
    /// The same with the holes left out, so that the words around them are read through.
    pub(super) fn mended(mut self) -> Self {
        self.erased.append(&mut self.holes);
        self.erased.sort_unstable_by_key(|s| s.start);
        let mut merged = Vec::with_capacity(self.erased.len());
        for span in self.erased {
            cover(&mut merged, span);
        }
        Self { erased: merged, ..self }
    }
}

/// Adds a span that starts at or after all of `spans`, and joins it with the last if they touch.
fn cover(spans: &mut Vec<Span>, span: Span) {
    match spans.last_mut() {
        Some(last) if last.end >= span.start => *last = last.cover(span),
        _ => spans.push(span),
    }
}

/// Whether a character that starts with these two bytes can be invisible, a pictograph or a regional indicator.
fn may_be_noise(first: u8, second: u8) -> bool {
    match first {
        0xc2 => second == 0xad,
        0xcd => second == 0x8f,
        0xd8 => second == 0x9c,
        0xe1 => matches!(second, 0x9e | 0xa0),
        0xe2 => matches!(second, 0x80 | 0x81 | 0x86..=0xaf),
        0xe3 => matches!(second, 0x80 | 0x8a),
        0xef => second >= 0xb8,
        _ => true,
    }
}

fn is_letter(c: char) -> bool {
    is_word_char(c) && !c.is_ascii_digit()
}

/// Hangul fillers, which stand for a space.
pub(super) fn is_filler(c: char) -> bool {
    matches!(c, '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}')
}

/// The small letter a regional indicator stands for.
pub(super) fn regional(c: char) -> Option<u8> {
    let i = (c as u32).checked_sub(0x1f1e6).filter(|&i| i < 26)?;
    Some(b'a' + i as u8)
}

/// The small letter inside a parenthesised, circled or squared letter that NFKC leaves alone or unfolds to three signs.
pub(super) fn letter_sign(c: char) -> Option<char> {
    let code = c as u32;
    let first = match code {
        0x249c..=0x24b5 => 0x249c,
        0x1f110..=0x1f129 => 0x1f110,
        0x1f150..=0x1f169 => 0x1f150,
        0x1f170..=0x1f189 => 0x1f170,
        _ => return None,
    };
    Some(char::from(b'a' + (code - first) as u8))
}

/// Length of what follows `[` in a control sequence, up to and with its final byte.
fn csi_len(rest: &[u8]) -> Option<usize> {
    let window = rest.get(..rest.len().min(CSI_BYTES_MAX))?;
    let len = window.iter().position(|b| !(0x20..=0x3f).contains(b))?;
    window.get(len).filter(|b| (0x40..=0x7e).contains(*b))?;
    Some(len + 1)
}

fn osc_len(rest: &[u8]) -> usize {
    let window = rest.get(..rest.len().min(OSC_BYTES_MAX)).unwrap_or(&[]);
    match window.iter().position(|&b| b <= b' ') {
        Some(end) if window.get(end) == Some(&0x07) => end + 1,
        Some(end) if window.get(end..end + 2) == Some(b"\x1b\\") => end + 2,
        _ => 1 + window.iter().skip(1).take_while(|b| b.is_ascii_digit() || **b == b';').count(),
    }
}

fn is_flag(a: u8, b: u8) -> bool {
    FLAGS.chunks_exact(2).any(|f| f == [a, b])
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Plain,
    NonAscii,
    Suspect,
    Escape,
    Rubout,
    Backslash,
    Markup,
    Control,
}

fn class(b: u8) -> Class {
    CLASSES.get(b as usize).copied().unwrap_or(Class::Plain)
}

static CLASSES: [Class; 256] = {
    let mut table = [Class::Plain; 256];
    let mut i = 0;
    while i < 256 {
        #[allow(clippy::indexing_slicing, reason = "constant evaluation")]
        {
            table[i] = match i as u8 {
                0x08 | 0x7f => Class::Rubout,
                b'\t' | b'\n' | 0x0b | 0x0c | b'\r' => Class::Plain,
                0x1b => Class::Escape,
                0..=0x1f => Class::Control,
                b'\\' => Class::Backslash,
                b'*' | b'_' | b'~' | b'`' | b'<' => Class::Markup,
                0xc2 | 0xcd | 0xd8 | 0xe1..=0xe3 | 0xef | 0xf0 | 0xf3 => Class::Suspect,
                0xc0..=0xff => Class::NonAscii,
                _ => Class::Plain,
            };
        }
        i += 1;
    }
    table
};

const TAG_BYTES_MAX: usize = 40;
const CSI_BYTES_MAX: usize = 40;
const OSC_BYTES_MAX: usize = 64;
const LITERAL_ESCAPES: [&[u8]; 6] = [b"x1b[", b"u001b[", b"033[", b"e[", b"u{1b}[", b"x{1b}["];
/// Letters of a part of a word, and of the name of a tag.
const PART_MAX: usize = 24;
const BLOCK_TAGS: [&[u8]; 24] = [
    b"br",
    b"p",
    b"div",
    b"li",
    b"ul",
    b"ol",
    b"td",
    b"th",
    b"tr",
    b"table",
    b"hr",
    b"h1",
    b"h2",
    b"h3",
    b"h4",
    b"h5",
    b"h6",
    b"pre",
    b"section",
    b"article",
    b"blockquote",
    b"body",
    b"title",
    b"option",
];

/// Region codes with a flag, two letters each.
static FLAGS: &[u8] = b"acadaeafagaialamaoaqarasatauawaxazbabbbdbebfbgbhbibjblbmbnbobqbrbsbtbvbwbybzcacccdcfcgchcick\
clcmcncocpcrcucvcwcxcyczdedgdjdkdmdodzeaeceeegehereseteufifjfkfmfofrgagbgdgegfggghgiglgmgngpgqgrgsgtgugwgyhkhmhnhrhthu\
icidieiliminioiqirisitjejmjojpkekgkhkikmknkpkrkwkykzlalblclilklrlsltlulvlymamcmdmemfmgmhmkmlmmmnmompmqmrmsmtmumvmwmxmymz\
nancnenfngninlnonpnrnunzompapepfpgphpkplpmpnprpsptpwpyqarerorsrurwsasbscsdsesgshsisjskslsmsnsosrssstsvsxsysztatctdtftgth\
tjtktltmtntotrtttvtwtzuaugumunusuyuzvavcvevgvivnvuwfwsxkyeytzazmzw";
