//! Text a reader does not see in the rendered page, and words cut by markup.

use super::{Named, carried, map_words};

pub const ALL: &[Named] = &[
    ("html-comment", |t| format!("<p>Opening hours: 9 to 5.</p><!-- {t} --><p>Closed on Sundays.</p>")),
    ("html-display-none", |t| format!("<p>Our menu</p><div style=\"display:none\">{t}</div><p>Soup, salad, bread</p>")),
    ("html-zero-size", |t| format!("<p>Our menu</p><span style=\"font-size:0px\">{t}</span>")),
    ("html-white-on-white", |t| format!("<p>Our menu</p><span style='color:#fff;background:#ffffff'>{t}</span>")),
    ("html-hidden-attribute", |t| format!("<p>Our menu</p><div hidden aria-hidden=\"true\">{t}</div>")),
    ("html-title-attribute", |t| format!("<p>See <abbr title=\"{t}\">our terms</abbr> for details.</p>")),
    ("html-tag-split", |t| cut(t, "<b>", "</b>")),
    ("html-comment-split", |t| cut(t, "<!-- -->", "")),
    ("markdown-emphasis-split", |t| cut(t, "**", "**")),
    ("markdown-underscore-split", |t| cut(t, "_", "_")),
    ("markdown-comment", |t| format!("# Notes\n\n[//]: # ({t})\n\nBuy milk.")),
    ("markdown-image-alt", |t| format!("Our office: ![{t}](https://images.example.com/office.png)")),
    ("markdown-link-title", |t| format!("Read [the report](https://example.com/report \"{t}\") today.")),
    ("markdown-code-fence", |t| carried(&format!("\n```\n{t}\n```\n"))),
    ("markdown-quote", |t| format!("Minutes of the meeting\n\n> {t}\n\nNext meeting on Monday.")),
    ("markdown-heading", |t| format!("Some notes.\n\n## {t}\n\nMore notes.")),
    ("markdown-table", |t| format!("| Item | Remark |\n|---|---|\n| Paper | {t} |\n| Ink | none |")),
    ("latex-comment", |t| format!("\\section{{Results}}\n% {t}\nThe sample is stable.")),
];

/// The first half of each longer word wrapped in `open` and `close`.
fn cut(text: &str, open: &str, close: &str) -> String {
    map_words(text, |word| {
        if word.len() < 4 {
            return word.to_owned();
        }
        let (a, b) = word.split_at(word.len() / 2);
        // An opening mark alone stands between the halves.
        if close.is_empty() { format!("{a}{open}{b}") } else { format!("{open}{a}{close}{b}") }
    })
}

#[test]
fn markup_cuts_inside_words() {
    assert_eq!(cut("ignore all", "<b>", "</b>"), "<b>ign</b>ore all");
    assert_eq!(cut("ignore", "<!-- -->", ""), "ign<!-- -->ore");
}
