//! JSON, strictly: unknown and repeated members are refused by the types,
//! nesting is bounded, and what is said about an error holds none of the input.

use serde::de::DeserializeOwned;

use crate::problem::{Code, Problem};

/// Objects and lists within one another at most: no request needs more than six.
const DEPTH: usize = 16;

/// Reads a body.
pub(crate) fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    if let Some(at) = too_deep(bytes) {
        return Err(Problem::new(
            Code::MalformedBody,
            format!(
                "nest objects and lists at most {DEPTH} deep: the body goes deeper at byte {at}"
            ),
        ));
    }
    serde_json::from_slice(bytes).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        match error.classify() {
            serde_json::error::Category::Data => invalid(&error.to_string(), Some((line, column))),
            _ => Problem::new(
                Code::MalformedBody,
                format!("the body is no JSON from line {line}, column {column} on"),
            ),
        }
    })
}

/// What may be said of an error of a type: which member is missing and what was
/// expected are our words; what was found instead is not.
pub(super) fn invalid(message: &str, place: Option<(usize, usize)>) -> Problem {
    let what = if let Some(rest) = message.strip_prefix("missing field ") {
        let name = rest.split('`').nth(1).unwrap_or_default();
        format!("the member `{name}` is missing")
    } else if message.starts_with("duplicate field") {
        "a member is given twice".to_owned()
    } else if message.starts_with("unknown field") {
        match expected(message) {
            Some(list) => format!("there is a member that is not known; known is {list}"),
            None => "there is a member, and this takes none".to_owned(),
        }
    } else if let Some(known) = message.strip_prefix("there is no such field: ") {
        // The list of fields that can be asked for: ours from end to end.
        format!("there is no such field: {}", before_place(known))
    } else if let Some(what) = expected(message) {
        format!("a value is not as described; expected is {what}")
    } else {
        "a value is not as described".to_owned()
    };
    Problem::new(
        Code::InvalidRequest,
        match place {
            // A type that is read as a whole knows no place.
            Some((line, column)) if line > 0 => {
                format!("{what} (line {line}, column {column} of the body)")
            }
            _ => what,
        },
    )
}

/// The part of serde's message that the type wrote. It stands last, so that
/// nothing sent can stand behind it but the place, which is cut off.
fn expected(message: &str) -> Option<&str> {
    let from = message.rfind(", expected ")? + ", expected ".len();
    message.get(from..).map(before_place)
}

fn before_place(message: &str) -> &str {
    message.rfind(" at line ").and_then(|to| message.get(..to)).unwrap_or(message)
}

/// Where the nesting goes beyond [`DEPTH`].
fn too_deep(bytes: &[u8]) -> Option<usize> {
    let (mut depth, mut quoted, mut escaped) = (0usize, false, false);
    for (at, byte) in bytes.iter().enumerate() {
        match (quoted, byte) {
            (true, _) if escaped => escaped = false,
            (true, b'\\') => escaped = true,
            (_, b'"') => quoted = !quoted,
            (false, b'{' | b'[') => {
                depth += 1;
                if depth > DEPTH {
                    return Some(at);
                }
            }
            (false, b'}' | b']') => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde::Deserialize;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only what reading it says is of interest")]
    struct Form {
        name: String,
        #[serde(default)]
        age: Option<u8>,
        #[serde(default)]
        kind: Option<Kind>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Kind {
        One,
        Two,
    }

    fn refused(body: &str) -> (Code, String) {
        let problem = decode::<Form>(body.as_bytes()).unwrap_err();
        (problem.code(), format!("{problem:?}"))
    }

    #[test]
    fn errors_say_what_to_do_and_echo_nothing() {
        let cases = [
            (r#"{"name":"SECRET","SECRET":1}"#, Code::InvalidRequest, "known is one of `name`"),
            (r#"{"name":"SECRET","name":"SECRET"}"#, Code::InvalidRequest, "given twice"),
            (r#"{"age":3}"#, Code::InvalidRequest, "`name` is missing"),
            (r#"{"name":"a","age":"SECRET"}"#, Code::InvalidRequest, "expected is u8"),
            (r#"{"name":"a","age":"SECRET, expected SECRET"}"#, Code::InvalidRequest, "u8"),
            (r#"{"name":"a","kind":"SECRET"}"#, Code::InvalidRequest, "`one` or `two`"),
            (r#"{"name":SECRET}"#, Code::MalformedBody, "line 1, column 9"),
            (r#"{"name":"a"} SECRET"#, Code::MalformedBody, "line 1"),
            ("", Code::MalformedBody, "line 1, column 0"),
            ("\u{feff}{}", Code::MalformedBody, "line 1"),
            ("[]", Code::InvalidRequest, "expected is"),
        ];
        for (body, code, says) in cases {
            let (found, text) = refused(body);
            assert_eq!(found, code, "{body}: {text}");
            assert!(text.contains(says), "{body}: {text}");
            assert!(!text.contains("SECRET"), "{body}: {text}");
        }
    }

    #[test]
    fn nesting_is_bounded_outside_of_strings() {
        let deep = format!("{}{}", "[".repeat(17), "]".repeat(17));
        assert_eq!(refused(&deep).0, Code::MalformedBody);
        let flat = format!(r#"{{"name":"{}\"[["}}"#, "[".repeat(100));
        assert!(decode::<Form>(flat.as_bytes()).is_ok());
    }

    proptest! {
        #[test]
        fn any_bytes_are_answered(bytes: Vec<u8>) {
            let _ = decode::<Form>(&bytes);
        }

        #[test]
        fn no_value_is_echoed(value in "[a-z]{12,24}") {
            let body = serde_json::json!({"name": "a", "kind": value, "age": null});
            let (_, text) = refused(&body.to_string());
            prop_assert!(!text.contains(&value));
        }
    }
}
