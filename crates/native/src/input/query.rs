//! Query strings, as strictly as bodies.

use axum::extract::Query;
use axum::http::Uri;
use serde::de::DeserializeOwned;

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

/// A list in a query: `fields=surname,number`.
pub(crate) mod list {
    use serde::de::value::{Error, SeqDeserializer};
    use serde::{Deserialize, Deserializer, de};

    /// For `#[serde(deserialize_with)]` of an optional list.
    pub(crate) fn optional<'de, D, T>(deserializer: D) -> Result<Option<Vec<T>>, D::Error>
    where
        D: Deserializer<'de>,
        T: Deserialize<'de>,
    {
        let Some(text) = Option::<String>::deserialize(deserializer)? else {
            return Ok(None);
        };
        let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
        let items: SeqDeserializer<_, Error> =
            SeqDeserializer::new(items.map(str::to_owned).collect::<Vec<_>>().into_iter());
        Vec::<T>::deserialize(items).map(Some).map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Page {
        #[serde(default)]
        limit: Option<u32>,
        #[serde(default, deserialize_with = "list::optional")]
        fields: Option<Vec<Kind>>,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Kind {
        One,
        Two,
    }

    fn read(query: &str) -> Result<Page, Problem> {
        decode(&format!("/v1/x?{query}").parse().unwrap())
    }

    #[test]
    fn lists_and_numbers() {
        let page = read("limit=5&fields=one,two").unwrap();
        assert_eq!((page.limit, page.fields), (Some(5), Some(vec![Kind::One, Kind::Two])));
    }

    #[test]
    fn what_is_wrong_is_said_without_an_echo() {
        for (query, says) in [
            ("SECRET=1", "known is `limit` or `fields`"),
            ("limit=SECRET", "a value is not as described"),
            ("fields=SECRET", "`one` or `two`"),
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
