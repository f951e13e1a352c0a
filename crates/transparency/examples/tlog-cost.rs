//! What the log costs: appends by batch, proofs, receipts, an audit; over a
//! store in memory, so that the figures are the log's own.
//!
//!     cargo run --release -p bonafide-transparency --example tlog-cost [leaves]

#![expect(clippy::unwrap_used, reason = "a measurement at the command line")]

use std::sync::Arc;
use std::time::Duration;

use bonafide_context::{Clock, Random, Seeded, SystemClock};
use bonafide_transparency::leaf::{Amount, Cause, Deletion, Leaf, Opening, PolicyRef, SubjectHash};
use bonafide_transparency::note::{Algorithm, SigningKey};
use bonafide_transparency::policy::Policy;
use bonafide_transparency::storage::Memory;
use bonafide_transparency::{Log, LogKeys, audit};

fn key() -> SigningKey {
    SigningKey::from_seed("log.example".parse().unwrap(), Algorithm::Ed25519, &[1; 32]).unwrap()
}

/// A deletion of two categories, as the reaper logs it.
fn deletion(random: &mut Seeded) -> Vec<u8> {
    let mut subject = [0; 32];
    random.fill(&mut subject);
    let (commitment, _) = Opening::commit(SubjectHash::new(subject), random);
    let what = ["face_media", "identification"]
        .map(|name| (name.parse().unwrap(), Amount { items: 2, bytes: random.below(1 << 20) }));
    let leaf = Leaf::Deletion(Deletion {
        when: 1_795_331_835,
        cause: Cause::Expiry,
        policy: PolicyRef { name: "strict".parse().unwrap(), version: 1 },
        what: what.into(),
        commitment,
    });
    leaf.encode().unwrap()
}

fn per_second(count: u64, took: Duration) -> u64 {
    (count as f64 / took.as_secs_f64()) as u64
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let total: u64 = std::env::args().nth(1).map_or(100_000, |text| text.parse().unwrap());
    let clock = Arc::new(SystemClock::start());
    let mut random = Seeded::new(1);
    let leaves: Vec<Vec<u8>> = (0..total).map(|_| deletion(&mut random)).collect();
    println!("a leaf: {} bytes", leaves[0].len());

    for batch in [1, 16, 256, 4_096] {
        let count = if batch == 1 { (total / 10) as usize } else { total as usize };
        let storage = Arc::new(Memory::new());
        let mut log =
            Log::create(storage.clone(), LogKeys::new(key()), clock.clone()).await.unwrap();
        let start = clock.elapsed();
        for chunk in leaves[..count].chunks(batch) {
            log.append(chunk).await.unwrap();
        }
        let took = clock.elapsed() - start;
        println!(
            "append, {batch} a batch: {} leaves/s, {:.0} us an append",
            per_second(count as u64, took),
            took.as_secs_f64() * 1e6 / (count as f64 / batch as f64).ceil()
        );
        if batch < 4_096 {
            continue;
        }
        let start = clock.elapsed();
        let opened =
            Log::open(storage.clone(), LogKeys::new(key()), clock.clone(), &[log.head()]).await;
        println!("open with one known head: {:?}", clock.elapsed() - start);
        assert_eq!(opened.unwrap().head(), log.head());

        let start = clock.elapsed();
        let report = audit(&*storage, log.head()).await.unwrap();
        let took = clock.elapsed() - start;
        assert_eq!(report.damage, None);
        println!("audit: {} leaves/s", per_second(report.leaves, took));

        let reader = log.reader().await.unwrap();
        let start = clock.elapsed();
        let mut entries = reader.entries(0);
        let mut read = 0;
        while entries.next().await.unwrap().is_some() {
            read += 1;
        }
        println!("read, checked: {} leaves/s", per_second(read, clock.elapsed() - start));

        let start = clock.elapsed();
        let receipts = 1_000;
        let mut made = Vec::new();
        for _ in 0..receipts {
            let checkpoint = log.checkpoint().await.unwrap();
            made.push(reader.receipt(random.below(read), checkpoint).await.unwrap());
        }
        println!("receipts made: {}/s", per_second(receipts, clock.elapsed() - start));
        let policy = Policy::new([key().verifier().clone()], [], 0).unwrap();
        let start = clock.elapsed();
        for receipt in &made {
            receipt.verify(&policy).unwrap();
        }
        println!("receipts verified: {}/s", per_second(receipts, clock.elapsed() - start));
    }
}
