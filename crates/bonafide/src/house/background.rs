//! What the server does by itself, again and again: each task alone, so that
//! one that fails or takes long holds up no other.

use std::error::Error as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bonafide_accounts::Regions;
use bonafide_ledger::Ledger;
use bonafide_outbound::Client;
use bonafide_policy::{Category, Period, Retention};
use bonafide_verify::App;
use bonafide_verify::mail::Mails;
use bonafide_verify::subprocessors::{on_every_list, policies_in_use, registered};
use bonafide_verify::webhooks::Webhooks;
use bonafide_verify::witnesses::Witnesses;
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval};

use super::data;
use crate::failure::Failure;

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
        witnesses: &Arc<Witnesses>,
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
        let (b, asked) = (app.clone(), witnesses.clone());
        every(&mut tasks, "witnesses", 2, move || ask_witnesses(b.clone(), asked.clone()));
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
        every(&mut tasks, "policies", 5, move || policies(b.clone()));
        let b = app.clone();
        every(&mut tasks, "end_sets", 60, move || end_sets(b.clone()));
        let b = app.clone();
        every(&mut tasks, "reap_letters", 5, move || reap_letters(b.clone()));
        if let Some(mails) = app.mails().cloned() {
            let b = app.clone();
            every(&mut tasks, "mail", 5, move || send_mail(b.clone(), mails.clone()));
        }
        if let Some(webhooks) = app.webhooks().cloned() {
            let reaped = webhooks.clone();
            every(&mut tasks, "reap_deliveries", 1, move || reap_deliveries(reaped.clone()));
            // Ends with the other tasks: what is being posted then is posted
            // again by the next start.
            tasks.spawn(webhooks.run(std::future::pending()));
        }
        Self { tasks }
    }

    /// What is done for all houses of a server together: whom they all may call is
    /// who may get what is of none alone, such as traces.
    pub(crate) async fn of_all(
        client: Client,
        houses: Vec<(Arc<App>, Regions)>,
    ) -> Result<Self, Failure> {
        let houses = Arc::new(houses);
        let failed = |reason| Failure::ours("records_failed", reason);
        register_all(client.clone(), houses.clone()).await.map_err(failed)?;
        let mut tasks = JoinSet::new();
        every(&mut tasks, "register_all", 30, move || register_all(client.clone(), houses.clone()));
        Ok(Self { tasks })
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

/// Sends the newest checkpoint to those who have not signed it.
async fn ask_witnesses(app: Arc<App>, witnesses: Arc<Witnesses>) -> Round {
    witnesses.ask(&app).await.map(|()| false).map_err(|error| match error.source() {
        Some(cause) => format!("{error}: {cause}"),
        None => error.to_string(),
    })
}

/// Hands over the mail that is due.
async fn send_mail(app: Arc<App>, mails: Arc<Mails>) -> Round {
    mails.dispatch(&app).await.map(|round| round.more).map_err(|error| error.to_string())
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

/// Learns which subprocessors the policies of every house name now.
async fn register_all(client: Client, houses: Arc<Vec<(Arc<App>, Regions)>>) -> Round {
    let mut lists = Vec::new();
    for (app, here) in houses.iter() {
        let policies = policies_in_use(app.accounts()).await.map_err(|error| error.to_string())?;
        lists.push(registered(&policies, here));
    }
    client.register(on_every_list(lists));
    Ok(false)
}

/// What a change of a tenant's policy asks for, and was not done yet.
async fn policies(app: Arc<App>) -> Round {
    let done = bonafide_verify::tenancy::tick((&*app).into()).await;
    done.map(|_| false).map_err(|error| error.to_string())
}

/// Drops what tenants had loaded whose contract has ended.
async fn end_sets(app: Arc<App>) -> Round {
    let done = bonafide_verify::risk::end_sets(&app).await;
    done.map(|_| false).map_err(|error| error.to_string())
}

async fn reap_letters(app: Arc<App>) -> Round {
    let more = bonafide_verify::requests::reap_requests(&app, ROUND).await;
    more.map_err(|error| error.to_string())
}

async fn reap_requests(app: Arc<App>) -> Round {
    let (records, now) = (&**app.records(), app.clock().now());
    let native = bonafide_native::reap(records, now).await;
    native
        .and(bonafide_tencent::reap(records, now).await)
        .map(|()| false)
        .map_err(|error| error.to_string())
}
