//! A picture as it was sent: base64 text in JSON, bytes in a part.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bonafide_context::Sensitive;
use bonafide_verify::SideFiles;
use bytes::Bytes;
use serde::de::{Deserialize, Deserializer, Error, SeqAccess, Visitor};
use utoipa::openapi::{
    ArrayBuilder, ObjectBuilder, OneOfBuilder, Ref, RefOr, Schema, schema::Type,
};

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

/// Pictures of one thing: one, or a list of at most [`SideFiles::MOST`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SentPictures(Vec<SentPicture>);

impl SentPictures {
    /// The files, if none is too large; `part` names them in what is said.
    pub(crate) fn within(self, part: &str, limit: usize) -> Result<SideFiles, Problem> {
        let files = self.0.into_iter().map(|sent| sent.within(part, limit));
        SideFiles::new(files.collect::<Result<_, _>>()?).ok_or_else(|| {
            let most = SideFiles::MOST;
            Problem::new(Code::InvalidRequest, format!("`{part}`: send at most {most} photos"))
        })
    }
}

impl<'de> Deserialize<'de> for SentPictures {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            deserializer.deserialize_any(OneOrMore)
        } else {
            // Parts of one name, each a picture.
            deserializer.deserialize_tuple(SideFiles::MOST, OneOrMore)
        }
    }
}

struct OneOrMore;

impl<'de> Visitor<'de> for OneOrMore {
    type Value = SentPictures;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a picture in base64, or a list of 1 to {} of them", SideFiles::MOST)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<SentPictures, E> {
        Base64.visit_str(text).map(|one| SentPictures(vec![one]))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<SentPictures, A::Error> {
        let mut all = Vec::new();
        while let Some(one) = items.next_element()? {
            if all.len() == SideFiles::MOST {
                return Err(A::Error::invalid_length(all.len() + 1, &self));
            }
            all.push(one);
        }
        if all.is_empty() {
            return Err(A::Error::invalid_length(0, &self));
        }
        Ok(SentPictures(all))
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

impl utoipa::PartialSchema for SentPictures {
    fn schema() -> RefOr<Schema> {
        use utoipa::ToSchema as _;
        let several = ArrayBuilder::new()
            .items(Ref::from_schema_name(SentPicture::name()))
            .min_items(Some(1))
            .max_items(Some(SideFiles::MOST));
        let one_of = OneOfBuilder::new()
            .item(Ref::from_schema_name(SentPicture::name()))
            .item(several)
            .description(Some(
                "A photo or a short video of one side of a document, or several photos of it: the \
                 sharpest are read and compared. In a multipart body the part comes as often as \
                 there are photos.",
            ))
            .build();
        Schema::OneOf(one_of).into()
    }
}

impl utoipa::ToSchema for SentPictures {
    fn name() -> std::borrow::Cow<'static, str> {
        "Pictures".into()
    }
}
