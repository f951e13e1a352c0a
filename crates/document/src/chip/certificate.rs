//! X.509 certificates of document signers and of the authorities above them.

use asn1_rs::BitString;
use x509_parser::extensions::ParsedExtension;
use x509_parser::prelude::{FromDer, X509Certificate};

use super::asn1::{Malformed, Walk};
use super::signature::{Outcome, PublicKey, Scheme};

/// What counts of a certificate.
pub(super) struct Certificate<'a> {
    /// The part that is signed.
    signed: &'a [u8],
    pub(super) issuer: &'a [u8],
    pub(super) subject: &'a [u8],
    /// Serial number as written, big-endian.
    pub(super) serial: &'a [u8],
    /// First and last second of its validity, since 1970.
    pub(super) validity: (i64, i64),
    key: &'a [u8],
    /// Identifier of its key.
    pub(super) key_id: Option<Vec<u8>>,
    /// Identifier of the key that signed it.
    pub(super) authority_id: Option<Vec<u8>>,
    /// Whether it may sign certificates.
    pub(super) is_authority: bool,
    /// Whether it may sign documents, as far as it says.
    pub(super) may_sign: bool,
    scheme: Option<Scheme>,
    signature: &'a [u8],
}

impl<'a> Certificate<'a> {
    /// From DER; what follows the certificate is an error.
    pub(super) fn read(der: &'a [u8]) -> Result<Self, Malformed> {
        let (rest, parsed) = X509Certificate::from_der(der).map_err(|_| Malformed)?;
        if !rest.is_empty() {
            return Err(Malformed);
        }
        // The parts as they were written: names are compared and signatures checked
        // byte by byte.
        let mut parts = Walk(der).sequence()?;
        let signed = parts.next()?.raw;
        let scheme = Scheme::read(&mut parts, None)?;
        let signature = BitString::from_der(parts.0).map_err(|_| Malformed)?.1;
        if signature.unused_bits != 0 {
            return Err(Malformed);
        }
        let signature = &parts.next()?.content[1..];
        let mut inside = Walk(signed).sequence()?;
        inside.optional(|value| value.is_context(0));
        let serial = inside.next()?.content;
        inside.next()?;
        let issuer = inside.next()?.raw;
        inside.next()?;
        let subject = inside.next()?.raw;
        let key = inside.next()?.raw;
        let mut found = Self {
            signed,
            issuer,
            subject,
            serial,
            validity: (
                parsed.validity().not_before.timestamp(),
                parsed.validity().not_after.timestamp(),
            ),
            key,
            key_id: None,
            authority_id: None,
            is_authority: false,
            may_sign: true,
            scheme,
            signature,
        };
        for extension in parsed.extensions() {
            match extension.parsed_extension() {
                ParsedExtension::SubjectKeyIdentifier(id) => found.key_id = Some(id.0.to_vec()),
                ParsedExtension::AuthorityKeyIdentifier(id) => {
                    found.authority_id = id.key_identifier.as_ref().map(|id| id.0.to_vec());
                }
                ParsedExtension::BasicConstraints(basic) => found.is_authority |= basic.ca,
                // Authorities of five states say that they are none and sign certificates.
                ParsedExtension::KeyUsage(usage) => {
                    found.is_authority |= usage.key_cert_sign();
                    found.may_sign = usage.digital_signature();
                }
                _ => {}
            }
        }
        Ok(found)
    }

    pub(super) fn key(&self) -> Result<PublicKey<'a>, Malformed> {
        PublicKey::read(self.key)
    }

    /// Whether `authority` signed this certificate.
    pub(super) fn signed_by(&self, authority: &Certificate<'_>) -> Result<Outcome, Malformed> {
        let Some(scheme) = self.scheme else {
            return Ok(Outcome::Unsupported);
        };
        Ok(authority.key()?.verify(scheme, self.signed, self.signature))
    }

    /// Whether `second` lies within its validity.
    pub(super) fn valid_at(&self, second: i64) -> bool {
        (self.validity.0..=self.validity.1).contains(&second)
    }
}
