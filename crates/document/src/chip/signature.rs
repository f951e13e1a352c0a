//! Signature schemes, as certificates and security objects name them.

use asn1_rs::{Oid, Tag, oid};
use aws_lc_rs::signature::{self as provider, RsaParameters, UnparsedPublicKey};
use num_bigint::BigUint;

use super::asn1::{Malformed, Walk, only};
use super::curve::Curve;
use super::hash::Hash;

/// A scheme with its hash functions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scheme {
    /// RSASSA-PKCS1-v1_5.
    Pkcs1(Hash),
    /// RSASSA-PSS with MGF1 over the same hash and a salt as long as it.
    Pss(Hash),
    /// ECDSA.
    Ecdsa(Hash),
    /// Plain ECDSA of TR-03111: r and s side by side.
    PlainEcdsa(Hash),
}

/// What came of looking at a signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Holds,
    Fails,
    /// The scheme, its parameters or the key are of a kind that is not known here.
    Unsupported,
}

impl Scheme {
    /// From an `AlgorithmIdentifier`; `digest` is the signer's digest algorithm, for
    /// identifiers that do not name one. `None` if it is not known here.
    pub(super) fn read(
        algorithm: &mut Walk<'_>,
        digest: Option<Hash>,
    ) -> Result<Option<Self>, Malformed> {
        let mut algorithm = algorithm.sequence()?;
        let name = algorithm.oid()?;
        if name == PSS {
            return pss(algorithm);
        }
        if name == RSA {
            return Ok(digest.map(Self::Pkcs1));
        }
        Ok(SCHEMES.iter().find(|(known, _)| *known == name).map(|(_, scheme)| *scheme))
    }
}

/// RFC 4055, 3.1; what is left out is SHA-1 and a salt of twenty bytes.
fn pss(mut algorithm: Walk<'_>) -> Result<Option<Scheme>, Malformed> {
    let (mut hash, mut mask, mut salt) = (Some(Hash::Sha1), Some(Hash::Sha1), 20);
    if let Some(parameters) = algorithm.optional(|value| value.is(Tag::Sequence)) {
        let mut parameters = parameters.inside();
        if let Some(value) = parameters.optional(|value| value.is_context(0)) {
            hash = Hash::read(&mut value.inside())?;
        }
        if let Some(value) = parameters.optional(|value| value.is_context(1)) {
            let mut generator = value.inside().sequence()?;
            if generator.oid()? != MGF1 {
                return Ok(None);
            }
            mask = Hash::read(&mut generator)?;
        }
        if let Some(value) = parameters.optional(|value| value.is_context(2)) {
            salt = value.inside().small()?;
        }
    }
    Ok(hash.filter(|hash| mask == Some(*hash) && salt == hash.len()).map(Scheme::Pss))
}

/// A public key, as `SubjectPublicKeyInfo` says it.
pub(super) enum PublicKey<'a> {
    /// `RSAPublicKey` in DER.
    Rsa(&'a [u8]),
    Curve(Box<Curve>, (BigUint, BigUint)),
    /// Another algorithm or curve.
    Unsupported,
}

impl<'a> PublicKey<'a> {
    pub(super) fn read(info: &'a [u8]) -> Result<Self, Malformed> {
        let mut info = only(info)?.inside();
        let mut algorithm = info.sequence()?;
        let bits = info.take(Tag::BitString)?.content;
        let (0, key) = bits.split_first().map(|(unused, key)| (*unused, key)).ok_or(Malformed)?
        else {
            return Err(Malformed);
        };
        let name = algorithm.oid()?;
        if name == RSA || name == PSS {
            return Ok(Self::Rsa(key));
        }
        if name != EC_KEY {
            return Ok(Self::Unsupported);
        }
        let Some(curve) = Curve::read(&mut algorithm)? else {
            return Ok(Self::Unsupported);
        };
        let point = curve.point(key).ok_or(Malformed)?;
        Ok(Self::Curve(Box::new(curve), point))
    }

    /// Whether `signature` signs `message` under this key.
    pub(super) fn verify(&self, scheme: Scheme, message: &[u8], signature: &[u8]) -> Outcome {
        let holds = match (self, scheme) {
            (Self::Rsa(key), Scheme::Pkcs1(hash)) => rsa(pkcs1(hash), key, message, signature),
            (Self::Rsa(key), Scheme::Pss(hash)) => rsa(pss_of(hash), key, message, signature),
            (Self::Curve(curve, key), Scheme::Ecdsa(hash)) => {
                let pair = pair(signature);
                pair.map(|(r, s)| curve.verify(key, &hash.digest(message), &r, &s))
            }
            (Self::Curve(curve, key), Scheme::PlainEcdsa(hash)) => {
                let (r, s) = signature.split_at(signature.len() / 2);
                let (r, s) = (BigUint::from_bytes_be(r), BigUint::from_bytes_be(s));
                Some(curve.verify(key, &hash.digest(message), &r, &s))
            }
            _ => return Outcome::Unsupported,
        };
        match holds {
            Some(true) => Outcome::Holds,
            Some(false) => Outcome::Fails,
            None => Outcome::Unsupported,
        }
    }
}

/// The numbers of an `ECDSA-Sig-Value`; a pair that is none signs nothing.
fn pair(signature: &[u8]) -> Option<(BigUint, BigUint)> {
    let read = || {
        let mut pair = only(signature)?.inside();
        let (r, s) = (pair.unsigned()?, pair.unsigned()?);
        Ok::<_, Malformed>((BigUint::from_bytes_be(r), BigUint::from_bytes_be(s)))
    };
    // Zero is no signature, so it stands for one that cannot be read.
    Some(read().unwrap_or_default())
}

fn rsa(
    parameters: Option<&'static RsaParameters>,
    key: &[u8],
    message: &[u8],
    signature: &[u8],
) -> Option<bool> {
    Some(UnparsedPublicKey::new(parameters?, key).verify(message, signature).is_ok())
}

/// Certificates of the years before 2010 are signed with SHA-1 and short keys; they are
/// as good as their state, which the configured list decides.
fn pkcs1(hash: Hash) -> Option<&'static RsaParameters> {
    Some(match hash {
        Hash::Sha1 => &provider::RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY,
        Hash::Sha224 => return None,
        Hash::Sha256 => &provider::RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY,
        Hash::Sha384 => &provider::RSA_PKCS1_2048_8192_SHA384,
        Hash::Sha512 => &provider::RSA_PKCS1_1024_8192_SHA512_FOR_LEGACY_USE_ONLY,
    })
}

fn pss_of(hash: Hash) -> Option<&'static RsaParameters> {
    Some(match hash {
        Hash::Sha1 | Hash::Sha224 => return None,
        Hash::Sha256 => &provider::RSA_PSS_2048_8192_SHA256,
        Hash::Sha384 => &provider::RSA_PSS_2048_8192_SHA384,
        Hash::Sha512 => &provider::RSA_PSS_2048_8192_SHA512,
    })
}

const RSA: Oid<'static> = oid!(1.2.840.113549.1.1.1);
const PSS: Oid<'static> = oid!(1.2.840.113549.1.1.10);
const MGF1: Oid<'static> = oid!(1.2.840.113549.1.1.8);
const EC_KEY: Oid<'static> = oid!(1.2.840.10045.2.1);

const SCHEMES: &[(Oid<'static>, Scheme)] = &[
    (oid!(1.2.840.113549.1.1.5), Scheme::Pkcs1(Hash::Sha1)),
    (oid!(1.2.840.113549.1.1.14), Scheme::Pkcs1(Hash::Sha224)),
    (oid!(1.2.840.113549.1.1.11), Scheme::Pkcs1(Hash::Sha256)),
    (oid!(1.2.840.113549.1.1.12), Scheme::Pkcs1(Hash::Sha384)),
    (oid!(1.2.840.113549.1.1.13), Scheme::Pkcs1(Hash::Sha512)),
    (oid!(1.2.840.10045.4.1), Scheme::Ecdsa(Hash::Sha1)),
    (oid!(1.2.840.10045.4.3.1), Scheme::Ecdsa(Hash::Sha224)),
    (oid!(1.2.840.10045.4.3.2), Scheme::Ecdsa(Hash::Sha256)),
    (oid!(1.2.840.10045.4.3.3), Scheme::Ecdsa(Hash::Sha384)),
    (oid!(1.2.840.10045.4.3.4), Scheme::Ecdsa(Hash::Sha512)),
    (oid!(0.4.0.127.0.7.1.1.4.1.1), Scheme::PlainEcdsa(Hash::Sha1)),
    (oid!(0.4.0.127.0.7.1.1.4.1.2), Scheme::PlainEcdsa(Hash::Sha224)),
    (oid!(0.4.0.127.0.7.1.1.4.1.3), Scheme::PlainEcdsa(Hash::Sha256)),
    (oid!(0.4.0.127.0.7.1.1.4.1.4), Scheme::PlainEcdsa(Hash::Sha384)),
    (oid!(0.4.0.127.0.7.1.1.4.1.5), Scheme::PlainEcdsa(Hash::Sha512)),
];
