//! What is written.

use std::fmt;
use std::str::FromStr;

use bonafide_policy::Held;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a request is about: a closed list, so that the row that says it says
/// nothing of the person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Topic {
    /// What is held about me?
    Access,
    /// Something is wrong.
    Rectify,
    /// Delete my data.
    Erase,
    /// Keep it, but do not use it.
    Restrict,
    /// Stop this use.
    Object,
    /// Give me a copy for machines.
    Port,
    /// I take my consent back.
    Withdraw,
    /// A person shall look at the decision.
    Review,
    /// Anything else.
    Other,
}

impl Topic {
    /// Every one of them, in the order of the form.
    pub const ALL: [Self; 9] = [
        Self::Access,
        Self::Rectify,
        Self::Erase,
        Self::Restrict,
        Self::Object,
        Self::Port,
        Self::Withdraw,
        Self::Review,
        Self::Other,
    ];

    /// The name in rows and forms.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Access => "access",
            Self::Rectify => "rectify",
            Self::Erase => "erase",
            Self::Restrict => "restrict",
            Self::Object => "object",
            Self::Port => "port",
            Self::Withdraw => "withdraw",
            Self::Review => "review",
            Self::Other => "other",
        }
    }
}

impl fmt::Display for Topic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A topic that there is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("choose what the request is about from the list")]
pub struct UnknownTopic;

impl FromStr for Topic {
    type Err = UnknownTopic;

    fn from_str(text: &str) -> Result<Self, UnknownTopic> {
        Self::ALL.into_iter().find(|topic| topic.as_str() == text).ok_or(UnknownTopic)
    }
}

/// What somebody wrote, and how to answer (row D18).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Held)]
#[held(category = Contact)]
pub struct Letter {
    /// Who writes.
    pub name: String,
    /// Where to answer.
    pub email: String,
    /// Where to call; may be empty.
    pub phone: String,
    /// For whom; may be empty.
    pub company: String,
    /// Where the person lives; may be empty.
    pub country: String,
    /// What is asked.
    pub message: String,
}

/// Shows that there is a letter and nothing of it.
impl fmt::Debug for Letter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Letter").finish_non_exhaustive()
    }
}

/// What is wrong with a letter. Carries nothing of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LetterError {
    /// A field that is needed is empty.
    #[error("write something here")]
    Missing(&'static str),
    /// A field is too long.
    #[error("write at most {1} characters here")]
    TooLong(&'static str, usize),
    /// A field has characters that no such text has.
    #[error("leave out line breaks and control characters here")]
    Form(&'static str),
    /// It is not the address of a mailbox.
    #[error("write an address like name@example.org")]
    Email,
}

impl LetterError {
    /// Which field.
    pub const fn field(self) -> &'static str {
        match self {
            Self::Missing(field) | Self::TooLong(field, _) | Self::Form(field) => field,
            Self::Email => "email",
        }
    }
}

impl Letter {
    /// Nothing written yet.
    pub fn empty() -> Self {
        let none = String::new;
        Self {
            name: none(),
            email: none(),
            phone: none(),
            company: none(),
            country: none(),
            message: none(),
        }
    }

    /// The letter without blanks around its parts, or the first thing that is
    /// wrong with each of them.
    pub fn checked(self) -> Result<Self, Vec<LetterError>> {
        let trimmed = |text: String| text.trim().to_owned();
        let letter = Self {
            name: trimmed(self.name),
            email: trimmed(self.email),
            phone: trimmed(self.phone),
            company: trimmed(self.company),
            country: trimmed(self.country),
            message: self.message.replace("\r\n", "\n").trim().to_owned(),
        };
        let lines = [
            ("name", &letter.name, 100, true),
            ("email", &letter.email, 190, true),
            ("phone", &letter.phone, 40, false),
            ("company", &letter.company, 100, false),
            ("country", &letter.country, 60, false),
        ];
        let mut wrong: Vec<LetterError> = lines
            .into_iter()
            .filter_map(|(field, text, most, needed)| line(field, text, most, needed).err())
            .collect();
        wrong.extend(text("message", &letter.message, 4_000).err());
        let asked = wrong.iter().any(|error| error.field() == "email");
        if !asked && !is_mailbox(&letter.email) {
            wrong.push(LetterError::Email);
        }
        if wrong.is_empty() { Ok(letter) } else { Err(wrong) }
    }
}

fn line(field: &'static str, text: &str, most: usize, needed: bool) -> Result<(), LetterError> {
    if needed && text.is_empty() {
        return Err(LetterError::Missing(field));
    }
    if text.chars().count() > most {
        return Err(LetterError::TooLong(field, most));
    }
    if text.chars().any(char::is_control) {
        return Err(LetterError::Form(field));
    }
    Ok(())
}

fn text(field: &'static str, text: &str, most: usize) -> Result<(), LetterError> {
    if text.is_empty() {
        return Err(LetterError::Missing(field));
    }
    if text.chars().count() > most {
        return Err(LetterError::TooLong(field, most));
    }
    if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\t')) {
        return Err(LetterError::Form(field));
    }
    Ok(())
}

/// Whether somebody may well read mail there. Whether he does shows when he is
/// answered.
pub(crate) fn is_mailbox(text: &str) -> bool {
    let Some((name, host)) = text.rsplit_once('@') else { return false };
    !name.is_empty()
        && host.len() >= 3
        && host.contains('.')
        && !host.starts_with('.')
        && !host.ends_with('.')
        && !text.contains(char::is_whitespace)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn letter() -> Letter {
        Letter {
            name: " Ana Example ".to_owned(),
            email: "ana@example.org".to_owned(),
            phone: String::new(),
            company: String::new(),
            country: "Utopia".to_owned(),
            message: "What is held about me?\r\nThank you.".to_owned(),
        }
    }

    #[test]
    fn a_letter_is_taken_as_it_is_meant() {
        let taken = letter().checked().unwrap();
        assert_eq!(taken.name, "Ana Example");
        assert_eq!(taken.message, "What is held about me?\nThank you.");
        assert_eq!(format!("{taken:?}"), "Letter { .. }");
    }

    #[test]
    fn each_field_says_what_is_wrong_with_it() {
        let wrong = Letter {
            name: String::new(),
            email: "ana at example".to_owned(),
            phone: "1".repeat(41),
            company: "a\u{7}b".to_owned(),
            message: "x".repeat(4_001),
            ..letter()
        };
        let wrong = wrong.checked().unwrap_err();
        let fields: Vec<&str> = wrong.iter().map(|error| error.field()).collect();
        assert_eq!(fields, ["name", "phone", "company", "message", "email"]);
    }

    proptest! {
        #[test]
        fn what_is_taken_is_within_bounds(
            name in any::<String>(), email in any::<String>(), message in any::<String>(),
        ) {
            if let Ok(taken) = (Letter { name, email, message, ..letter() }).checked() {
                prop_assert!(!taken.name.is_empty() && taken.name.chars().count() <= 100);
                prop_assert!(taken.email.contains('@'));
                prop_assert!(!taken.name.chars().any(char::is_control));
            }
        }
    }

    #[test]
    fn topics_have_one_name() {
        for topic in Topic::ALL {
            assert_eq!(topic.as_str().parse(), Ok(topic));
        }
        assert_eq!("money".parse::<Topic>(), Err(UnknownTopic));
    }
}
