//! A house as the server runs it: its application, its door, its tasks.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use bonafide_accounts::Regions;
use bonafide_context::{OsRandom, Region};
use bonafide_ledger::{Ledger, LogIndex};
use bonafide_media::worker::WorkerPool;
use bonafide_native::{local_objects, public_log};
use bonafide_outbound::Client;
use bonafide_risk::Risk;
use bonafide_vault::objects::Place;
use bonafide_vault::records::dump;
use bonafide_verify::mail::Mails;
use bonafide_verify::risk::RiskDesk;
use bonafide_verify::webhooks::Webhooks;
use bonafide_verify::witnesses::Witnesses;
use bonafide_verify::{App, AppParts, AppSettings, Engines, Pool};

use super::{Background, House, Wellbeing, data};
use crate::failure::Failure;

/// What the houses of a server share: nothing of anybody's rests in it.
pub(crate) struct Common {
    pub(crate) engines: Arc<Engines>,
    pub(crate) risk: Arc<Risk>,
    pub(crate) decoder: Arc<WorkerPool>,
    pub(crate) pool: Arc<Pool>,
}

/// A house as the server runs it.
pub(crate) struct Furnished {
    pub(crate) house: House,
    pub(crate) app: Arc<App>,
    pub(crate) wellbeing: Arc<Wellbeing>,
    pub(crate) router: Router,
    /// Calls whom this house's policies let it call, and from its region.
    outbound: Client,
    witnesses: Arc<Witnesses>,
}

/// The operator's key of the first start.
const ADMINISTRATOR: &str = "administrator.key";

impl Furnished {
    pub(crate) async fn new(house: House, common: &Common) -> Result<Self, Failure> {
        let outbound = house.outbound()?;
        house.register(&outbound).await?;
        let index = house.index(&outbound)?;
        let app = app(&house, common, index.clone(), outbound.clone()).await?;
        let pages = bonafide_console::Settings { region: house.operator_region()? };
        let mut router = native(&house, &app)
            .merge(tencent(&house, &app))
            .merge(bonafide_console::routes(app.clone(), pages))
            .merge(bonafide_flow::routes());
        if house.configuration.transparency.publish {
            router = router.merge(public_log(app.clone()));
        }
        if let Place::Directory(directory) = &house.stores.objects {
            let key = house.vault.service_key("object urls").await?;
            directory.serve_at(&app.settings().public_url, &key);
            router = router.merge(local_objects(directory.clone(), house.clock.clone()));
        }
        let witnesses = house.configuration.transparency.read();
        let witnesses = Arc::new(Witnesses::new(witnesses, outbound.clone()));
        let decoder = common.decoder.clone();
        let wellbeing = Wellbeing::new(&house, index, decoder, app.clone(), witnesses.clone());
        let wellbeing = Arc::new(wellbeing);
        Ok(Self { house, app, wellbeing, router, outbound, witnesses })
    }

    /// Begins what the house does by itself.
    pub(crate) fn begin(&self) -> Background {
        let here = self.here();
        let checkpoint = self.house.checkpoint_file();
        Background::start(&self.app, &self.outbound, &here, checkpoint, &self.witnesses)
    }

    /// The regions whose data rests in it.
    pub(crate) fn here(&self) -> Regions {
        self.house.configuration.regions.read()
    }

    /// Writes down what waits in memory; nothing is worked on any more.
    pub(crate) async fn end(&self) {
        // Traces of calls that failed because the store did not answer wait in
        // memory for it: this is their last chance.
        if let Err(error) = self.app.ledger().settle().await {
            tracing::error!(%error, "traces of failed calls are lost: the record store does not answer");
        }
        if let Err(error) = self.app.accounts().release().await {
            tracing::warn!(%error, "what this node held of today's quotas is not given back");
        }
    }
}

impl House {
    /// Refuses to serve what a restore left half done.
    pub(crate) async fn is_whole(&self) -> Result<(), Failure> {
        let unfinished = dump::unfinished(&*self.stores.records).await;
        if unfinished.map_err(|error| Failure::ours("records_failed", error))? {
            let message =
                "a backup is half restored here: run `bonafide restore` again with the same one";
            return Err(Failure::caller("restore_unfinished", message));
        }
        Ok(())
    }

    /// On the first start: the operator's key, in a file that only its owner can
    /// read; gives what to tell him.
    pub(crate) async fn administrator(&self) -> Result<Option<String>, Failure> {
        let region: Region = self.operator_region()?;
        let Some(key) = self.accounts.bootstrap_operator(&region).await? else { return Ok(None) };
        let file = self.data.join(ADMINISTRATOR);
        data::secret_file(&file, &format!("{}\n", key.token.expose()))?;
        Ok(Some(format!("the administrator's key is in {}", file.display())))
    }
}

/// The native API under the operator's limits.
fn native(house: &House, app: &Arc<App>) -> Router {
    let (vision, api) = (&house.configuration.vision, &house.configuration.api);
    let settings = bonafide_native::Settings {
        picture_bytes: vision.max_picture_bytes,
        part_bytes: house.configuration.liveness.recording_bytes as usize,
        body_time: Duration::from_secs(api.body_seconds.into()),
        lease: Duration::from_secs(api.lease_seconds.into()),
    };
    bonafide_native::routes_with(app.clone(), settings).0
}

/// The Tencent dialect under the operator's limits.
fn tencent(house: &House, app: &Arc<App>) -> Router {
    let settings = bonafide_tencent::Settings {
        picture_bytes: house.configuration.vision.max_picture_bytes,
        body_time: Duration::from_secs(house.configuration.api.body_seconds.into()),
        ..bonafide_tencent::Settings::default()
    };
    bonafide_tencent::routes_with(app.clone(), settings)
}

async fn app(
    house: &House,
    common: &Common,
    index: Arc<dyn LogIndex>,
    outbound: Client,
) -> Result<Arc<App>, Failure> {
    let ledger = Ledger::new(
        house.stores.records.clone(),
        index,
        house.configuration.prices.clone(),
        house.clock.clone(),
        &mut OsRandom,
    );
    let server = &house.configuration.server;
    let scheme = if server.insecure_http { "http" } else { "https" };
    let own = || format!("{scheme}://{}", server.listen);
    let public_url = house.configuration.public_url.clone().unwrap_or_else(own);
    let token_life = Duration::from_secs(house.configuration.api.token_seconds.into());
    let liveness = house.configuration.liveness.settings();
    let settings = AppSettings { public_url, token_life, liveness };
    let providers = house.configuration.risk.providers()?;
    let names = house.configuration.risk.resolver(&outbound)?;
    let risk = RiskDesk::asking(common.risk.clone(), providers, outbound.clone(), names);
    let parts = AppParts {
        ledger,
        accounts: house.accounts.clone(),
        vault: house.vault.clone(),
        records: house.stores.records.clone(),
        engines: common.engines.clone(),
        risk,
        decoder: common.decoder.clone(),
        pool: common.pool.clone(),
        clock: house.clock.clone(),
        random: Box::new(OsRandom),
        settings,
    };
    let webhooks = Webhooks::new(
        house.stores.records.clone(),
        house.vault.clone(),
        outbound.clone(),
        house.clock.clone(),
        Box::new(OsRandom),
    );
    let mailer = house.configuration.mail.mailer(&outbound)?;
    let mails = match mailer {
        Some(mailer) => Some(Mails::new(mailer, house.operator_region()?, Box::new(OsRandom))),
        None => None,
    };
    App::telling_by_mail(parts, Arc::new(webhooks), mails)
        .await
        .map_err(|error| Failure::ours("records_failed", error))
}
