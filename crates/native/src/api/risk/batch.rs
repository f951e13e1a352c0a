//! One thing or a list of them: `{…}`, or `{"batch": [{…}, {…}]}`.

use std::fmt;
use std::marker::PhantomData;

use bonafide_verify::risk::MOST;
use serde::de::value::{MapAccessDeserializer, StringDeserializer};
use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use utoipa::openapi::schema::{AdditionalProperties, ArrayBuilder};
use utoipa::openapi::{ObjectBuilder, OneOfBuilder, Ref, RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

/// The member with the list.
const BATCH: &str = "batch";

/// One or several, at most [`MOST`].
pub(super) struct Batch<T>(pub(super) Vec<T>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Batch<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Whole(PhantomData))
    }
}

struct Whole<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for Whole<T> {
    type Value = Batch<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object to be assessed, or an object with nothing but `batch`")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Batch<T>, A::Error> {
        match map.next_key::<String>()? {
            Some(name) if name == BATCH => {
                let Several(all) = map.next_value()?;
                match map.next_key::<serde::de::IgnoredAny>()? {
                    None => Ok(Batch(all)),
                    Some(_) => Err(A::Error::unknown_field("", &[BATCH])),
                }
            }
            first => {
                let members = From { first, map };
                T::deserialize(MapAccessDeserializer::new(members)).map(|one| Batch(vec![one]))
            }
        }
    }
}

/// An object whose first name has been read.
struct From<A> {
    first: Option<String>,
    map: A,
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for From<A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, A::Error> {
        match self.first.take() {
            Some(name) => seed.deserialize(StringDeserializer::new(name)).map(Some),
            None => self.map.next_key_seed(seed),
        }
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, A::Error> {
        self.map.next_value_seed(seed)
    }
}

/// A list that is not read beyond its bound.
struct Several<T>(Vec<T>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Several<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(List(PhantomData))
    }
}

struct List<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for List<T> {
    type Value = Several<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a list of 1 to {MOST}")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Several<T>, A::Error> {
        let mut all = Vec::new();
        while let Some(one) = list.next_element()? {
            if all.len() == MOST {
                return Err(A::Error::invalid_length(MOST + 1, &self));
            }
            all.push(one);
        }
        if all.is_empty() {
            return Err(A::Error::invalid_length(0, &self));
        }
        Ok(Several(all))
    }
}

impl<T: ToSchema> PartialSchema for Batch<T> {
    fn schema() -> RefOr<Schema> {
        let one = || Ref::from_schema_name(T::name());
        let several = ArrayBuilder::new().items(one()).min_items(Some(1)).max_items(Some(MOST));
        let batch = ObjectBuilder::new()
            .property(BATCH, several)
            .required(BATCH)
            .additional_properties(Some(AdditionalProperties::<Schema>::FreeForm(false)));
        Schema::OneOf(OneOfBuilder::new().item(one()).item(batch).build()).into()
    }
}

impl<T: ToSchema> ToSchema for Batch<T> {
    fn name() -> std::borrow::Cow<'static, str> {
        format!("{}Batch", T::name()).into()
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push((T::name().into_owned(), T::schema()));
        T::schemas(schemas);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::input::json;

    #[derive(Debug, PartialEq, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct One {
        number: String,
    }

    fn read(text: &str) -> Result<Vec<One>, String> {
        let read = json::decode::<Batch<One>>(text.as_bytes());
        read.map(|Batch(all)| all).map_err(|problem| format!("{problem:?}"))
    }

    fn one(number: &str) -> One {
        One { number: number.to_owned() }
    }

    #[test]
    fn one_or_several_are_read_and_nothing_beside_them() {
        assert_eq!(read(r#"{"number":"1"}"#).unwrap(), [one("1")]);
        let several = r#"{"batch":[{"number":"1"},{"number":"2"}]}"#;
        assert_eq!(read(several).unwrap(), [one("1"), one("2")]);
        for (text, says) in [
            ("{}", "`number` is missing"),
            (r#"{"batch":[]}"#, "a list of 1 to 100"),
            (r#"{"batch":[{"number":"1"}],"number":"SECRET"}"#, "`batch`"),
            (r#"{"number":"1","batch":[]}"#, "`number`"),
            (r#"{"SECRET":"1"}"#, "`number`"),
            (r#"{"batch":[{"number":"1","SECRET":"SECRET"}]}"#, "`number`"),
            (r#"[{"number":"SECRET"}]"#, "an object to be assessed"),
        ] {
            let said = read(text).unwrap_err();
            assert!(said.contains(says) && !said.contains("SECRET"), "{text}: {said}");
        }
    }

    #[test]
    fn a_list_is_bounded() {
        let of = |count| format!(r#"{{"batch":[{}]}}"#, vec![r#"{"number":"1"}"#; count].join(","));
        assert_eq!(read(&of(MOST)).unwrap().len(), MOST);
        assert!(read(&of(MOST + 1)).unwrap_err().contains("a list of 1 to 100"));
    }

    proptest! {
        #[test]
        fn whatever_is_sent_is_answered(bytes: Vec<u8>) {
            let _ = json::decode::<Batch<One>>(&bytes);
        }

        #[test]
        fn one_is_read_as_a_list_of_one(number in "\\PC{0,40}") {
            let alone = serde_json::json!({ "number": number });
            let listed = serde_json::json!({ "batch": [alone] });
            prop_assert_eq!(read(&alone.to_string()), read(&listed.to_string()));
        }
    }
}
