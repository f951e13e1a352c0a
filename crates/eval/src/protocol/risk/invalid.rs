//! Numbers that no plan has, made by rules that do not rest on the metadata under
//! test.

/// Country codes that the ITU has given to nobody, or keeps spare (E.164 list of
/// assigned codes).
const UNASSIGNED: &[&str] = &[
    "210", "214", "215", "217", "219", "259", "280", "281", "282", "283", "284", "285", "286",
    "287", "288", "289", "292", "293", "294", "295", "296", "384", "693", "694", "695", "696",
    "697", "698", "699", "801", "802", "803", "804", "805", "806", "807", "809", "851", "854",
    "857", "858", "859", "871", "872", "873", "874", "889", "990", "997", "999",
];

/// Numbers by the way in which they are wrong. `valid` are country codes and national
/// numbers that are right.
pub(super) fn numbers(valid: &[(&str, &str)]) -> Vec<(&'static str, String)> {
    let mut all = Vec::new();
    for (code, national) in valid {
        // E.164: fifteen digits at most. Two plans go beyond; none has twenty.
        let length = code.len() + national.len();
        let more = "7294618350".chars().cycle().take(20usize.saturating_sub(length).max(1));
        all.push(("too_long", format!("+{code}{national}{}", more.collect::<String>())));
        let two: String = national.chars().take(2).collect();
        all.push(("too_short", format!("+{code}{two}")));
        all.push(("words", format!("+{code} call {national}")));
        all.push(("two_pluses", format!("+{code}+{national}")));
    }
    for code in UNASSIGNED {
        for body in ["12345678", "201234567", "7946000123", "512345"] {
            all.push(("no_such_country", format!("+{code}{body}")));
        }
    }
    // North America: neither an area nor an exchange begins with 0 or 1, and no area
    // ends in 11.
    for last in 0..50 {
        all.push(("no_such_area", format!("+10{:02}5552{last:03}", last + 12)));
        all.push(("no_such_area", format!("+11{:02}5552{last:03}", last + 12)));
        all.push(("no_such_exchange", format!("+1202055{last:04}")));
        all.push(("no_such_exchange", format!("+1202155{last:04}")));
        all.push(("service_code_for_area", format!("+1{}115552{last:03}", 2 + last % 8)));
        // Spain has nothing that begins with 2 or 3.
        all.push(("no_such_range", format!("+342123456{last:02}")));
        all.push(("no_such_range", format!("+343123456{last:02}")));
    }
    all
}
