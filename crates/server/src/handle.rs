//! What others hold of a running server.

use crate::{ServerError, Settings};

/// A hold on a running server: to stop it and to give it new settings.
#[derive(Clone, Debug)]
pub struct ServerHandle {}

impl ServerHandle {
    /// Begins the end: `/health/ready` turns false, then the listener closes,
    /// then what is in flight is finished within the limit. Returns at once;
    /// [`crate::Server::run`] returns when it is done.
    pub fn drain(&self) {
        todo!()
    }

    /// Ends at once: what is in flight is cut off.
    pub fn end(&self) {
        todo!()
    }

    /// Takes a new certificate and new limits for connections from now on;
    /// those that are open stay open.
    ///
    /// # Errors
    /// When the certificate cannot be used, or something has changed that needs
    /// a restart. The server then goes on with what it had.
    pub fn reload(&self, _settings: &Settings) -> Result<(), ServerError> {
        todo!()
    }
}

/// Obeys the process's signals until the server has ended: SIGTERM and SIGINT
/// drain it, a second one ends it at once, SIGHUP calls `reload`.
///
/// # Errors
/// When the system lets no signal be caught.
pub async fn obey_signals(
    _handle: ServerHandle,
    _reload: impl FnMut() + Send,
) -> std::io::Result<()> {
    todo!()
}
