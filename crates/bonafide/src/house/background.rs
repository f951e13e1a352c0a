//! What the server does by itself, again and again: each task alone, so that
//! one that fails or takes long holds up no other.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bonafide_accounts::Regions;
use bonafide_ledger::Ledger;
use bonafide_outbound::Client;
use bonafide_policy::{Category, Period, Retention};
use bonafide_verify::App;
use bonafide_verify::subprocessors::{policies_in_use, registered};
use bonafide_verify::webhooks::Webhooks;
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval};

use super::data;

/// Rows of one kind that a round removes or moves at most: small, so that no
/// round holds the store for long.
const ROUND: u32 = 500;

/// The tasks of a running server; they end when this is dropped.
pub(crate) struct Background {
    tasks: JoinSet<()>,
}

impl Background {
    pub(crate) fn start(
        app: &Arc<App>,
        outbound: &Client,
        here: &Regions,
        checkpoint: PathBuf,
    ) -> Self {
        let mut tasks = JoinSet::new();
        let (a, l) = (app.clone(), app.ledger().clone());
        every(&mut tasks, "settle", 1, move || settle(l.clone()));
        let l = app.ledger().clone();
        every(&mut tasks, "ship", 5, move || ship(l.clone()));
        let l = app.ledger().clone();
        every(&mut tasks, "reap_ledger", 1, move || reap_ledger(l.clone()));
        let b = app.clone();
        every(&mut tasks, "reap_vault", 1, move || reap_vault(b.clone()));
        let b = app.clone();
        every(&mut tasks, "log_events", 5, move || log_events(b.clone()));
        let (b, checkpoint) = (app.clone(), Arc::new(checkpoint));
        let kept = Arc::new(AtomicU64::new(0));
        every(&mut tasks, "keep_checkpoint", 5, move || {
            keep_checkpoint(b.clone(), checkpoint.clone(), kept.clone())
        });
        let b = app.clone();
        every(&mut tasks, "accounts", 5, move || accounts(b.clone()));
        every(&mut tasks, "verifications", 5, move || verifications(a.clone()));
        let b = app.clone();
        every(&mut tasks, "reap_requests", 60, move || reap_requests(b.clone()));
        let b = app.clone();
        every(&mut tasks, "announce", 30, move || announce(b.clone()));
        let (b, client, here) = (app.clone(), outbound.clone(), here.clone());
        every(&mut tasks, "register", 30, move || {
            register(b.clone(), client.clone(), here.clone())
        });
        let b = app.clone();
        every(&mut tasks, "reap_letters", 5, move || reap_letters(b.clone()));
        if let Some(webhooks) = app.webhooks().cloned() {
            let reaped = webhooks.clone();
            every(&mut tasks, "reap_deliveries", 60, move || reap_deliveries(reaped.clone()));
            // Ends with the other tasks: what is being posted then is posted
            // again by the next start.
            tasks.spawn(webhooks.run(std::future::pending()));
        }
        Self { tasks }
    }

    /// Ends the tasks; what they were at is taken up by the next start.
    pub(crate) async fn end(mut self) {
        self.tasks.shutdown().await;
    }
}

/// What a round says: whether there is more to do at once, or why it failed.
type Round = Result<bool, String>;

fn every<F>(
    tasks: &mut JoinSet<()>,
    name: &'static str,
    seconds: u64,
    round: impl Fn() -> F + Send + 'static,
) where
    F: Future<Output = Round> + Send + 'static,
{
    tasks.spawn(async move {
        let mut ticks = interval(Duration::from_secs(seconds));
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut failing = false;
        loop {
            ticks.tick().await;
            loop {
                match round().await {
                    Ok(more) => {
                        if failing {
                            tracing::info!(task = name, "works again");
                        }
                        failing = false;
                        if !more {
                            break;
                        }
                    }
                    Err(reason) => {
                        // Once for each outage, not once a second.
                        if !failing {
                            tracing::error!(task = name, reason, "fails, and is tried again");
                        }
                        failing = true;
                        break;
                    }
                }
            }
        }
    });
}

async fn settle(ledger: Ledger) -> Round {
    ledger.settle().await.map(|_| false).map_err(|error| error.to_string())
}

async fn ship(ledger: Ledger) -> Round {
    ledger.ship(ROUND).await.map(|round| round.more).map_err(|error| error.to_string())
}

async fn reap_ledger(ledger: Ledger) -> Round {
    ledger.reap(ROUND).await.map(|round| round.more).map_err(|error| error.to_string())
}

async fn reap_vault(app: Arc<App>) -> Round {
    app.vault().reap(ROUND).await.map(|round| round.more).map_err(|error| error.to_string())
}

async fn log_events(app: Arc<App>) -> Round {
    app.vault().log_events(ROUND).await.map(|round| round.more).map_err(|error| error.to_string())
}

/// Writes the log's newest checkpoint to where the operator wants it, when it is
/// another than `kept`.
async fn keep_checkpoint(app: Arc<App>, file: Arc<PathBuf>, kept: Arc<AtomicU64>) -> Round {
    let vault = app.vault();
    let newest = vault.checkpoint().await.map_err(|error| error.to_string())?;
    // A shorter log than one that was seen takes no checkpoint's place.
    if let Some(newest) = newest.filter(|_| !vault.is_unchecked())
        && newest.head().size > kept.load(Ordering::Relaxed)
    {
        data::replace(&file, &newest.to_text()).map_err(|failure| failure.message)?;
        kept.store(newest.head().size, Ordering::Relaxed);
    }
    Ok(false)
}

async fn accounts(app: Arc<App>) -> Round {
    app.accounts().tick().await.map(|()| false).map_err(|error| error.to_string())
}

async fn verifications(app: Arc<App>) -> Round {
    bonafide_verify::verification::tick(&app, ROUND)
        .await
        .map(|round| round.more)
        .map_err(|error| error.to_string())
}

async fn reap_deliveries(webhooks: Arc<Webhooks>) -> Round {
    let keep = match Retention.period(Category::Deliveries) {
        Period::For(period) => period,
        Period::UntilClosed => return Ok(false),
    };
    webhooks.reap(keep).await.map(|()| false).map_err(|error| error.to_string())
}

/// Announces versions of policies, and learns what another node has announced.
async fn announce(app: Arc<App>) -> Round {
    bonafide_verify::notice::announce(&app).await.map_err(|error| error.to_string())?;
    bonafide_verify::notice::refresh(&**app.records(), app.accounts().policies())
        .await
        .map(|()| false)
        .map_err(|error| error.to_string())
}

/// Learns which subprocessors the policies in use name now.
async fn register(app: Arc<App>, client: Client, here: Regions) -> Round {
    let policies = policies_in_use(app.accounts()).await.map_err(|error| error.to_string())?;
    client.register(registered(&policies, &here));
    Ok(false)
}

async fn reap_letters(app: Arc<App>) -> Round {
    let more = bonafide_verify::requests::reap_requests(&app, ROUND).await;
    more.map_err(|error| error.to_string())
}

async fn reap_requests(app: Arc<App>) -> Round {
    let done = bonafide_native::reap(&**app.records(), app.clock().now()).await;
    done.map(|()| false).map_err(|error| error.to_string())
}
