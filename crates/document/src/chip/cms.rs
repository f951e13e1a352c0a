//! Signed data of the Cryptographic Message Syntax (RFC 5652), with one signer, as
//! security objects and master lists are.

use asn1_rs::{Oid, Tag, oid};

use super::asn1::{Malformed, Value, only};
use super::certificate::Certificate;
use super::hash::Hash;
use super::signature::{Outcome, Scheme};

/// Signed data, read but not yet believed.
pub(super) struct SignedData<'a> {
    content_type: Oid<'a>,
    /// What is signed.
    pub(super) content: &'a [u8],
    certificates: Vec<&'a [u8]>,
    signer: Value<'a>,
    digest: Option<Hash>,
    attributes: Option<Value<'a>>,
    scheme: Option<Scheme>,
    signature: &'a [u8],
}

/// Certificates that are kept of one signed object; a document has one, a master list
/// few.
const MOST_CERTIFICATES: usize = 16;

impl<'a> SignedData<'a> {
    /// From a `ContentInfo`. Of several signers the first is taken.
    pub(super) fn read(der: &'a [u8]) -> Result<Self, Malformed> {
        let mut info = only(der)?.inside();
        if info.oid()? != SIGNED_DATA {
            return Err(Malformed);
        }
        let mut data = info.context(0)?.inside().sequence()?;
        data.small()?;
        data.set()?;
        let mut encapsulated = data.sequence()?;
        let content_type = encapsulated.oid()?;
        let content = encapsulated.context(0)?.inside().octets()?;
        let mut certificates = Vec::new();
        if let Some(all) = data.optional(|value| value.is_context(0)) {
            let mut all = all.inside();
            while !all.is_empty() && certificates.len() < MOST_CERTIFICATES {
                certificates.push(all.next()?.raw);
            }
        }
        data.optional(|value| value.is_context(1));
        let mut signer = data.set()?.sequence()?;
        signer.small()?;
        let id = signer.next()?;
        let digest = Hash::read(&mut signer)?;
        let attributes = signer.optional(|value| value.is_context(0));
        let scheme = Scheme::read(&mut signer, digest)?;
        let signature = signer.octets()?;
        Ok(Self {
            content_type,
            content,
            certificates,
            signer: id,
            digest,
            attributes,
            scheme,
            signature,
        })
    }

    /// Whether the content is of one of these types.
    pub(super) fn is_a(&self, types: &[Oid<'_>]) -> bool {
        types.contains(&self.content_type)
    }

    /// The certificate of the signer, if it came along.
    pub(super) fn signer(&self) -> Result<Option<Certificate<'a>>, Malformed> {
        for der in &self.certificates {
            let certificate = Certificate::read(der)?;
            if self.names(&certificate)? {
                return Ok(Some(certificate));
            }
        }
        Ok(None)
    }

    /// Whether the signer's identifier is this certificate's.
    fn names(&self, certificate: &Certificate<'_>) -> Result<bool, Malformed> {
        if self.signer.is_context(0) {
            return Ok(certificate.key_id.as_deref() == Some(self.signer.content));
        }
        let mut id = self.signer.inside();
        let issuer = id.next()?.raw;
        let serial = id.take(Tag::Integer)?.content;
        // Chips write the issuer's name in other string types than the certificate
        // does; the serial settles it, and the signature proves it.
        Ok(certificate.serial == serial
            && (certificate.issuer == issuer || self.certificates.len() == 1))
    }

    /// Whether the signer signed this content.
    pub(super) fn signed_by(&self, signer: &Certificate<'_>) -> Result<Outcome, Malformed> {
        let (Some(scheme), Some(digest)) = (self.scheme, self.digest) else {
            return Ok(Outcome::Unsupported);
        };
        let key = signer.key()?;
        let Some(attributes) = self.attributes else {
            return Ok(key.verify(scheme, self.content, self.signature));
        };
        if !self.attests(&attributes, digest)? {
            return Ok(Outcome::Fails);
        }
        // Signed as a set, sent as `[0]`.
        let mut signed = attributes.raw.to_vec();
        if let Some(tag) = signed.first_mut() {
            *tag = 0x31;
        }
        Ok(key.verify(scheme, &signed, self.signature))
    }

    /// Whether the attributes name this content's type and digest, each once.
    fn attests(&self, attributes: &Value<'_>, digest: Hash) -> Result<bool, Malformed> {
        let (mut types, mut digests) = (Vec::new(), Vec::new());
        let mut all = attributes.inside();
        while !all.is_empty() {
            let mut attribute = all.sequence()?;
            let name = attribute.oid()?;
            let mut values = attribute.set()?;
            if name == CONTENT_TYPE {
                types.push(values.oid()? == self.content_type);
            } else if name == MESSAGE_DIGEST {
                digests.push(values.octets()? == digest.digest(self.content));
            }
        }
        Ok(types == [true] && digests == [true])
    }
}

const SIGNED_DATA: Oid<'static> = oid!(1.2.840.113549.1.7.2);
const CONTENT_TYPE: Oid<'static> = oid!(1.2.840.113549.1.9.3);
const MESSAGE_DIGEST: Oid<'static> = oid!(1.2.840.113549.1.9.4);
