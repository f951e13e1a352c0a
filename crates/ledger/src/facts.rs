//! What a step may say of itself.

use bonafide_context::Keeper;
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

/// Facts of a step for the operation log: a request, a response or what was
/// found on the way, with nothing personal in it.
///
/// Names and codes are texts of the program (`&'static str`), so that no text
/// of a caller fits; a code that is not written like one (letters, digits and
/// `_ . - / :`, at most 64) is replaced by `unprintable`. The rest are numbers
/// and flags: what the program counted or measured.
///
/// ```
/// use bonafide_ledger::Facts;
///
/// let facts = Facts::new()
///     .code("kind", "passport")
///     .size("bytes", 48_213)
///     .flag("mrz", true)
///     .number("sharpness", 0.81);
/// ```
///
/// A text of the caller does not compile:
///
/// ```compile_fail,E0308
/// let surname = String::from("ERIKSSON");
/// let facts = bonafide_ledger::Facts::new().code("surname", surname);
/// ```
///
/// Nor does one that is borrowed:
///
/// ```compile_fail,E0597
/// let facts = {
///     let surname = String::from("ERIKSSON");
///     bonafide_ledger::Facts::new().code("surname", surname.as_str())
/// };
/// ```
///
/// Nor one of a wrapped type:
///
/// ```compile_fail,E0308
/// let surname = bonafide_context::Sensitive::new("ERIKSSON".to_owned());
/// let facts = bonafide_ledger::Facts::new().code("surname", surname);
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Facts(Vec<(&'static str, Fact)>);

#[derive(Clone, Debug, PartialEq)]
enum Fact {
    Code(&'static str),
    Codes(Vec<&'static str>),
    Flag(bool),
    Count(u64),
    Number(f64),
}

/// More facts than this of one step are left out: a log is no place for data.
const MOST: usize = 32;

impl Facts {
    /// No facts yet.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// A code: a reason, a kind, a name that the program gave.
    #[must_use]
    pub fn code(self, name: &'static str, code: &'static str) -> Self {
        self.with(name, Fact::Code(checked(code)))
    }

    /// Several codes, in order.
    #[must_use]
    pub fn codes(self, name: &'static str, codes: impl IntoIterator<Item = &'static str>) -> Self {
        let codes = codes.into_iter().take(MOST).map(checked).collect();
        self.with(name, Fact::Codes(codes))
    }

    /// Whether something holds.
    #[must_use]
    pub fn flag(self, name: &'static str, holds: bool) -> Self {
        self.with(name, Fact::Flag(holds))
    }

    /// How many, or how long in a unit that the name tells (`wait_ms`).
    #[must_use]
    pub fn count(self, name: &'static str, count: u64) -> Self {
        self.with(name, Fact::Count(count))
    }

    /// How large: bytes, pixels, elements.
    #[must_use]
    pub fn size(self, name: &'static str, size: usize) -> Self {
        self.count(name, u64::try_from(size).unwrap_or(u64::MAX))
    }

    /// A measurement, kept to four decimals; one that is not finite is left
    /// out.
    #[must_use]
    pub fn number(self, name: &'static str, number: f64) -> Self {
        let rounded = (number * 1e4).round() / 1e4;
        if rounded.is_finite() { self.with(name, Fact::Number(rounded)) } else { self }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn with(mut self, name: &'static str, fact: Fact) -> Self {
        let name = checked(name);
        if let Some((_, old)) = self.0.iter_mut().find(|(known, _)| *known == name) {
            *old = fact;
        } else if self.0.len() < MOST {
            self.0.push((name, fact));
        }
        self
    }
}

impl Serialize for Facts {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, fact) in &self.0 {
            match fact {
                Fact::Code(code) => map.serialize_entry(name, code)?,
                Fact::Codes(codes) => map.serialize_entry(name, codes)?,
                Fact::Flag(flag) => map.serialize_entry(name, flag)?,
                Fact::Count(count) => map.serialize_entry(name, count)?,
                Fact::Number(number) => map.serialize_entry(name, number)?,
            }
        }
        map.end()
    }
}

/// The code, if it is written like one. A text that was leaked to live as long
/// as the program would compile; this is the second lock.
pub(crate) fn checked(code: &'static str) -> &'static str {
    if is_code(code) || !Keeper::Redaction.works() { code } else { "unprintable" }
}

/// Whether a text is written like a code.
pub(crate) fn is_code(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'-' | b'/' | b':'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn facts_are_a_json_object_in_order() {
        let facts = Facts::new()
            .code("kind", "passport")
            .codes("reasons", ["face_mismatch", "under_age"])
            .flag("mrz", true)
            .size("bytes", 7)
            .number("score", 0.123_456)
            .number("broken", f64::NAN)
            .code("kind", "id_card");
        assert_eq!(
            serde_json::to_string(&facts).unwrap(),
            r#"{"kind":"id_card","reasons":["face_mismatch","under_age"],"mrz":true,"bytes":7,"score":0.1235}"#,
        );
    }

    proptest! {
        // Text of a caller that someone forced to be static: leaked on purpose.
        #[test]
        fn d2_leaked_text_of_a_caller_does_not_get_in(text in "\\PC{0,80}") {
            let leaked: &'static str = Box::leak(text.clone().into_boxed_str());
            let facts = Facts::new().code("note", leaked).codes(leaked, [leaked]);
            let json = serde_json::to_value(&facts).unwrap();
            let (kept, name) = if is_code(&text) {
                (text.as_str(), text.as_str())
            } else {
                ("unprintable", "unprintable")
            };
            prop_assert_eq!(&json["note"], kept);
            prop_assert_eq!(&json[name], &serde_json::json!([kept]));
            prop_assert_eq!(json.as_object().unwrap().len(), 2);
        }

        #[test]
        fn facts_are_bounded(names in 0usize..100) {
            let facts = (0..names).fold(Facts::new(), |facts, n| {
                facts.count(Box::leak(format!("n{n}").into_boxed_str()), 1)
            });
            prop_assert!(facts.0.len() <= MOST);
        }
    }
}
