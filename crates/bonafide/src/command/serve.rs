//! `bonafide serve`: the server.

use std::io::Write;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use bonafide_context::{OsRandom, overwrite_stack};
use bonafide_inference::Models;
use bonafide_inference::store::default_folder;
use bonafide_server::{Logs, Parts, Server, Signals};
use bonafide_verify::{App, Engines};
use clap::Args;
use serde_json::json;

use crate::configuration::Configuration;
use crate::failure::Failure;
use crate::house::{Background, Common, Door, Doors, Furnished, House, Wellbeings, assessor};
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

pub(crate) fn run(arguments: &Arguments, global: &Global) -> Result<Answer, Failure> {
    let configuration = configuration(arguments)?;
    // Connections to services outside are worked on by tasks of their own, which leave
    // what they were asked on the stacks of these threads.
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .on_thread_park(overwrite_stack)
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
    leave_no_core_dump();
    let cannot_listen = |error| Failure::caller("cannot_listen", error);
    let folder = configuration.data_folder(arguments.data.as_deref());
    let mut home = House::open(configuration.home(), Some(&folder)).await?;
    // The port that the system chose stands in the addresses that are given out.
    let listener = match home.configuration.server.listen.port() {
        0 => Some(
            bonafide_server::open_listener(&home.configuration.server).map_err(cannot_listen)?,
        ),
        _ => None,
    };
    if let Some(address) = listener.as_ref().and_then(|socket| socket.local_addr().ok()) {
        home.configuration.server.listen = address;
    }
    let mut houses = vec![home];
    for (apart, folder) in configuration.apart_houses(&folder) {
        houses.push(House::open(apart, Some(&folder)).await?);
    }
    for house in &houses {
        house.is_whole().await?;
    }
    let [home, ..] = houses.as_slice() else { return Err(Failure::ours("no_house", "no house")) };
    let (settings, data, clock) =
        (home.configuration.server.clone(), home.data.clone(), home.clock.clone());
    // Whom all of them may call: what it sends is of none alone.
    let outbound = home.outbound()?;
    let traces = bonafide_server::Traces::new(&configuration.traces, outbound.clone())
        .map_err(|error| Failure::caller("traces_unusable", error))?;
    let logs = Logs::start(&configuration.log, traces.as_ref(), clock.clone());
    for house in &houses {
        house.told.iter().for_each(|line| say(line));
        if let Some(line) = house.administrator().await? {
            say(&line);
        }
    }
    let models = models_folder(home, global);
    let common = Common {
        decoder: home.decoder()?,
        engines: Arc::new(Engines::load(Arc::new(Models::open(&models)?))?),
        risk: Arc::new(assessor(&models)?),
        pool: Arc::new(home.pool()?),
    };
    say(&format!("pictures are decoded apart: {}", common.decoder.isolation()));
    let mut running = Vec::new();
    for house in houses {
        running.push(Furnished::new(house, &common).await?);
    }
    let wellbeing = running.iter().map(|house| house.wellbeing.clone()).collect();
    let wellbeing = Arc::new(Wellbeings(wellbeing));
    let parts = Parts {
        router: doors(&configuration, &running),
        health: wellbeing.clone(),
        figures: wellbeing,
        data,
        clock,
        random: Box::new(OsRandom),
        listener,
    };
    let server = Server::bind(settings, parts).await.map_err(cannot_listen)?;
    let url = server.url();
    let handle = server.handle();
    let all = running.iter().map(|house| (house.app.clone(), house.here())).collect();
    let mut tasks = vec![Background::of_all(outbound, all).await?];
    tasks.extend(running.iter().map(Furnished::begin));
    // From here on and not before: a start that waits for a store is ended by a signal.
    let signals = Signals::catch().map_err(|error| Failure::ours("signals_not_heard", error))?;
    let served = tokio::spawn(server.run());
    say(&format!("ready {url}"));

    let reload = {
        let (arguments, handle) = (arguments.clone(), handle.clone());
        let apps: Vec<Arc<App>> = running.iter().map(|house| house.app.clone()).collect();
        move || reload(&arguments, &handle, &apps, logs.as_ref())
    };
    tokio::spawn(signals.obey(handle, reload));
    let drained = served.await.map_err(|error| Failure::ours("server_failed", error))?;
    for background in tasks {
        background.end().await;
    }
    common.pool.drain().await;
    for house in &running {
        house.end().await;
    }
    if let Some(traces) = traces {
        traces.end().await;
    }
    let cut_off = drained.cut_off;
    Answer::new(&json!({ "stopped": true, "cut_off": cut_off }), "stopped".to_owned())
}

/// The doors of all houses; the first is the server's own.
fn doors(configuration: &Configuration, running: &[Furnished]) -> axum::Router {
    let mut routers = running.iter().map(|house| house.router.clone());
    let home = routers.next().unwrap_or_default();
    let apart = routers.zip(&configuration.regions.own).filter_map(|(router, (name, own))| {
        Some(Door { region: name.parse().ok()?, host: own.host()?, router })
    });
    Doors::new(home, apart.collect()).into_router()
}

/// What is in memory, faces and documents among it, is not to be written down when
/// the process dies, neither as a file nor by a program that takes core dumps.
fn leave_no_core_dump() {
    use rustix::process::{DumpableBehavior, Resource, Rlimit};
    let none = Rlimit { current: Some(0), maximum: Some(0) };
    let limited = rustix::process::setrlimit(Resource::Core, none);
    let kept = rustix::process::set_dumpable_behavior(DumpableBehavior::NotDumpable);
    if limited.and(kept).is_err() {
        say("this system does not let the server forbid core dumps: forbid them yourself");
    }
}

/// Reads the configuration again: certificate, limits, prices and log level
/// hold from now on. What cannot be used is told, and the old goes on.
fn reload(
    arguments: &Arguments,
    handle: &bonafide_server::ServerHandle,
    apps: &[Arc<App>],
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
    for app in apps {
        app.accounts().set_limits(configuration.limits.clone());
        app.ledger().set_prices(configuration.prices.clone());
    }
    if let Some(logs) = logs {
        logs.set_level(configuration.log.level);
    }
    say("reloaded");
}

/// The weights: where the command line says, else the configuration, the
/// environment, the data directory, the user's cache.
fn models_folder(house: &House, global: &Global) -> PathBuf {
    let own = house.data.join("models");
    let given = global.models.clone().or_else(|| house.configuration.vision.models.clone());
    let from_environment = std::env::var_os("BONAFIDE_MODELS").is_some_and(|v| !v.is_empty());
    match given {
        Some(folder) => folder,
        None if !from_environment && own.is_dir() => own,
        None => default_folder(),
    }
}

/// Tells the operator, in a line of its own.
fn say(line: &str) {
    let mut err = anstream::stderr().lock();
    // Whoever closed standard error does not want to hear.
    let _ = writeln!(err, "{line}");
}
