//! Query strings, as strictly as bodies.

use axum::extract::Query;
use axum::http::Uri;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};

use super::json;
use crate::problem::{Code, Problem};

/// Reads the query of `uri`.
pub(crate) fn decode<T: DeserializeOwned>(uri: &Uri) -> Result<T, Problem> {
    Query::<T>::try_from_uri(uri).map(|Query(query)| query).map_err(|error| {
        // The cause is serde's message about the type, which `invalid` cleans.
        let message = std::error::Error::source(&error).map_or_else(String::new, |source| {
            let mut cause = source;
            while let Some(deeper) = cause.source() {
                cause = deeper;
            }
            cause.to_string()
        });
        json::invalid(&strip_member(&message), None).under(Code::InvalidQuery)
    })
}

/// Takes the member's name off, which the message starts with.
fn strip_member(message: &str) -> String {
    match message.split_once(": ") {
        Some((_, rest)) => rest.to_owned(),
        None => message.to_owned(),
    }
}

/// For `#[serde(deserialize_with)]` of a value that has its own grammar:
/// `fields=surname,number`.
pub(crate) fn parsed<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: std::str::FromStr,
    T::Err: std::fmt::Display,
{
    // Borrowed text where there is any would not do: `%2C` has to be undone.
    let text = String::deserialize(deserializer)?;
    text.parse().map_err(serde::de::Error::custom)
}

/// [`parsed`] of what may be left out.
pub(crate) fn parsed_optional<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: std::str::FromStr,
    T::Err: std::fmt::Display,
{
    parsed(deserializer).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;
    use bonafide_verify::{LivenessField, Moment, Selection};

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Page {
        #[serde(default)]
        limit: Option<u32>,
        #[serde(default, deserialize_with = "parsed")]
        fields: Selection<LivenessField>,
        #[serde(default, deserialize_with = "parsed_optional")]
        from: Option<Moment>,
    }

    fn read(query: &str) -> Result<Page, Problem> {
        decode(&format!("/v1/x?{query}").parse().unwrap())
    }

    #[test]
    fn lists_and_numbers() {
        let page = read("limit=5&fields=score%2Cdecision&from=2026-11-22T00:00:00Z").unwrap();
        assert_eq!(page.limit, Some(5));
        assert!(page.fields.has(LivenessField::Decision));
        assert!(!page.fields.has(LivenessField::Reasons));
        assert!(page.from.is_some());
        assert_eq!(read("").unwrap().fields, Selection::All);
    }

    #[test]
    fn what_is_wrong_is_said_without_an_echo() {
        for (query, says) in [
            ("SECRET=1", "known is one of `limit`, `fields`, `from`"),
            ("limit=SECRET", "a value is not as described"),
            ("fields=SECRET", "choose from score, decision"),
            ("from=SECRET", "a value is not as described"),
            ("limit=1&limit=2", "given twice"),
        ] {
            let problem = read(query).unwrap_err();
            let text = format!("{problem:?}");
            assert_eq!(problem.code(), Code::InvalidQuery, "{text}");
            assert!(text.contains(says), "{query}: {text}");
            assert!(!text.contains("SECRET"), "{text}");
        }
    }
}
