//! What an assessment costs, without look-ups: `cargo bench -p bonafide-risk --bench
//! assess`. The tables are those of the models folder (BONAFIDE_MODELS, else the user's
//! cache); it says which are missing.

#![expect(clippy::unwrap_used, reason = "a benchmark stops at what it did not expect")]

mod cpu;

use std::hint::black_box;
use std::path::PathBuf;

use bonafide_risk::{
    Device, Email, NoDns, NoSources, Phone, Request, Risk, TableName, Tables, Weights,
};
use cpu::CpuTime;
use criterion::{Criterion, criterion_group, criterion_main};

const DEVICE: &str = r#"{
    "device": { "os": "Windows", "screen_width": 1920, "screen_height": 1080,
                "time_zone": "Europe/Berlin", "language": "de-DE", "cookie_id": "x" },
    "browser": { "user_agent": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/130.0.0.0",
                 "hint_brands": "\"Chromium\";v=\"130\"", "hint_platform": "Windows",
                 "hint_mobile": false, "webdriver": false, "languages": "de-DE,en-US",
                 "gpu": "ANGLE (Example, Direct3D11)", "camera": "HD Webcam" },
    "network": { "type": "wifi", "country": "DE" }
}"#;

fn tables() -> Tables {
    let cache = || std::env::home_dir().unwrap().join(".cache/bonafide/models");
    let folder = std::env::var_os("BONAFIDE_MODELS").map_or_else(cache, PathBuf::from);
    let mut tables = Tables::default();
    for name in TableName::ALL {
        match std::fs::read(folder.join(name.file())) {
            Ok(bytes) => tables.install(*name, &bytes, String::new()).unwrap(),
            Err(_) => eprintln!("{name} is not installed: its look-up is not measured"),
        }
    }
    tables
}

fn assessments(c: &mut Criterion<CpuTime>) {
    let risk = Risk::new(tables(), Weights::built_in().unwrap()).unwrap();
    let phone = || Some(Phone::new("+44 20 7946 0000".to_owned(), None));
    let email = |address: &str| Some(Email::new(address.to_owned()));
    let device: Device = serde_json::from_str(DEVICE).unwrap();
    let ordinary = "erika.mustermann+shop@mail.firm.co.uk";
    let none = Request::default();
    let requests = [
        ("phone", Request { phone: phone(), ..none.clone() }),
        ("e-mail", Request { email: email(ordinary), ..none.clone() }),
        ("e-mail beyond ASCII", Request { email: email("grüße@gmаil.com"), ..none.clone() }),
        (
            "e-mail of the longest kind",
            Request {
                email: email(&format!("{}@{}.com", "l".repeat(64), "d".repeat(63))),
                ..none.clone()
            },
        ),
        ("device", Request { device: Some(device.clone()), ..none }),
        ("all three", Request { phone: phone(), email: email(ordinary), device: Some(device) }),
    ];
    for (name, request) in &requests {
        c.bench_function(name, |b| {
            b.iter(|| risk.assess(black_box(request), &NoSources, &NoDns));
        });
    }
    c.bench_function("device, read", |b| {
        b.iter(|| serde_json::from_str::<Device>(black_box(DEVICE)).unwrap());
    });
}

criterion_group! {
    name = benches;
    config = Criterion::default().with_measurement(CpuTime);
    targets = assessments
}
criterion_main!(benches);
