//! HmacSHA1 and HmacSHA256, the signature among the parameters: what one official SDK
//! does unless it is told otherwise.

use std::borrow::Cow;

use aws_lc_rs::{constant_time, hmac};
use axum::http::Method;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bonafide_context::Timestamp;

use super::host;
use crate::code::Code;
use crate::fault::Fault;
use crate::input::Pairs;

/// Parameters of every request, which are no action's.
pub(crate) const COMMON: [&str; 11] = [
    "Action",
    "Language",
    "Nonce",
    "Region",
    "RequestClient",
    "SecretId",
    "Signature",
    "SignatureMethod",
    "Timestamp",
    "Token",
    "Version",
];

/// Whether there is a signature as this interface has it.
pub(super) fn is_signed<K: AsRef<str>, V>(pairs: impl Iterator<Item = (K, V)>) -> bool {
    let (mut id, mut signature) = (false, false);
    for (name, _) in pairs {
        id |= name.as_ref() == "SecretId";
        signature |= name.as_ref() == "Signature";
    }
    id && signature
}

/// A request with its signature among the parameters.
pub(crate) struct V1<'a> {
    pairs: &'a Pairs,
    method: &'a Method,
    host: &'a str,
    algorithm: hmac::Algorithm,
    secret_id: &'a str,
    timestamp: u64,
    signature: Vec<u8>,
}

impl<'a> V1<'a> {
    /// What the parameters of a request say of its signature.
    pub(crate) fn read(method: &'a Method, host: &'a str, pairs: &'a Pairs) -> Result<Self, Fault> {
        if pairs.repeats() {
            let say = "a parameter is there twice: send each once";
            return Err(Fault::new(Code::InvalidParameter, say));
        }
        let needed = |name: &'static str| {
            let missing = || Fault::new(Code::MissingParameter, format!("`{name}` is missing"));
            pairs.get(name).ok_or_else(missing)
        };
        let number = |name: &'static str| {
            let text = needed(name)?;
            let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
            text.parse::<u64>().ok().filter(|_| digits).ok_or_else(|| {
                Fault::new(Code::InvalidParameter, format!("`{name}` is a positive number"))
            })
        };
        let algorithm = match pairs.get("SignatureMethod").unwrap_or("HmacSHA1") {
            "HmacSHA1" => hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
            "HmacSHA256" => hmac::HMAC_SHA256,
            _ => {
                let say = "`SignatureMethod` is `HmacSHA1` or `HmacSHA256`";
                return Err(Fault::new(Code::InvalidParameterValue, say));
            }
        };
        let secret_id = needed("SecretId")?;
        let timestamp = number("Timestamp")?;
        number("Nonce")?;
        let signature = STANDARD.decode(needed("Signature")?).map_err(|_| {
            Fault::new(Code::SignatureFailure, "`Signature` is not base64: send it URL-encoded")
        })?;
        Ok(Self { pairs, method, host, algorithm, secret_id, timestamp, signature })
    }

    /// Which key it names.
    pub(crate) fn secret_id(&self) -> &'a str {
        self.secret_id
    }

    /// When it was signed, in seconds since 1970, if that is within the window.
    pub(crate) fn signed_at(&self, now: Timestamp) -> Result<u64, Fault> {
        super::in_window(self.timestamp, now)
    }

    /// What stands for this request and no other: its nonce is in there.
    pub(crate) fn signature(&self) -> &[u8] {
        &self.signature
    }

    /// Whether the signature is that of these parameters under this secret.
    pub(crate) fn is_by(&self, secret: &[u8]) -> bool {
        let key = hmac::Key::new(self.algorithm, secret);
        // One SDK writes dots for underscores in names; no name here has either.
        let plain = !self.pairs.iter().any(|(name, _)| name.contains('_'));
        let dots: &[bool] = if plain { &[false] } else { &[false, true] };
        host::spellings(self.host).iter().any(|host| {
            dots.iter().any(|dots| {
                let mut mac = hmac::Context::with_key(&key);
                self.text(host, *dots, |piece| mac.update(piece.as_bytes()));
                let made = mac.sign();
                constant_time::verify_slices_are_equal(made.as_ref(), &self.signature).is_ok()
            })
        })
    }

    /// The text that is signed, piece by piece: a body may be long.
    pub(super) fn text(&self, host: &str, dots: bool, mut piece: impl FnMut(&str)) {
        piece(self.method.as_str());
        piece(host);
        piece("/?");
        let mut all: Vec<_> = self.pairs.iter().filter(|(name, _)| *name != "Signature").collect();
        all.sort_unstable_by_key(|(name, _)| *name);
        for (at, (name, value)) in all.into_iter().enumerate() {
            if at > 0 {
                piece("&");
            }
            let name = if dots { Cow::Owned(name.replace('_', ".")) } else { Cow::Borrowed(name) };
            piece(&name);
            piece("=");
            piece(value);
        }
    }
}
