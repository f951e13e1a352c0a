//! `bonafide serve`: the server.

use std::io::Write;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use bonafide_context::{OsRandom, Region};
use bonafide_ledger::{Ledger, LogIndex};
use bonafide_media::Decoder;
use bonafide_native::local_objects;
use bonafide_server::{Logs, Parts, Server, obey_signals};
use bonafide_vault::objects::Place;
use bonafide_vault::records::dump;
use bonafide_verify::webhooks::Webhooks;
use bonafide_verify::{App, AppParts, AppSettings, Engines};
use clap::Args;
use serde_json::json;

use crate::configuration::Configuration;
use crate::failure::Failure;
use crate::house::{Background, House, Wellbeing, data};
use crate::output::{Answer, Global};

#[derive(Args, Clone)]
pub(crate) struct Arguments {
    /// The configuration file [default: none, every default].
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The data directory: stores, keys and certificate, unless the
    /// configuration puts them elsewhere.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// The address and port to listen on; port 0 for any that is free.
    #[arg(long, value_name = "ADDR:PORT")]
    listen: Option<SocketAddr>,
    /// Speak plain HTTP: on a loopback address, or behind a declared proxy.
    #[arg(long)]
    insecure_http: bool,
}

/// The operator's key of the first start.
const ADMINISTRATOR: &str = "administrator.key";

pub(crate) fn run(arguments: &Arguments, global: &Global) -> Result<Answer, Failure> {
    let configuration = configuration(arguments)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::ours("no_runtime", error))?;
    runtime.block_on(serve(arguments, global, configuration))
}

/// The file's and the environment's word, overruled by the command line.
fn configuration(arguments: &Arguments) -> Result<Configuration, Failure> {
    let mut configuration = Configuration::load(arguments.config.as_deref())?;
    if let Some(listen) = arguments.listen {
        configuration.server.listen = listen;
    }
    configuration.server.insecure_http |= arguments.insecure_http;
    Ok(configuration)
}

async fn serve(
    arguments: &Arguments,
    global: &Global,
    configuration: Configuration,
) -> Result<Answer, Failure> {
    let house = House::open(configuration, arguments.data.as_deref()).await?;
    if dump::unfinished(&*house.stores.records)
        .await
        .map_err(|e| Failure::ours("records_failed", e))?
    {
        let message =
            "a backup is half restored here: run `bonafide restore` again with the same one";
        return Err(Failure::caller("restore_unfinished", message));
    }
    let outbound = house.outbound()?;
    house.register(&outbound).await?;
    let traces = bonafide_server::Traces::new(&house.configuration.traces, outbound.clone())
        .map_err(|error| Failure::caller("traces_unusable", error))?;
    let logs = Logs::start(&house.configuration.log, traces.as_ref(), house.clock.clone());
    for line in &house.told {
        say(line);
    }
    administrator(&house).await?;
    let index = house.index(&outbound)?;
    let decoder = house.decoder()?;
    say(&format!("pictures are decoded apart: {}", decoder.isolation()));
    let app = app(&house, global, index.clone(), decoder.clone(), outbound.clone()).await?;
    let pages = bonafide_console::Settings { region: house.operator_region()? };
    let mut router = native(&house, &app).merge(bonafide_console::routes(app.clone(), pages));
    if let Place::Directory(directory) = &house.stores.objects {
        let key = house.vault.service_key("object urls").await?;
        directory.serve_at(&app.settings().public_url, &key);
        router = router.merge(local_objects(directory.clone(), house.clock.clone()));
    }
    let wellbeing = Arc::new(Wellbeing {
        records: house.stores.records.clone(),
        keys: house.stores.keys.clone(),
        objects: house.stores.objects.objects(),
        index,
        decoder,
        app: app.clone(),
        journalled: AtomicU64::new(0),
        unlogged: AtomicU64::new(0),
        overdue: Default::default(),
        unjournalled: AtomicU64::new(0),
    });
    let parts = Parts {
        router,
        health: wellbeing.clone(),
        figures: wellbeing,
        data: house.data.clone(),
        clock: house.clock.clone(),
        random: Box::new(OsRandom),
    };
    let server = Server::bind(house.configuration.server.clone(), parts)
        .await
        .map_err(|error| Failure::caller("cannot_listen", error))?;
    let url = server.url();
    let handle = server.handle();
    let here = house.configuration.regions.read();
    let background = Background::start(&app, &outbound, &here, house.checkpoint_file());
    let running = tokio::spawn(server.run());
    say(&format!("ready {url}"));

    let reload = {
        let (arguments, handle, app) = (arguments.clone(), handle.clone(), app.clone());
        move || reload(&arguments, &handle, &app, logs.as_ref())
    };
    tokio::spawn(async move {
        if let Err(error) = obey_signals(handle, reload).await {
            tracing::error!(%error, "signals are not heard");
        }
    });
    let drained = running.await.map_err(|error| Failure::ours("server_failed", error))?;
    background.end().await;
    app.pool().drain().await;
    // Traces of calls that failed because the store did not answer wait in
    // memory for it: this is their last chance.
    if let Err(error) = app.ledger().settle().await {
        tracing::error!(%error, "traces of failed calls are lost: the record store does not answer");
    }
    if let Err(error) = app.accounts().release().await {
        tracing::warn!(%error, "what this node held of today's quotas is not given back");
    }
    if let Some(traces) = traces {
        traces.end().await;
    }
    let cut_off = drained.cut_off;
    Answer::new(&json!({ "stopped": true, "cut_off": cut_off }), "stopped".to_owned())
}

/// The native API under the operator's limits.
fn native(house: &House, app: &Arc<App>) -> axum::Router {
    let (vision, api) = (&house.configuration.vision, &house.configuration.api);
    let settings = bonafide_native::Settings {
        picture_bytes: vision.max_picture_bytes,
        body_time: Duration::from_secs(api.body_seconds.into()),
        lease: Duration::from_secs(api.lease_seconds.into()),
    };
    bonafide_native::routes_with(app.clone(), settings).0
}

/// Reads the configuration again: certificate, limits, prices and log level
/// hold from now on. What cannot be used is told, and the old goes on.
fn reload(
    arguments: &Arguments,
    handle: &bonafide_server::ServerHandle,
    app: &App,
    logs: Option<&Logs>,
) {
    let configuration = match configuration(arguments) {
        Ok(configuration) => configuration,
        Err(failure) => {
            tracing::error!(code = failure.code, "the configuration cannot be read again");
            say(&format!("not reloaded: {}", failure.message));
            return;
        }
    };
    if let Err(error) = handle.reload(&configuration.server) {
        say(&format!("not reloaded: {error}"));
        return;
    }
    app.accounts().set_limits(configuration.limits);
    app.ledger().set_prices(configuration.prices);
    if let Some(logs) = logs {
        logs.set_level(configuration.log.level);
    }
    say("reloaded");
}

/// On the first start: the operator's key, in a file that only its owner can
/// read.
async fn administrator(house: &House) -> Result<(), Failure> {
    let region: Region = house.operator_region()?;
    let Some(key) = house.accounts.bootstrap_operator(&region).await? else { return Ok(()) };
    let file = house.data.join(ADMINISTRATOR);
    data::secret_file(&file, &format!("{}\n", key.token.expose()))?;
    say(&format!("the administrator's key is in {}", file.display()));
    Ok(())
}

async fn app(
    house: &House,
    global: &Global,
    index: Arc<dyn LogIndex>,
    decoder: Arc<dyn Decoder>,
    outbound: bonafide_outbound::Client,
) -> Result<Arc<App>, Failure> {
    let engines = Engines::load(models(house, global)?)?;
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
    let settings = AppSettings { public_url, token_life };
    let parts = AppParts {
        ledger,
        accounts: house.accounts.clone(),
        vault: house.vault.clone(),
        records: house.stores.records.clone(),
        engines: Arc::new(engines),
        decoder,
        pool: house.pool()?,
        clock: house.clock.clone(),
        random: Box::new(OsRandom),
        settings,
    };
    let webhooks = Webhooks::new(
        house.stores.records.clone(),
        house.vault.clone(),
        outbound,
        house.clock.clone(),
        Box::new(OsRandom),
    );
    App::telling(parts, Arc::new(webhooks))
        .await
        .map_err(|error| Failure::ours("records_failed", error))
}

/// The weights: where the command line says, else the configuration, the
/// environment, the data directory, the user's cache.
fn models(house: &House, global: &Global) -> Result<Arc<bonafide_inference::Models>, Failure> {
    let own = house.data.join("models");
    let given = global.models.clone().or_else(|| house.configuration.vision.models.clone());
    let from_environment = std::env::var_os("BONAFIDE_MODELS").is_some_and(|v| !v.is_empty());
    let folder = match given {
        Some(folder) => folder,
        None if !from_environment && own.is_dir() => own,
        None => bonafide_inference::store::default_folder(),
    };
    Ok(Arc::new(bonafide_inference::Models::open(Path::new(&folder))?))
}

/// Tells the operator, in a line of its own.
fn say(line: &str) {
    let mut err = anstream::stderr().lock();
    // Whoever closed standard error does not want to hear.
    let _ = writeln!(err, "{line}");
}
