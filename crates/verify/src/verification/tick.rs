//! What time does to verifications.

use bonafide_vault::records::RecordsError;

use crate::App;

/// What one round did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ticked {
    /// Verifications whose time was over.
    pub expired: u64,
    /// Rows whose time to rest was over.
    pub removed: u64,
    /// More is due than the limit allowed: call again at once.
    pub more: bool,
}

/// Expires what is due, at most `limit` verifications. To be called every
/// second or so, by every node: each change is made once.
pub async fn tick(app: &App, limit: u32) -> Result<Ticked, RecordsError> {
    let _ = (app, limit);
    todo!()
}
