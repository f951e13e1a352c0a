//! What others hold of a running server.

use std::fmt;
use std::sync::Arc;

use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::door::Door;
use crate::{ServerError, Settings, listen};

/// How far the server has come towards its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Phase {
    /// It answers.
    Serving,
    /// It answers, and says that it is not ready for more.
    Leaving,
    /// It takes no more and finishes what it has.
    Closing,
    /// It cuts off what is left.
    Ended,
}

/// A hold on a running server: to stop it and to give it new settings.
#[derive(Clone)]
pub struct ServerHandle {
    pub(crate) door: Arc<Door>,
}

impl ServerHandle {
    /// Begins the end: `/health/ready` turns false, then the listener closes,
    /// then what is in flight is finished within the limit. Returns at once;
    /// [`crate::Server::run`] returns when it is done.
    pub fn drain(&self) {
        self.door.advance(Phase::Leaving);
    }

    /// Ends at once: what is in flight is cut off.
    pub fn end(&self) {
        self.door.advance(Phase::Ended);
    }

    /// Takes a new certificate and new limits for connections from now on;
    /// those that are open stay open.
    ///
    /// # Errors
    /// When the certificate cannot be used, or something has changed that needs
    /// a restart. The server then goes on with what it had.
    pub fn reload(&self, settings: &Settings) -> Result<(), ServerError> {
        let outcome = self.try_reload(settings);
        match &outcome {
            Ok(()) => tracing::info!(name: "settings_reloaded", ""),
            Err(error) => tracing::error!(name: "settings_kept", code = error.code()),
        }
        outcome
    }

    fn try_reload(&self, settings: &Settings) -> Result<(), ServerError> {
        listen::check(settings)?;
        let now = self.door.settings();
        for (name, same) in [
            ("listen", now.listen == settings.listen),
            ("insecure_http", now.insecure_http == settings.insecure_http),
            ("metrics", now.metrics == settings.metrics),
            ("threads", now.threads == settings.threads),
        ] {
            if !same {
                return Err(ServerError::NeedsRestart(name));
            }
        }
        self.door.take(settings)
    }
}

impl fmt::Debug for ServerHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServerHandle").field("phase", &*self.door.phase().borrow()).finish()
    }
}

/// The process's signals, caught from the moment this is made: make it before the
/// server says that it is ready, so that a signal sent at that word drains it
/// instead of ending the process.
#[derive(Debug)]
pub struct Signals {
    terminate: Signal,
    interrupt: Signal,
    hang_up: Signal,
}

impl Signals {
    /// # Errors
    /// When the system lets no signal be caught.
    pub fn catch() -> std::io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            hang_up: signal(SignalKind::hangup())?,
        })
    }

    /// Obeys them until the server has ended: SIGTERM and SIGINT drain it, a second
    /// one ends it at once, SIGHUP calls `reload`.
    pub async fn obey(mut self, handle: ServerHandle, mut reload: impl FnMut() + Send) {
        let mut phase = handle.door.phase();
        let mut asked = false;
        loop {
            tokio::select! {
                ended = phase.wait_for(|phase| *phase == Phase::Ended) => {
                    // Gone with the server, or ended: the same.
                    let _ = ended;
                    return;
                }
                _ = self.hang_up.recv() => reload(),
                _ = self.terminate.recv() => stop(&handle, &mut asked),
                _ = self.interrupt.recv() => stop(&handle, &mut asked),
            }
        }
    }
}

fn stop(handle: &ServerHandle, asked: &mut bool) {
    if *asked {
        tracing::warn!(name: "ending_at_once", "");
        handle.end();
    } else {
        tracing::info!(name: "draining", "");
        handle.drain();
    }
    *asked = true;
}
