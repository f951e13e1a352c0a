//! A walk through DER, value by value, without believing a length that the bytes do
//! not bear out.

use asn1_rs::{Any, Class, FromDer, Oid, Tag};

/// The bytes are not the structure that was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Malformed;

/// One value.
#[derive(Clone, Copy)]
pub(super) struct Value<'a> {
    pub(super) class: Class,
    pub(super) tag: u32,
    /// With tag and length.
    pub(super) raw: &'a [u8],
    pub(super) content: &'a [u8],
}

impl<'a> Value<'a> {
    pub(super) fn is(&self, tag: Tag) -> bool {
        self.class == Class::Universal && self.tag == tag.0
    }

    /// Whether it carries the context-specific tag `[n]`.
    pub(super) fn is_context(&self, n: u32) -> bool {
        self.class == Class::ContextSpecific && self.tag == n
    }

    pub(super) fn inside(&self) -> Walk<'a> {
        Walk(self.content)
    }
}

/// The values that are left.
#[derive(Clone, Copy)]
pub(super) struct Walk<'a>(pub(super) &'a [u8]);

impl<'a> Walk<'a> {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The next value, whatever it is.
    pub(super) fn next(&mut self) -> Result<Value<'a>, Malformed> {
        let (rest, any) = Any::from_der(self.0).map_err(|_| Malformed)?;
        let raw = &self.0[..self.0.len() - rest.len()];
        self.0 = rest;
        Ok(Value { class: any.class(), tag: any.tag().0, raw, content: any.data })
    }

    /// The next value if it has this tag; else nothing is taken.
    pub(super) fn optional(&mut self, wanted: impl Fn(&Value) -> bool) -> Option<Value<'a>> {
        let mut ahead = *self;
        let value = ahead.next().ok().filter(wanted)?;
        *self = ahead;
        Some(value)
    }

    pub(super) fn take(&mut self, tag: Tag) -> Result<Value<'a>, Malformed> {
        self.next().and_then(|value| if value.is(tag) { Ok(value) } else { Err(Malformed) })
    }

    pub(super) fn context(&mut self, n: u32) -> Result<Value<'a>, Malformed> {
        self.next().and_then(|value| if value.is_context(n) { Ok(value) } else { Err(Malformed) })
    }

    pub(super) fn sequence(&mut self) -> Result<Walk<'a>, Malformed> {
        Ok(self.take(Tag::Sequence)?.inside())
    }

    pub(super) fn set(&mut self) -> Result<Walk<'a>, Malformed> {
        Ok(self.take(Tag::Set)?.inside())
    }

    pub(super) fn octets(&mut self) -> Result<&'a [u8], Malformed> {
        Ok(self.take(Tag::OctetString)?.content)
    }

    pub(super) fn oid(&mut self) -> Result<Oid<'a>, Malformed> {
        Ok(Oid::new(self.take(Tag::Oid)?.content.into()))
    }

    /// A number that is not negative, big-endian, without leading zeros.
    pub(super) fn unsigned(&mut self) -> Result<&'a [u8], Malformed> {
        let content = self.take(Tag::Integer)?.content;
        match content.first() {
            None => Err(Malformed),
            Some(first) if first & 0x80 != 0 => Err(Malformed),
            Some(_) => Ok(&content[content.iter().take_while(|b| **b == 0).count()..]),
        }
    }

    /// A small number.
    pub(super) fn small(&mut self) -> Result<u32, Malformed> {
        let bytes = self.unsigned()?;
        if bytes.len() > 4 {
            return Err(Malformed);
        }
        Ok(bytes.iter().fold(0, |sum, b| sum << 8 | u32::from(*b)))
    }
}

/// The only value of `bytes`; what follows it is an error.
pub(super) fn only(bytes: &[u8]) -> Result<Value<'_>, Malformed> {
    let mut walk = Walk(bytes);
    let value = walk.next()?;
    if walk.is_empty() { Ok(value) } else { Err(Malformed) }
}
