//! What this installation signs for besides its log.

use bonafide_transparency::note::Note;

use super::super::Vault;
use super::unusable;
use crate::VaultError;

impl Vault {
    /// A statement of this installation, signed with the key of its log: a note
    /// (C2SP signed-note) of lines, which whoever has [`Vault::log_verifier`] checks
    /// offline. The first line says that it is a statement and of which kind; a
    /// checkpoint begins with the log's name, so that neither is ever taken for the
    /// other. `lines` ends in a newline and holds no other control character.
    pub async fn sign_statement(&self, kind: &str, lines: &str) -> Result<String, VaultError> {
        let text = format!("bonafide statement: {kind}\n{lines}");
        let mut note = Note::new(text).map_err(unusable)?;
        let key = self.log_key().await?.signing;
        note.add(key.sign(note.text(), self.clock.moment())).map_err(unusable)?;
        Ok(note.to_text())
    }
}
