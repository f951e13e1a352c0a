//! Names from the server's own tables.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A name such as `face_media` or `tencent-ekyc`: 1 to 48 lower-case letters,
/// digits and inner hyphens or underscores. Neither a person's name, an address nor a sentence
/// fits into the forms that the server defines; the caller passes those only.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Code(String);

impl Code {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Not a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a code is 1 to 48 lower-case letters, digits and inner hyphens or underscores")]
pub struct CodeError;

impl FromStr for Code {
    type Err = CodeError;

    fn from_str(text: &str) -> Result<Self, CodeError> {
        let separator = |b| matches!(b, b'-' | b'_');
        let letter = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
        let bytes = text.as_bytes();
        let inner = bytes.iter().all(|b| letter(*b) || separator(*b));
        let ends = [bytes.first(), bytes.last()];
        let fits = bytes.len() <= 48 && ends.iter().all(|end| end.is_some_and(|b| letter(*b)));
        if inner && fits { Ok(Self(text.to_owned())) } else { Err(CodeError) }
    }
}

impl TryFrom<String> for Code {
    type Error = CodeError;

    fn try_from(text: String) -> Result<Self, CodeError> {
        text.parse()
    }
}

impl From<Code> for String {
    fn from(code: Code) -> Self {
        code.0
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
