//! A picture as it was sent: base64 text in JSON, bytes in a part.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bonafide_context::Sensitive;
use bytes::Bytes;
use serde::de::{Deserialize, Deserializer, Error, Visitor};
use utoipa::openapi::{ObjectBuilder, RefOr, Schema, schema::Type};

use crate::problem::{Code, Problem};

/// A picture, not yet decoded: the bytes of a JPEG, PNG or WebP file.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct SentPicture(Bytes);

impl SentPicture {
    /// The file, if it is not too large; `part` names it in what is said.
    pub(crate) fn within(self, part: &str, limit: usize) -> Result<Sensitive<Bytes>, Problem> {
        if self.0.len() > limit {
            let say = format!("`{part}`: send a picture of at most {limit} bytes");
            return Err(Problem::new(Code::TooLarge, say));
        }
        Ok(Sensitive::new(self.0))
    }
}

impl fmt::Debug for SentPicture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SentPicture({} bytes)", self.0.len())
    }
}

impl<'de> Deserialize<'de> for SentPicture {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            deserializer.deserialize_str(Base64)
        } else {
            deserializer.deserialize_byte_buf(Raw)
        }
    }
}

struct Base64;

impl Visitor<'_> for Base64 {
    type Value = SentPicture;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a picture in base64 (RFC 4648, with padding, without a data: prefix)")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<SentPicture, E> {
        match STANDARD.decode(text) {
            Ok(bytes) if !bytes.is_empty() => Ok(SentPicture(bytes.into())),
            _ => Err(E::invalid_value(serde::de::Unexpected::Other("text"), &self)),
        }
    }
}

struct Raw;

impl Visitor<'_> for Raw {
    type Value = SentPicture;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a picture")
    }

    fn visit_byte_buf<E: Error>(self, bytes: Vec<u8>) -> Result<SentPicture, E> {
        if bytes.is_empty() {
            return Err(E::invalid_length(0, &self));
        }
        Ok(SentPicture(bytes.into()))
    }
}

impl utoipa::PartialSchema for SentPicture {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .content_encoding("base64")
            .content_media_type("image/jpeg")
            .description(Some(
                "A JPEG, PNG or WebP file, in base64 (RFC 4648, with padding) in JSON, as it is in \
                 a part of a multipart body.",
            ))
            .build()
            .into()
    }
}

impl utoipa::ToSchema for SentPicture {
    fn name() -> std::borrow::Cow<'static, str> {
        "Picture".into()
    }
}
