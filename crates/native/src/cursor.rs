//! Where a page of a listing ended, as a text that only this server makes.
//!
//! A cursor is bound to the realm, the application, the listing and its
//! filters: one that was altered, or that another caller or listing was given,
//! is refused.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bonafide_ledger::Caller;
use bonafide_vault::{Vault, VaultError};

use crate::problem::{Code, Problem};

/// A listing's cursors for one caller.
pub(crate) struct Cursors<'a> {
    pub(crate) vault: &'a Vault,
    pub(crate) caller: &'a Caller,
    /// The listing and its filters.
    pub(crate) listing: &'a str,
}

/// What a client may send back at most, in characters.
const LONGEST: usize = 1_024;

impl Cursors<'_> {
    /// The cursor that stands for `place`.
    pub(crate) async fn make(&self, place: &str) -> Result<String, VaultError> {
        let mac = self.mac(place).await?;
        Ok(URL_SAFE_NO_PAD.encode(format!("{mac}.{place}")))
    }

    /// The place that a cursor stands for.
    pub(crate) async fn open(&self, cursor: &str) -> Result<String, Problem> {
        let refused = || {
            Problem::new(
                Code::InvalidCursor,
                "take the cursor from the page before as it is, with the same key and filters",
            )
        };
        if cursor.len() > LONGEST {
            return Err(refused());
        }
        let bytes = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| refused())?;
        let text = String::from_utf8(bytes).map_err(|_| refused())?;
        let (mac, place) = text.split_once('.').ok_or_else(refused)?;
        let expected = self.mac(place).await?;
        if same(mac.as_bytes(), expected.as_bytes()) {
            Ok(place.to_owned())
        } else {
            Err(refused())
        }
    }

    async fn mac(&self, place: &str) -> Result<String, VaultError> {
        let application = self.caller.application.as_str();
        let bound = format!("{application}\n{}\n{place}", self.listing);
        self.vault.keyed_hash(&self.caller.realm(), "native/cursor", bound.as_bytes()).await
    }
}

/// Compares without telling by its time how much was right.
fn same(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).fold(0, |all, (a, b)| all | (a ^ b)) == 0
}
