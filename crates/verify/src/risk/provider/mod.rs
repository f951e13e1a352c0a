//! Services outside that are asked whether they know an identifier. Each is described
//! in the configuration, called only where every policy in use names its host for
//! identifiers, and its answer is a yes, a no, or none.

mod range;
#[cfg(test)]
mod tests;

use std::time::Duration;

use aws_lc_rs::digest;
use bonafide_context::{Keeper, Region, Sensitive};
use bonafide_outbound::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use bonafide_outbound::{Client, Method, Recipient, Request};
use bonafide_policy::Category;
use bonafide_risk::{Absent, Kind, Meaning, Registration, Signal, Source};
use serde_json::Value;
use zeroize::Zeroizing;

/// Of an answer so much is read, in bytes: a range has some thousand lines.
const LIMIT: usize = 1 << 20;

/// A service that is asked.
#[derive(Debug)]
pub struct Provider {
    /// As answers name it, behind `provider:`.
    pub source: Source,
    /// What it is asked about.
    pub kind: Kind,
    /// What it means that it knows one.
    pub meaning: Meaning,
    /// Where: in the form of a range with `{prefix}` in it.
    pub url: String,
    /// A header with the secret that it wants.
    pub header: Option<(HeaderName, Sensitive<String>)>,
    /// What it is told.
    pub form: ProviderForm,
    /// How long it has.
    pub timeout: Duration,
    /// The region whose data it may be asked about; any, if there is none.
    pub region: Option<Region>,
}

/// What a service is told of an identifier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProviderForm {
    /// The identifier in its normal form, as a member of a JSON body.
    Whole {
        /// The member's name.
        member: String,
        /// Where the answer has its yes or no, as a JSON pointer (RFC 6901).
        pointer: String,
    },
    /// The first five hexadecimal digits of a hash, which thousands of identifiers
    /// share; it answers with the rest of every hash that it knows, one a line, with
    /// or without a count, and what is asked about is looked for here.
    Range {
        /// Of which hash.
        hash: RangeHash,
    },
}

/// A hash that services use for ranges.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RangeHash {
    /// SHA-1, as older services have it.
    Sha1,
    /// SHA-256.
    Sha256,
}

impl Provider {
    /// What it says of an identifier in its normal form; no answer, an answer that
    /// cannot be read and a region that is not its own are `null`, never "no".
    pub(super) async fn ask(
        &self,
        client: &Client,
        region: &Region,
        normal: &Sensitive<String>,
    ) -> Registration {
        let elsewhere = self.region.as_ref().is_some_and(|own| own != region);
        let known = match elsewhere && Keeper::Borders.works() {
            true => None,
            false => self.known(client, normal).await,
        };
        let answer = Signal::or_null(known, Absent::SourceUnavailable);
        Registration { source: self.source.clone(), meaning: self.meaning, answer }
    }

    async fn known(&self, client: &Client, normal: &Sensitive<String>) -> Option<bool> {
        let to = Recipient::Service(Category::Identifiers);
        let mut request = Request::new(to, Method::GET, self.url.as_str());
        request.headers = self.headers()?;
        request.timeout = self.timeout;
        request.limit = LIMIT;
        match &self.form {
            ProviderForm::Whole { member, pointer } => {
                request.method = Method::POST;
                request.headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
                let told = [(member.as_str(), normal.expose().as_str())];
                let told = std::collections::BTreeMap::from(told);
                request.body = serde_json::to_vec(&told).ok()?.into();
                let answer = client.send(request).await.ok().filter(|got| got.status == 200)?;
                let body: Value = serde_json::from_slice(&answer.body).ok()?;
                body.pointer(pointer)?.as_bool()
            }
            ProviderForm::Range { hash } => {
                let hex = hash.of(normal.expose());
                let (prefix, rest) = hex.split_at_checked(range::PREFIX)?;
                request.url = self.url.replace("{prefix}", prefix);
                let answer = client.send(request).await.ok().filter(|got| got.status == 200)?;
                range::holds(&answer.body, rest)
            }
        }
    }

    fn headers(&self) -> Option<HeaderMap> {
        let mut headers = HeaderMap::new();
        if let Some((name, secret)) = &self.header {
            let mut value = HeaderValue::from_str(secret.expose()).ok()?;
            value.set_sensitive(true);
            headers.insert(name.clone(), value);
        }
        Some(headers)
    }
}

impl RangeHash {
    /// In upper-case hexadecimal, as ranges are written.
    fn of(self, normal: &str) -> Zeroizing<String> {
        let algorithm = match self {
            Self::Sha1 => &digest::SHA1_FOR_LEGACY_USE_ONLY,
            Self::Sha256 => &digest::SHA256,
        };
        let digest = digest::digest(algorithm, normal.as_bytes());
        Zeroizing::new(digest.as_ref().iter().map(|byte| format!("{byte:02X}")).collect())
    }
}
