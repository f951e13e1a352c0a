//! The key that signs for the log: made once, sealed like every secret of the
//! installation.

use bonafide_transparency::note::{Algorithm, KeyName, SigningKey, VerifierKey};
use zeroize::Zeroizing;

use super::super::Vault;
use super::super::tables::LOG_KEYS;
use super::unusable;
use crate::records::{Change, Condition, Expect, Row, Select};
use crate::{VaultError, seal};

/// What the sealed key is of.
const CONTEXT: &str = "transparency log signing key";
/// The key's row.
const NAME: &str = "signing";

/// The log's key, and whether the log was begun with it.
pub(super) struct LogKey {
    pub(super) signing: SigningKey,
    pub(super) begun: bool,
}

impl Vault {
    /// The key by which everybody can check what this installation's log says.
    /// Made when it is first asked for; its name, which is the log's, is drawn
    /// with it: `bonafide/` and 16 hexadecimal digits.
    pub async fn log_verifier(&self) -> Result<VerifierKey, VaultError> {
        Ok(self.log_key().await?.signing.verifier().clone())
    }

    pub(super) async fn log_key(&self) -> Result<LogKey, VaultError> {
        if let Some(key) = self.find_log_key().await? {
            return Ok(key);
        }
        let made = self.random.with(|random| {
            let mut id = [0; 8];
            random.fill(&mut id);
            let name: KeyName = format!("bonafide/{}", seal::hex(&id)).parse()?;
            SigningKey::generate(name, Algorithm::Ed25519, random)
        });
        let made = made.map_err(unusable)?.to_text();
        let sealed = self.seal_secret(CONTEXT, made.expose().as_bytes()).await?;
        let row = Row::new(&LOG_KEYS)
            .with("name", NAME)
            .with("sealed", sealed)
            .with("made", self.clock.moment());
        // Of nodes that start together one makes it.
        self.stores.records.commit(vec![Change::InsertIfAbsent(row)]).await?;
        self.find_log_key().await?.ok_or(VaultError::KeyMissing)
    }

    async fn find_log_key(&self) -> Result<Option<LogKey>, VaultError> {
        let select = Select::from(&LOG_KEYS).and(Condition::is("name", NAME));
        let rows = self.stores.records.select(select).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        let opened: Zeroizing<Vec<u8>> = self.open_secret(CONTEXT, row.bytes("sealed")?).await?;
        let text = std::str::from_utf8(&opened).map_err(|_| VaultError::Damaged)?;
        let signing = text.parse().map_err(|_| VaultError::Damaged)?;
        Ok(Some(LogKey { signing, begun: row.optional_integer("begun")?.is_some() }))
    }

    /// Writes down that the log was begun: from now on its absence is a loss.
    pub(super) async fn log_begun(&self) -> Result<(), VaultError> {
        let change = Change::Update {
            table: &LOG_KEYS,
            set: vec![("begun", self.clock.moment().into())],
            conditions: vec![Condition::is("name", NAME), Condition::Null("begun")],
            expect: Expect::Any,
        };
        Ok(self.stores.records.commit(vec![change]).await?)
    }
}
