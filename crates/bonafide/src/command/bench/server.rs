//! `bonafide bench --server`: what a server on embedded stores does under load.

use std::fmt::Write;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use base64::prelude::{BASE64_STANDARD, Engine};
use bonafide_outbound::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue};
use bonafide_outbound::{Client, Guard, Method, Recipient, Request, Settings};
use serde::Serialize;
use serde_json::json;

use super::deletion::{Customer, Deletions};
use super::load::{self, Latency, Load, Pattern};
use super::process::{Process, failed};
use crate::failure::Failure;
use crate::output::{Answer, BOLD, paint};

/// Requests a second for comparing faces that are asked of two cores.
const GOAL: f64 = 20.0;

/// Persons who are deleted under load.
const PERSONS: usize = 20;

/// What was measured.
#[derive(Debug, Serialize)]
struct Figures {
    seconds: u64,
    /// CPU time of comparing the same pictures in a process of its own, before and
    /// after: the machine's pace, which the figures below are to be held against.
    alone_cpu_ms: [f64; 2],
    start_to_ready_ms: f64,
    idle_mb: Option<f64>,
    /// One request after the other.
    compare_unloaded: Load,
    /// As fast as it goes, without refusals.
    compare_sustained: Load,
    compare_cpu_ms: f64,
    /// At 80 % of the goal.
    compare_at_16: Load,
    /// At four times the goal.
    compare_at_80: Load,
    /// `/health/ready` meanwhile.
    health_at_80: Load,
    /// Persons deleted while faces are compared as fast as it goes.
    deletions: Option<Deletions>,
    /// What was compared meanwhile.
    compare_meanwhile: Option<Load>,
    /// Why there are none.
    deletions_not_measured: Option<String>,
    /// A call without vision, 64 connections.
    plain: Load,
    plain_cpu_ms: f64,
    /// Memory before and after 20,000 more of them.
    memory_mb: [Option<f64>; 2],
}

/// Measures a server with this pair of faces and this page of a document; `alone` says
/// what comparing the faces costs at that moment without one.
pub(super) fn run(
    pair: &[Vec<u8>; 2],
    page: &[u8],
    models: &Path,
    seconds: u64,
    alone: &dyn Fn() -> Result<f64, Failure>,
) -> Result<Answer, Failure> {
    let folder = std::env::temp_dir().join(format!("bonafide-bench-{}", std::process::id()));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let before = alone()?;
    let figures = runtime.map_err(failed)?.block_on(measure(pair, page, models, &folder, seconds));
    // Measured or not, nothing is left behind.
    let _ = std::fs::remove_dir_all(&folder);
    let figures = Figures { alone_cpu_ms: [before, alone()?], ..figures? };
    let text = text(&figures);
    Answer::new(&figures, text)
}

async fn measure(
    pair: &[Vec<u8>; 2],
    page: &[u8],
    models: &Path,
    folder: &Path,
    seconds: u64,
) -> Result<Figures, Failure> {
    let server = Process::start(folder, models)?;
    let token = server.token()?;
    let loopback = Guard::allowing(vec!["127.0.0.0/8".parse().map_err(failed)?]);
    let client = Client::new(loopback, &Settings::default()).map_err(failed)?;
    let compare = compare(&server.url, &token, pair)?;
    let plain = get(&format!("{}/v1/usage", server.url), Some(&token))?;
    let health = get(&format!("{}/health/ready", server.url), None)?;
    let long = Duration::from_secs(seconds);
    let closed = |connections| Pattern::Closed { connections };
    let open = |per_second| Pattern::Open { per_second };

    // The first ones load what is loaded late.
    load::run(&client, &compare, closed(1), long, Some(5)).await;
    let idle_mb = server.resident_mb();
    let compare_unloaded = load::run(&client, &compare, closed(1), long, None).await;
    let before = server.cpu();
    let compare_sustained = load::run(&client, &compare, closed(4), long, None).await;
    let compare_cpu_ms = per_call(server.cpu() - before, &compare_sustained);
    let compare_at_16 = load::run(&client, &compare, open(0.8 * GOAL), long, None).await;
    let (compare_at_80, health_at_80) = tokio::join!(
        load::run(&client, &compare, open(4.0 * GOAL), long, None),
        load::run(&client, &health, open(10.0), long, None)
    );
    let customer = Customer { client: &client, server: &server, token: &token };
    let (deletions, compare_meanwhile, deletions_not_measured) =
        match deleted_under_load(&customer, page, &compare, long).await {
            Ok((deletions, compared)) => (Some(deletions), Some(compared), None),
            Err(failure) => (None, None, Some(failure.message)),
        };
    let before = server.cpu();
    let plain_load = load::run(&client, &plain, closed(64), long, None).await;
    let plain_cpu_ms = per_call(server.cpu() - before, &plain_load);
    let memory_before = server.resident_mb();
    load::run(&client, &plain, closed(16), Duration::from_secs(600), Some(20_000)).await;
    let memory_mb = [memory_before, server.resident_mb()];
    Ok(Figures {
        seconds,
        alone_cpu_ms: [0.0; 2],
        start_to_ready_ms: server.start_to_ready.as_secs_f64() * 1e3,
        idle_mb,
        compare_unloaded,
        compare_sustained,
        compare_cpu_ms,
        compare_at_16,
        compare_at_80,
        health_at_80,
        deletions,
        compare_meanwhile,
        deletions_not_measured,
        plain: plain_load,
        plain_cpu_ms,
        memory_mb,
    })
}

pub(super) fn per_call(cpu: Duration, load: &Load) -> f64 {
    cpu.as_secs_f64() * 1e3 / load.answered.max(1) as f64
}

fn compare(url: &str, token: &str, pair: &[Vec<u8>; 2]) -> Result<Request, Failure> {
    let [a, b] = pair.each_ref().map(|picture| BASE64_STANDARD.encode(picture));
    let mut request =
        Request::new(Recipient::Customer, Method::POST, format!("{url}/v1/faces/compare"));
    request.headers = headers(Some(token))?;
    request.headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    request.body = json!({ "a": a, "b": b }).to_string().into();
    request.timeout = Duration::from_secs(30);
    Ok(request)
}

fn get(url: &str, token: Option<&str>) -> Result<Request, Failure> {
    Ok(Request { headers: headers(token)?, ..Request::new(Recipient::Customer, Method::GET, url) })
}

/// Deletes persons while faces are compared as fast as it goes.
async fn deleted_under_load(
    customer: &Customer<'_>,
    page: &[u8],
    compare: &Request,
    long: Duration,
) -> Result<(Deletions, Load), Failure> {
    let persons = customer.verify(page, PERSONS).await?;
    let over = Arc::new(AtomicBool::new(false));
    let deleting = async {
        let deleted = customer.delete(persons, long / PERSONS as u32).await;
        over.store(true, Ordering::Relaxed);
        deleted
    };
    let meanwhile =
        load::until(customer.client, compare, Pattern::Closed { connections: 8 }, &over);
    let (deletions, compared) = tokio::join!(deleting, meanwhile);
    Ok((deletions?, compared))
}

pub(super) fn headers(token: Option<&str>) -> Result<HeaderMap, Failure> {
    let mut headers = HeaderMap::new();
    if let Some(token) = token {
        let value = HeaderValue::from_str(&format!("Bearer {token}")).map_err(failed)?;
        headers.insert(AUTHORIZATION, value);
    }
    Ok(headers)
}

fn text(figures: &Figures) -> String {
    let mut text = format!("{}\n", paint(BOLD, "a server on embedded stores"));
    let mut line = |name: &str, value: String| {
        let _ = writeln!(text, "  {name:<48}{value}");
    };
    let of = |load: &Load| {
        format!(
            "{:>7.1}/s  median {:.0} ms  p99 {:.0} ms  refused {} (p99 {:.0} ms)  broken {}",
            load.ok_per_second,
            load.ok_ms.median,
            load.ok_ms.p99,
            load.refused_ms.n,
            load.refused_ms.p99,
            load.broken
        )
    };
    let mb = |value: Option<f64>| value.map_or_else(|| "?".to_owned(), |mb| format!("{mb:.0} MB"));
    let [before, after] = figures.alone_cpu_ms;
    let alone = (before + after) / 2.0;
    line("the comparison alone, before and after", format!("{before:.1} ms, {after:.1} ms CPU"));
    line("start to ready", format!("{:.0} ms", figures.start_to_ready_ms));
    line("memory resident, models loaded, idle", mb(figures.idle_mb));
    line("faces/compare, two 640x480 JPEGs, one by one", of(&figures.compare_unloaded));
    line("  four connections, as fast as it goes", of(&figures.compare_sustained));
    let cpu = figures.compare_cpu_ms;
    line("  CPU a call", format!("{cpu:.1} ms, {:.2} times the comparison alone", cpu / alone));
    line("  16 a second", of(&figures.compare_at_16));
    line("  80 a second", of(&figures.compare_at_80));
    line("  /health/ready meanwhile", of(&figures.health_at_80));
    let within = |of: &Latency| format!("median {:.0} ms  worst {:.0} ms", of.median, of.max);
    if let Some((deleted, compared)) =
        figures.deletions.as_ref().zip(figures.compare_meanwhile.as_ref())
    {
        line("persons deleted under load: answer", within(&deleted.answer_ms));
        line("  key gone after the answer", within(&deleted.key_ms));
        line("  bytes gone", within(&deleted.bytes_ms));
        line("  receipt there", within(&deleted.receipt_ms));
        line("  faces/compare meanwhile, eight connections", of(compared));
    }
    if let Some(why) = &figures.deletions_not_measured {
        line("persons deleted under load", format!("not measured: {why}"));
    }
    line("GET /v1/usage, 64 connections", of(&figures.plain));
    line("  CPU a call", format!("{:.2} ms", figures.plain_cpu_ms));
    let [before, after] = figures.memory_mb;
    line("memory before and after 20,000 more calls", format!("{}, {}", mb(before), mb(after)));
    text
}
