//! What a set of ten million identifiers costs: `cargo bench -p bonafide-risk --bench
//! set`. Its memory is printed first.

#![expect(clippy::unwrap_used, reason = "a benchmark stops at what it did not expect")]

mod cpu;

use std::hint::black_box;

use bonafide_context::{Date, Environment, Realm, Sensitive, TenantId};
use bonafide_risk::Kind;
use bonafide_risk::set::{FALSE_POSITIVES, IdentifierSet, SetBuilder, SetKey};
use cpu::CpuTime;
use criterion::{Criterion, criterion_group, criterion_main};

const MANY: u64 = 10_000_000;

fn number(at: u64) -> Sensitive<String> {
    Sensitive::new(format!("+49{:011}", at * 7_919))
}

fn sets(c: &mut Criterion<CpuTime>) {
    let realm = Realm {
        tenant: TenantId(1_300_000_001),
        environment: Environment::Live,
        region: "eu".parse().unwrap(),
    };
    let key = SetKey::derive(&[7; 32], &realm);
    let mut builder = SetBuilder::new(&key, Kind::Phone);
    (0..MANY).for_each(|at| builder.add(&number(at)));
    let mut file = Vec::new();
    let built = Date::new(2026, 11, 23).unwrap();
    let count = builder.write(built, &mut file).unwrap();
    let load = || IdentifierSet::load(file.as_slice(), &key, Kind::Phone).unwrap();
    let set = load();
    println!(
        "{count} identifiers: {} bytes of memory, {} of file, false positives {FALSE_POSITIVES:.1e}",
        set.bytes(),
        file.len()
    );
    let mut group = c.benchmark_group("ten million");
    group.sample_size(10);
    group.bench_function("load", |b| b.iter(load));
    group.sample_size(100);
    let asked: Vec<_> = (0..4_096).map(|at| number(at * 2_441)).collect();
    let mut turn = asked.iter().cycle();
    group.bench_function("ask, in the set", |b| {
        b.iter(|| set.contains(&key, black_box(turn.next().unwrap())));
    });
    let strangers: Vec<_> = (0..4_096).map(|at| number(MANY + at * 2_441)).collect();
    let mut turn = strangers.iter().cycle();
    group.bench_function("ask, not in the set", |b| {
        b.iter(|| set.contains(&key, black_box(turn.next().unwrap())));
    });
}

criterion_group! {
    name = benches;
    config = Criterion::default().with_measurement(CpuTime);
    targets = sets
}
criterion_main!(benches);
