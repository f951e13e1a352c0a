//! Signatures by the Standard Webhooks specification: HMAC-SHA256 over
//! `id.timestamp.body`, as `v1,` and base64.

use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bonafide_context::Random;
use zeroize::Zeroizing;

/// A secret that an endpoint and its receiver share.
pub struct Secret(Zeroizing<Vec<u8>>);

impl Secret {
    /// Bytes of a secret; the specification wants 24 to 64.
    const BYTES: usize = 32;

    /// A new one.
    pub fn new(random: &mut dyn Random) -> Self {
        let mut bytes = Zeroizing::new(vec![0; Self::BYTES]);
        random.fill(&mut bytes);
        Self(bytes)
    }

    /// One that was kept.
    pub fn from_bytes(bytes: Zeroizing<Vec<u8>>) -> Self {
        Self(bytes)
    }

    /// To be kept, sealed.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// As the customer gets it, once.
    pub fn reveal(&self) -> Zeroizing<String> {
        Zeroizing::new(format!("whsec_{}", STANDARD.encode(self.bytes())))
    }

    fn sign(&self, message: &[&[u8]]) -> String {
        let key = hmac::Key::new(hmac::HMAC_SHA256, self.bytes());
        let mut context = hmac::Context::with_key(&key);
        message.iter().for_each(|part| context.update(part));
        format!("v1,{}", STANDARD.encode(context.sign()))
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret")
    }
}

/// The header `webhook-signature`: one signature a secret, so that a receiver
/// may have either during a change-over. `seconds` is the header
/// `webhook-timestamp`.
pub fn header(secrets: &[Secret], id: &str, seconds: u64, body: &[u8]) -> String {
    let seconds = seconds.to_string();
    let message: [&[u8]; 5] = [id.as_bytes(), b".", seconds.as_bytes(), b".", body];
    let signatures: Vec<String> = secrets.iter().map(|secret| secret.sign(&message)).collect();
    signatures.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(text: &str) -> Secret {
        Secret::from_bytes(Zeroizing::new(STANDARD.decode(text).unwrap()))
    }

    /// What the `standardwebhooks` package 1.1.0 for Python computes.
    #[test]
    fn signatures_are_those_of_the_reference() {
        let first = secret("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        let id = "msg_p5jXN8AQM9LWM0D4loKWxJek";
        assert_eq!(
            header(&[first], id, 1_614_265_330, br#"{"test": 2432232314}"#),
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
        );
        let second = Secret::from_bytes(Zeroizing::new((0..32).collect()));
        let body = br#"{"type":"webhook.test","timestamp":"2026-07-01T00:00:00.000Z","data":{"status":"test"}}"#;
        assert_eq!(
            header(&[second], "evt_aaaaaaaaaaaaaaaaaaaaaaaaaa", 1_782_864_000, body),
            "v1,BcmaIM9AQNtuTBvBJWa9YxaGrIL2/cPKJeAxppfehNI="
        );
    }

    #[test]
    fn two_secrets_give_two_signatures_and_none_is_shown() {
        let mut random = bonafide_context::Seeded::new(1);
        let secrets = [Secret::new(&mut random), Secret::new(&mut random)];
        let both = header(&secrets, "evt_x", 1, b"{}");
        let parts: Vec<_> = both.split(' ').collect();
        assert_eq!(parts.len(), 2);
        assert_ne!(parts[0], parts[1]);
        assert_eq!(parts[1], header(&secrets[1..], "evt_x", 1, b"{}"));
        assert_eq!(format!("{:?}", secrets[0]), "Secret");
        assert!(secrets[0].reveal().starts_with("whsec_"));
        assert_eq!(secrets[0].reveal().len(), 6 + 44);
    }
}
