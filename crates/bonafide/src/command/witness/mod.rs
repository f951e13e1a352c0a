//! `bonafide witness`: a witness for the transparency logs of others (C2SP
//! tlog-witness). An organisation that has no part in a server runs it, and signs
//! each new checkpoint if it goes on from the one that it signed before.

mod door;
mod store;

use std::io::Write as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bonafide_context::{Clock, OsRandom, SystemClock};
use bonafide_server::{Parts, Server, Settings, Signals, TlsSettings};
use bonafide_transparency::note::{Algorithm, KeyName, SigningKey, VerifierKey};
use bonafide_transparency::witness::Witness;
use clap::Args;
use serde_json::json;

use self::door::Door;
use self::store::FileWitness;
use crate::failure::Failure;
use crate::house::data;
use crate::output::Answer;

#[derive(Args)]
pub(crate) struct Arguments {
    /// The address and port to listen on; port 0 for any that is free.
    #[arg(long, value_name = "ADDR:PORT", default_value = "127.0.0.1:8444")]
    listen: SocketAddr,
    /// The file with this witness's key; made if it is not there.
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// What a key that is made is called: an address without its scheme, such as
    /// `witness.example/bonafide`.
    #[arg(long, value_name = "NAME")]
    name: Option<KeyName>,
    /// The folder of what was signed last. It must never be put back to an older
    /// state: a witness that forgets signs a second history.
    #[arg(long, value_name = "DIR")]
    store: PathBuf,
    /// The key of a log to witness, as `bonafide receipt key` prints it; may be
    /// repeated.
    #[arg(long = "log", value_name = "VKEY", required = true)]
    logs: Vec<VerifierKey>,
    /// PEM file of the certificate chain [default: a self-signed one].
    #[arg(long, value_name = "FILE", requires = "certificate_key")]
    certificate: Option<PathBuf>,
    /// PEM file of the certificate's private key.
    #[arg(long, value_name = "FILE", requires = "certificate")]
    certificate_key: Option<PathBuf>,
    /// Speak plain HTTP: on a loopback address, or behind a declared proxy.
    #[arg(long)]
    insecure_http: bool,
    /// The network of a reverse proxy in front; may be repeated.
    #[arg(long = "proxy", value_name = "NETWORK")]
    proxies: Vec<ipnet::IpNet>,
}

pub(crate) fn run(arguments: &Arguments) -> Result<Answer, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|error| Failure::ours("no_runtime", error))?;
    runtime.block_on(serve(arguments))
}

async fn serve(arguments: &Arguments) -> Result<Answer, Failure> {
    data::folder(&arguments.store)?;
    let key = key(&arguments.key, arguments.name.as_ref())?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::start());
    let store = Arc::new(FileWitness::open(&arguments.store)?);
    let logs = arguments.logs.iter().cloned();
    let witness = Witness::new(key, logs, store.clone(), clock.clone())
        .map_err(|error| Failure::caller("keys_unusable", error))?;
    say(&format!("key {}", witness.verifier()));
    for log in &arguments.logs {
        say(&format!("witness of {}", log.name()));
    }
    let name = witness.verifier().to_string();
    let door = Arc::new(Door::new(witness, store));
    let settings = Settings {
        listen: arguments.listen,
        insecure_http: arguments.insecure_http,
        proxies: arguments.proxies.clone(),
        tls: TlsSettings {
            certificate: arguments.certificate.clone(),
            key: arguments.certificate_key.clone(),
            ..TlsSettings::default()
        },
        ..Settings::default()
    };
    let parts = Parts {
        router: door::routes(door.clone()),
        health: door.clone(),
        figures: door,
        data: arguments.store.clone(),
        clock,
        random: Box::new(OsRandom),
        listener: None,
    };
    let server = Server::bind(settings, parts)
        .await
        .map_err(|error| Failure::caller("cannot_listen", error))?;
    let (url, handle) = (server.url(), server.handle());
    let signals = Signals::catch().map_err(|error| Failure::ours("signals_not_heard", error))?;
    let running = tokio::spawn(server.run());
    say(&format!("ready {url}"));
    tokio::spawn(signals.obey(handle, || ()));
    running.await.map_err(|error| Failure::ours("server_failed", error))?;
    Answer::new(&json!({ "stopped": true, "key": name }), "stopped".to_owned())
}

/// The witness's key, made if it is not there.
fn key(file: &Path, name: Option<&KeyName>) -> Result<SigningKey, Failure> {
    let unusable = |error: &dyn std::fmt::Display| {
        Failure::caller("key_unusable", format!("{}: {error}", file.display()))
    };
    if !file.exists() {
        let name = name.ok_or_else(|| unusable(&"there is no key: give it a name by --name"))?;
        let made = SigningKey::generate(name.clone(), Algorithm::Cosignature, &mut OsRandom)
            .map_err(|error| unusable(&error))?;
        data::secret_file(file, &format!("{}\n", made.to_text().expose()))?;
    }
    let text = std::fs::read_to_string(file).map(zeroize::Zeroizing::new);
    let key: SigningKey =
        text.map_err(|error| unusable(&error))?.trim().parse().map_err(|error| unusable(&error))?;
    match name {
        Some(name) if name != key.verifier().name() => {
            Err(unusable(&"the key in it has another name than --name says"))
        }
        _ => Ok(key),
    }
}

/// Tells the operator, in a line of its own.
fn say(line: &str) {
    let mut err = anstream::stderr().lock();
    // Whoever closed standard error does not want to hear.
    let _ = writeln!(err, "{line}");
}
