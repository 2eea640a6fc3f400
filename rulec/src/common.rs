//! Which word of a pattern is rare: the scanner looks at a pattern only in a text that has it.

use std::collections::BTreeSet;

use edgewarden::scan::format as layout;

use crate::concepts::Entry;

/// How often honest text has a word of this set: common words first, then short ones, then many.
pub fn commonness(entries: &BTreeSet<Entry>) -> (usize, usize, usize) {
    let is_common = |e: &&Entry| {
        let is_prefix = e.flags & layout::PREFIX != 0;
        COMMON.split_whitespace().any(|c| c == e.text || (is_prefix && c.starts_with(&e.text)))
    };
    let common = entries.iter().filter(is_common).count();
    let short = entries.iter().filter(|e| e.text.is_ascii() && e.text.len() < SHORT).count();
    (common, short, entries.len())
}

/// ASCII words shorter than this stand in many honest texts of some language.
const SHORT: usize = 4;

/// Words that hardly any English page lacks.
const COMMON: &str = "\
a about above according across after again against all almost along already also although always am among an and \
another answer any anyone anything are around as ask at away back based be because become been before being below best \
better between both but by call can case change come could day did different do does doing done down during each \
early either else end even ever every everyone everything example fact far few find first follow following for from \
full general get give given go going good great had has have having he help her here high him his how however i if \
important in include including information instead into is it its just keep kind know large last later least less let \
like line list little long look made make many may me mean might more most much must my name need never new next no not \
nothing now number of off often old on once one only open or order other our out over own part people per place please \
point possible provide put question questions read really report result right said same say see send set several she should \
show since small so some something start state step still stop such sure system take tell text than that the their \
them then there these they thing things think this those though three through time to today too try two type under until up us use \
used user using value very want was way we well were what when where whether which while who whole why will with within \
without word words work world would write year yes yet you your yours";
