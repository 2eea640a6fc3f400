//! Claims and times.

use serde_json::{Value, json};

use super::{AUDIENCE, Cases, HEADER, ISSUER, Keys, NOW_SECS, With, claims};

pub fn write(keys: &Keys, cases: &mut Cases) -> Result<(), String> {
    names(keys, cases)?;
    times(keys, cases)
}

fn names(keys: &Keys, cases: &mut Cases) -> Result<(), String> {
    let with = With::usual(keys);
    let exp = NOW_SECS + 300;
    let mut add = |verdict: &str, name: &str, payload: String| {
        cases.add(verdict, name, keys.ed(HEADER, &payload)?, &with);
        Ok::<(), String>(())
    };
    let issued_by = |iss: Value| format!(r#"{{"iss":{iss},"aud":"{AUDIENCE}","exp":{exp}}}"#);
    add("claim_mismatch", "another issuer", issued_by(json!("https://evil.example")))?;
    add("claim_mismatch", "issuer with a slash more", issued_by(json!(format!("{ISSUER}/"))))?;
    add("bad_claim_type", "issuer is a list", issued_by(json!([ISSUER])))?;
    add("missing_claim", "no issuer", format!(r#"{{"aud":"{AUDIENCE}","exp":{exp}}}"#))?;
    let for_whom = |aud: Value| format!(r#"{{"iss":"{ISSUER}","aud":{aud},"exp":{exp}}}"#);
    add("claim_mismatch", "another audience", for_whom(json!("https://other.example")))?;
    add("claim_mismatch", "audience in part", for_whom(json!(format!("{AUDIENCE}/v2"))))?;
    add("ok", "audience among others", for_whom(json!(["https://other.example", AUDIENCE])))?;
    add("claim_mismatch", "no audience in the list", for_whom(json!([])))?;
    add("bad_claim_type", "audience among numbers", for_whom(json!([AUDIENCE, 1])))?;
    add("bad_claim_type", "audience is an object", for_whom(json!({AUDIENCE: true})))?;
    add("missing_claim", "no audience", format!(r#"{{"iss":"{ISSUER}","exp":{exp}}}"#))?;
    add("ok", "text beyond ASCII", claims(r#","sub":"ä\u00e4😀\ud83d\ude00""#))?;
    let sub = |more: &str| keys.ed(HEADER, &claims(more));
    let requires = with.options(json!({"require": ["sub"]}));
    cases.add("ok", "required claim is there", sub(r#","sub":"ada""#)?, &requires);
    cases.add("missing_claim", "required claim is missing", sub("")?, &requires);
    cases.add(
        "missing_claim",
        "required claim is null",
        sub(r#","x":null"#)?,
        &with.options(json!({"require": ["x"]})),
    );
    Ok(())
}

fn times(keys: &Keys, cases: &mut Cases) -> Result<(), String> {
    let with = With::usual(keys);
    let without_exp = |more: &str| format!(r#"{{"iss":"{ISSUER}","aud":"{AUDIENCE}"{more}}}"#);
    let expires = |exp: &str| keys.ed(HEADER, &without_exp(&format!(r#","exp":{exp}"#)));
    let plain = keys.ed(HEADER, &claims(""))?;
    let exp_ms = (NOW_SECS + 300) * 1000;
    let exact = with.options(json!({"leewaySecs": 0}));
    cases.add("ok", "last millisecond", plain.as_str(), &exact.at_ms(exp_ms - 1));
    cases.add("token_expired", "the millisecond of its end", plain.as_str(), &exact.at_ms(exp_ms));
    cases.add("ok", "last millisecond with leeway", plain.as_str(), &with.at_ms(exp_ms + 59_999));
    cases.add("token_expired", "end with leeway", plain.as_str(), &with.at_ms(exp_ms + 60_000));
    cases.add("ok", "before the clock was set", plain.as_str(), &with.at_ms(0));
    cases.add("missing_claim", "no end", keys.ed(HEADER, &without_exp(""))?, &with);
    let forever = with.options(json!({"withoutExpiry": true}));
    cases.add("ok", "no end where none is needed", keys.ed(HEADER, &without_exp(""))?, &forever);
    cases.add("token_expired", "end where none is needed", plain.as_str(), &forever.at_ms(exp_ms + 60_000));
    cases.add("bad_claim_type", "end is a string", expires("\"1700000300\"")?, &with);
    cases.add("bad_claim_type", "end before 1970", expires("-1")?, &with);
    cases.add("bad_claim_type", "end beyond every number", expires("1e400")?, &with);
    cases.add("bad_claim_type", "end at 2^53", expires("9007199254740992")?, &with);
    cases.add("ok", "end just below 2^53", expires("9007199254740991")?, &with);
    cases.add("ok", "end with an exponent", expires("1.7000003e9")?, &with);
    cases.add("token_expired", "end with a fraction", expires("1700000300.9")?, &exact.at_ms(exp_ms));
    let more = |name: &str, secs: u64| keys.ed(HEADER, &claims(&format!(r#","{name}":{secs}"#)));
    let begins = more("nbf", NOW_SECS)?;
    cases.add("ok", "first millisecond", begins.as_str(), &exact);
    cases.add(
        "token_not_yet_valid",
        "millisecond before it begins",
        begins.as_str(),
        &exact.at_ms(NOW_SECS * 1000 - 1),
    );
    cases.add("ok", "first millisecond with leeway", begins.as_str(), &with.at_ms((NOW_SECS - 60) * 1000));
    let early = with.at_ms((NOW_SECS - 60) * 1000 - 1);
    cases.add("token_not_yet_valid", "before it begins with leeway", begins.as_str(), &early);
    cases.add("bad_claim_type", "begins after its end", more("nbf", NOW_SECS + 301)?, &with.at_ms(exp_ms));
    let issued = more("iat", NOW_SECS)?;
    cases.add("ok", "issued a minute ahead", issued.as_str(), &with.at_ms((NOW_SECS - 60) * 1000));
    cases.add("issued_in_future", "issued more than a minute ahead", issued.as_str(), &early);
    cases.add("bad_claim_type", "issued at a truth", keys.ed(HEADER, &claims(r#","iat":true"#))?, &with);
    let aged = with.options(json!({"ageSecsMax": 100}));
    cases.add("ok", "as old as may be", issued.as_str(), &aged.at_ms((NOW_SECS + 160) * 1000));
    cases.add("token_too_old", "older than may be", issued.as_str(), &aged.at_ms((NOW_SECS + 160) * 1000 + 1));
    cases.add("missing_claim", "age that nobody knows", plain.as_str(), &aged);
    Ok(())
}
