//! What came in, read strictly into the type that an endpoint asks for.

pub(crate) mod json;
mod parts;
mod picture;
pub(crate) mod query;

pub(crate) use picture::SentPicture;
