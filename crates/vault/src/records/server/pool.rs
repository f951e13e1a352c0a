//! Connections to a server that may go away.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use sqlx::pool::{PoolConnection, PoolOptions};
use sqlx::{Connection, Pool};
use tokio::sync::Mutex;

use super::{Driver, Fault};
use crate::records::driver;

/// How long a connection is waited for.
const CONNECT: Duration = Duration::from_secs(3);

/// At most so many a node.
const CONNECTIONS: u32 = 16;

/// A pool, and whether its server seems to be away.
pub(super) struct Connections<DB: Driver> {
    pool: Pool<DB>,
    away: AtomicBool,
    /// While the server is away one caller waits for it; the others are told at
    /// once.
    prober: Mutex<()>,
}

impl<DB: Driver> Connections<DB> {
    /// Connects when it is first used. `prepare` is what each connection is
    /// told before anything else.
    pub(super) fn new(
        options: <DB::Connection as Connection>::Options,
        prepare: &'static [&'static str],
    ) -> Self {
        let pool = PoolOptions::new()
            .max_connections(CONNECTIONS)
            .acquire_timeout(CONNECT)
            // Asking each time would cost a way there and back; a connection
            // that was lost is noticed by its first statement.
            .test_before_acquire(false)
            .after_connect(move |connection: &mut DB::Connection, _| {
                Box::pin(async move {
                    for sql in prepare {
                        let ran = DB::run(connection, (*sql).to_owned()).await;
                        ran.map_err(|_| {
                            sqlx::Error::Configuration("the session cannot be set up".into())
                        })?;
                    }
                    Ok(())
                })
            })
            .connect_lazy_with(options);
        Self { pool, away: AtomicBool::new(false), prober: Mutex::new(()) }
    }

    /// A connection; `sure` asks whether it is alive first.
    pub(super) async fn take(&self, sure: bool) -> Result<PoolConnection<DB>, Fault> {
        let away = self.away.load(Ordering::Relaxed);
        let _prober = if away {
            let busy = |_| Fault::Gone("it is away".to_owned());
            Some(self.prober.try_lock().map_err(busy)?)
        } else {
            None
        };
        loop {
            let mut connection = match self.pool.acquire().await {
                Ok(connection) => connection,
                Err(error) => {
                    self.away.store(true, Ordering::Relaxed);
                    return Err(driver::fault::<DB>(&error));
                }
            };
            if (sure || away) && !alive::<DB>(&mut connection).await {
                abandon(connection);
                continue;
            }
            self.away.store(false, Ordering::Relaxed);
            return Ok(connection);
        }
    }
}

async fn alive<DB: Driver>(connection: &mut PoolConnection<DB>) -> bool {
    matches!(tokio::time::timeout(CONNECT, connection.ping()).await, Ok(Ok(())))
}

/// Closes a connection at once, so that nobody gets what is left of its
/// transaction; the server takes that back.
pub(super) fn abandon<DB: Driver>(connection: PoolConnection<DB>) {
    drop(connection.detach());
}
