//! `bonafide bench --risk`: what a server does with questions about risk, over TLS.

use std::fmt::Write;
use std::time::Duration;

use bonafide_context::{Clock, SystemClock};
use bonafide_outbound::header::{CONTENT_TYPE, HeaderValue};
use bonafide_outbound::{Client, Guard, Method, Recipient, Request, Settings};
use serde::Serialize;
use serde_json::json;

use super::load::{self, Load, Pattern};
use super::process::{Process, failed};
use super::server::{headers, per_call};
use crate::failure::Failure;
use crate::output::{Answer, BOLD, Global, paint};

/// Requests a second that are asked of two cores.
const GOAL: f64 = 1_000.0;

/// What was measured.
#[derive(Debug, Serialize)]
struct Figures {
    seconds: u64,
    /// Connections that stay, with one request after the other on each.
    connections: usize,
    /// One number and one address a request.
    one: Measured,
    /// A hundred of them a request, from two connections.
    hundred: Measured,
    /// As `one` over HTTP/2, where a connection is renewed for what is to be forgotten.
    http2: Measured,
    resident_mb: Option<f64>,
}

#[derive(Debug, Serialize)]
struct Measured {
    load: Load,
    /// Of the server alone, in milliseconds.
    cpu_ms: f64,
    /// Share of the cores that the server had: what other work left for it.
    cores: f64,
}

pub(super) fn run(seconds: u64, global: &Global) -> Result<Answer, Failure> {
    let folder = std::env::temp_dir().join(format!("bonafide-bench-{}", std::process::id()));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let figures = runtime.map_err(failed)?.block_on(measure(&folder, seconds, global));
    // Measured or not, nothing is left behind.
    let _ = std::fs::remove_dir_all(&folder);
    let figures = figures?;
    let text = text(&figures);
    Answer::new(&figures, text)
}

async fn measure(
    folder: &std::path::Path,
    seconds: u64,
    global: &Global,
) -> Result<Figures, Failure> {
    let server = Process::start_tls(folder, &global.models_folder())?;
    let token = server.token()?;
    let root = std::fs::read(folder.join("tls").join("certificate.pem")).map_err(failed)?;
    let client = |http1_only| {
        let loopback = Guard::allowing(vec!["127.0.0.0/8".parse().map_err(failed)?]);
        let settings =
            Settings { extra_roots: vec![root.clone()], http1_only, ..Settings::default() };
        Client::new(loopback, &settings).map_err(failed)
    };
    let (one, two) = (client(true)?, client(false)?);
    let item = json!({
        "phone": { "number": "+44 7418 369731" },
        "email": { "address": "kestrel.nine@shop.example" },
    });
    let ask = |body: serde_json::Value| {
        let url = format!("{}/v1/risk/assess", server.url);
        let mut request = Request::new(Recipient::Customer, Method::POST, url);
        request.headers = headers(Some(&token))?;
        request.headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        request.body = body.to_string().into();
        Ok::<_, Failure>(request)
    };
    let single = ask(item.clone())?;
    let batch = ask(json!({ "batch": vec![item; 100] }))?;
    let long = Duration::from_secs(seconds);
    let connections = 32;
    let clock = SystemClock::start();
    let run = async |client: &Client, request: &Request, connections| {
        let (cpu, from) = (server.cpu(), clock.elapsed());
        let load = load::run(client, request, Pattern::Closed { connections }, long, None).await;
        let (cpu, took) = (server.cpu() - cpu, clock.elapsed() - from);
        let cores = cpu.as_secs_f64() / took.as_secs_f64();
        Measured { cpu_ms: per_call(cpu, &load), load, cores }
    };
    // The first ones open connections and load what is loaded late.
    load::run(&one, &single, Pattern::Closed { connections }, long, Some(200)).await;
    Ok(Figures {
        seconds,
        connections,
        one: run(&one, &single, connections).await,
        hundred: run(&one, &batch, 2).await,
        http2: run(&two, &single, connections).await,
        resident_mb: server.resident_mb(),
    })
}

fn text(figures: &Figures) -> String {
    let mut text = format!("{}\n", paint(BOLD, "questions about risk, TLS 1.3, embedded stores"));
    let mut line = |name: &str, measured: &Measured| {
        let Measured { load, cpu_ms, cores } = measured;
        let _ = writeln!(
            text,
            "  {name:<44}{:>7.1}/s  median {:.1} ms  p99 {:.1} ms  broken {}  {cpu_ms:.3} ms CPU a \
             request, {cores:.2} cores",
            load.ok_per_second, load.ok_ms.median, load.ok_ms.p99, load.broken,
        );
    };
    let name = format!("one number and address, {} connections", figures.connections);
    line(&name, &figures.one);
    line("a hundred of them, 2 connections", &figures.hundred);
    line("one over HTTP/2, connections renewed", &figures.http2);
    let reached = figures.one.load.ok_per_second >= GOAL;
    let verdict = if reached { "reached" } else { "missed" };
    let _ = writeln!(text, "  {GOAL} a second on two cores: {verdict}");
    if let Some(memory) = figures.resident_mb {
        let _ = writeln!(text, "  memory resident afterwards {memory:.0} MB");
    }
    text
}
