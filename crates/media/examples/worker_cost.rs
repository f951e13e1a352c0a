//! What decoding in a worker costs beside decoding here: CPU milliseconds of
//! both processes and wall-clock milliseconds a picture, medians.
//!
//! `cargo run --release -p bonafide-media --example worker_cost`

#![expect(clippy::unwrap_used, reason = "an example may end at the first surprise")]

use std::process::ExitCode;
use std::sync::Arc;

use bonafide_context::{Clock, SystemClock};
use bonafide_media::worker::{WorkerPool, WorkerSettings, run_if_asked};
use bonafide_media::{Decoder, InProcess, Picture, encode_jpeg};

fn main() -> ExitCode {
    if let Some(code) = run_if_asked() {
        return code;
    }
    let clock = Arc::new(SystemClock::start());
    let settings = WorkerSettings { workers: 1, pictures: u32::MAX, ..WorkerSettings::default() };
    let begun = (cpu_ms(&[]), clock.elapsed());
    let pool = WorkerPool::start(settings, clock.clone()).unwrap();
    let wall = (clock.elapsed() - begun.1).as_secs_f64() * 1e3;
    let worker = pool.free_processes();
    println!("start: {:.2} ms cpu, {wall:.2} ms wall", cpu_ms(&worker) - begun.0);
    println!("{}", pool.isolation());
    println!("picture          here cpu   worker cpu   more     here wall  worker wall");
    for (name, width, height, times) in [
        ("640x480", 640, 480, 401),
        ("1920x1080", 1920, 1080, 61),
        ("12 megapixels", 4000, 3000, 31),
    ] {
        let file = encode_jpeg(&scene(width, height), 90).unwrap();
        let measure = |decoder: &dyn Decoder| {
            let begun = (cpu_ms(&worker), clock.elapsed());
            drop(decoder.decode(&file).unwrap());
            let wall = (clock.elapsed() - begun.1).as_secs_f64() * 1e3;
            (cpu_ms(&worker) - begun.0, wall)
        };
        // In turn, so that a busy machine is busy for both.
        let rounds: Vec<_> =
            (0..times).map(|_| (measure(&InProcess::default()), measure(&pool))).collect();
        let median = |of: fn(&Round) -> f64| {
            let mut values: Vec<f64> = rounds.iter().map(of).collect();
            values.sort_by(f64::total_cmp);
            values[values.len() / 2]
        };
        let here = (median(|round| round.0.0), median(|round| round.0.1));
        let there = (median(|round| round.1.0), median(|round| round.1.1));
        println!(
            "{name:14} {:8.2} ms {:9.2} ms {:6.2} ms {:8.2} ms {:9.2} ms",
            here.0,
            there.0,
            there.0 - here.0,
            here.1,
            there.1
        );
    }
    ExitCode::SUCCESS
}

/// CPU time of this thread and of processes that are waiting (of a running one
/// the scheduler's account is late).
fn cpu_ms(processes: &[u32]) -> f64 {
    let here = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    let of = |process: &u32| {
        let text = std::fs::read_to_string(format!("/proc/{process}/schedstat")).unwrap();
        text.split(' ').next().unwrap().parse::<f64>().unwrap() / 1e6
    };
    here.tv_sec as f64 * 1e3 + here.tv_nsec as f64 / 1e6 + processes.iter().map(of).sum::<f64>()
}

/// Detail everywhere, as in a photograph.
fn scene(width: u32, height: u32) -> Picture {
    let mut picture = Picture::filled(width, height, [0; 3]).unwrap();
    for y in 0..height {
        for x in 0..width {
            let grain = (x.wrapping_mul(2_654_435_761) ^ y.wrapping_mul(40_503)) >> 27;
            let at = |a: u32, b: u32| (a * 255 / b).min(220) as u8 + grain as u8;
            picture.set_pixel(x, y, [at(x, width), at(y, height), at(x + y, width + height)]);
        }
    }
    picture
}

/// Milliseconds of CPU of one round: in this process, and in a worker; each as
/// parent and child.
type Round = ((f64, f64), (f64, f64));
