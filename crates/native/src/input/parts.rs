//! The parts of a multipart body, read into the same type as JSON.
//!
//! A part's name is a member's name; parts of one name follow one another in a member
//! that takes several pictures, and are refused in any other. A picture is the part's bytes; a number or
//! a flag is its text; a list is text with commas; an object is JSON text. The
//! file name and the part's own content type are ignored: bytes say what they
//! are.

use std::fmt;

use bytes::Bytes;
use serde::de::value::{MapDeserializer, SeqDeserializer, StrDeserializer};
use serde::de::{DeserializeOwned, Deserializer, Error as _, IntoDeserializer, Visitor};
use serde::forward_to_deserialize_any;

use super::json;
use crate::problem::Problem;

/// Reads parts as the members of `T`.
pub(crate) fn decode<T: DeserializeOwned>(parts: &[(String, Bytes)]) -> Result<T, Problem> {
    let mut members: Vec<(&str, Part<'_>)> = Vec::with_capacity(parts.len());
    for (name, bytes) in parts {
        match members.iter_mut().find(|(known, _)| known == name) {
            Some((_, Part(same))) => same.push(bytes),
            None => members.push((name, Part(vec![bytes]))),
        }
    }
    T::deserialize(Members(MapDeserializer::new(members.into_iter())))
        .map_err(|error: Error| json::invalid(&error.0, None))
}

/// An error's text; [`json::invalid`] takes out what was sent.
#[derive(Debug)]
struct Error(String);

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Error {}

impl serde::de::Error for Error {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self(message.to_string())
    }
}

/// The whole body: not human-readable, so that a picture is asked for as bytes.
struct Members<'a, I: Iterator<Item = (&'a str, Part<'a>)>>(MapDeserializer<'a, I, Error>);

impl<'de, I: Iterator<Item = (&'de str, Part<'de>)>> Deserializer<'de> for Members<'de, I> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_map(self.0)
    }

    fn is_human_readable(&self) -> bool {
        false
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 char str string bytes byte_buf option unit
        unit_struct newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

/// The parts of one name, most often one.
struct Part<'a>(Vec<&'a Bytes>);

impl<'a> Part<'a> {
    /// The part, where only one may come.
    fn only(&self) -> Result<&'a Bytes, Error> {
        match self.0.as_slice() {
            [only] => Ok(only),
            _ => Err(Error::custom("duplicate field")),
        }
    }

    fn text(&self) -> Result<&'a str, Error> {
        std::str::from_utf8(self.only()?).map_err(|_| Error::custom("invalid value, expected text"))
    }
}

impl<'de> IntoDeserializer<'de, Error> for Part<'de> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

/// Text read as a number or a flag.
macro_rules! scalar {
    ($($method:ident $visit:ident $type:ty, $expected:literal;)+) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            match self.text()?.parse::<$type>() {
                Ok(value) => visitor.$visit(value),
                Err(_) => Err(Error::custom(concat!("invalid value, expected ", $expected))),
            }
        }
    )+};
}

impl<'de> Deserializer<'de> for Part<'de> {
    type Error = Error;

    scalar! {
        deserialize_bool visit_bool bool, "`true` or `false`";
        deserialize_i8 visit_i8 i8, "a whole number";
        deserialize_i16 visit_i16 i16, "a whole number";
        deserialize_i32 visit_i32 i32, "a whole number";
        deserialize_i64 visit_i64 i64, "a whole number";
        deserialize_u8 visit_u8 u8, "a whole number";
        deserialize_u16 visit_u16 u16, "a whole number";
        deserialize_u32 visit_u32 u32, "a whole number";
        deserialize_u64 visit_u64 u64, "a whole number";
        deserialize_f32 visit_f32 f32, "a number";
        deserialize_f64 visit_f64 f64, "a number";
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_borrowed_str(self.text()?)
    }

    fn deserialize_bytes<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_borrowed_bytes(self.only()?)
    }

    fn deserialize_byte_buf<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_byte_buf(self.only()?.to_vec())
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        StrDeserializer::<Error>::new(self.text()?).deserialize_enum(name, variants, visitor)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let items = self.text()?.split(',').map(str::trim).filter(|item| !item.is_empty());
        visitor.visit_seq(SeqDeserializer::new(items))
    }

    /// Several parts of one name.
    fn deserialize_tuple<V: Visitor<'de>>(
        self,
        _most: usize,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_seq(SeqDeserializer::new(self.0.into_iter().map(|one| Part(vec![one]))))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        let mut json = serde_json::Deserializer::from_slice(self.only()?);
        json.deserialize_struct(name, fields, visitor).map_err(Error::custom)
    }

    fn is_human_readable(&self) -> bool {
        false
    }

    forward_to_deserialize_any! {
        char str string unit unit_struct tuple_struct map identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::{SentPicture, SentPictures};
    use crate::problem::Code;
    use proptest::prelude::*;
    use serde::Deserialize;

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Form {
        front: SentPicture,
        #[serde(default)]
        back: Option<SentPicture>,
        #[serde(default)]
        shots: Option<SentPictures>,
        #[serde(default)]
        age: Option<u8>,
        #[serde(default)]
        fields: Option<Vec<Kind>>,
        #[serde(default)]
        inner: Option<Inner>,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Kind {
        One,
        Two,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Inner {
        deep: bool,
    }

    fn parts(parts: &[(&str, &[u8])]) -> Vec<(String, Bytes)> {
        parts.iter().map(|(name, b)| ((*name).to_owned(), Bytes::copy_from_slice(b))).collect()
    }

    #[test]
    fn parts_and_json_give_the_same() {
        let from_parts: Form = decode(&parts(&[
            ("front", b"\xff\xd8"),
            ("age", b"18"),
            ("fields", b"one, two"),
            ("inner", br#"{"deep":true}"#),
        ]))
        .unwrap();
        let from_json: Form = json::decode(
            br#"{"front":"/9g=","age":18,"fields":["one","two"],"inner":{"deep":true}}"#,
        )
        .unwrap();
        assert_eq!(from_parts, from_json);
    }

    #[test]
    fn several_pictures_come_as_parts_of_one_name_or_as_a_list() {
        let of_parts = |sent: &[(&str, &[u8])]| decode::<Form>(&parts(sent)).unwrap();
        let of_json = |body: &str| json::decode::<Form>(body.as_bytes()).unwrap();
        let front = ("front", b"a".as_slice());
        assert_eq!(
            of_parts(&[("shots", b"a"), front, ("shots", b"b")]),
            of_json(r#"{"front":"YQ==","shots":["YQ==","Yg=="]}"#)
        );
        assert_eq!(
            of_parts(&[front, ("shots", b"b")]),
            of_json(r#"{"front":"YQ==","shots":"Yg=="}"#)
        );
        let six = [("shots", b"a".as_slice()); 6];
        for problem in [
            decode::<Form>(&parts(&[&[front], six.as_slice()].concat())).unwrap_err(),
            json::decode::<Form>(br#"{"front":"YQ==","shots":[]}"#).unwrap_err(),
            json::decode::<Form>(br#"{"front":"YQ==","shots":["YQ==","SECRET"]}"#).unwrap_err(),
            json::decode::<Form>(br#"{"front":"YQ==","shots":7}"#).unwrap_err(),
        ] {
            let text = format!("{problem:?}");
            assert_eq!(problem.code(), Code::InvalidRequest, "{text}");
            assert!(text.contains("picture in base64"), "{text}");
            assert!(!text.contains("SECRET"), "{text}");
        }
    }

    #[test]
    fn unknown_repeated_and_missing_parts_are_refused_without_an_echo() {
        type Case<'a> = (&'a [(&'a str, &'a [u8])], &'a str);
        let cases: [Case<'_>; 8] = [
            (&[("front", b"a"), ("SECRET", b"a")], "known is one of `front`"),
            (&[("front", b"a"), ("front", b"a")], "given twice"),
            (&[("back", b"a")], "`front` is missing"),
            (&[("front", b"")], "expected is a picture"),
            (&[("front", b"a"), ("age", b"SECRET")], "a whole number"),
            (&[("front", b"a"), ("age", b"\xff")], "expected is text"),
            (&[("front", b"a"), ("fields", b"one,SECRET")], "`one` or `two`"),
            (&[("front", b"a"), ("inner", br#"{"deep":"SECRET"}"#)], "a boolean"),
        ];
        for (sent, says) in cases {
            let problem = decode::<Form>(&parts(sent)).unwrap_err();
            let text = format!("{problem:?}");
            assert_eq!(problem.code(), Code::InvalidRequest);
            assert!(text.contains(says), "{text}");
            assert!(!text.contains("SECRET"), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_parts_are_answered(sent: Vec<(String, Vec<u8>)>) {
            let sent: Vec<_> = sent.into_iter().map(|(n, b)| (n, Bytes::from(b))).collect();
            let _ = decode::<Form>(&sent);
        }
    }
}
