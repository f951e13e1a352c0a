//! A node is killed while it writes, replaces, erases, reaps, rotates the root key
//! and appends to the log: what it acknowledged stands, nothing half-written and
//! nothing past its deadline is ever read, the log goes on as it was, and the
//! sweep finds the rest.
//!
//! `BONAFIDE_KILLS` says how often.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test stops at what it did not expect")]

use std::collections::{BTreeMap, HashSet};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use bonafide_context::{Clock, FixedClock, OsRandom, Random, Realm, Seeded, Timestamp};
use bonafide_policy::Category;
use bonafide_transparency::leaf::Leaf;
use bonafide_transparency::note::Keyring;
use bonafide_transparency::{Head, Origin, Reader, audit};
use bonafide_vault::objects::Directory;
use bonafide_vault::records::Sqlite;
use bonafide_vault::{Item, LogStorage, Opener, RootKey, Stores, Under, Vault};

const START: u64 = 1_800_000_000_000;
const HOUR: u64 = 3_600_000;
/// Where the child finds its folder, and which round it is.
const FOLDER: &str = "BONAFIDE_VAULT_CRASH_FOLDER";
const ROUND: &str = "BONAFIDE_VAULT_CRASH_ROUND";

fn realm() -> Realm {
    Realm {
        tenant: "1300000001".parse().unwrap(),
        environment: "live".parse().unwrap(),
        region: "apac".parse().unwrap(),
    }
}

/// What item `name` of generation `generation` holds: small, or large enough to
/// be an object.
fn content(name: u64, generation: u64) -> Vec<u8> {
    let mut random = Seeded::new(name << 32 | generation);
    let size = if name.is_multiple_of(3) { 200 } else { 20_000 + random.below(60_000) };
    let mut bytes = vec![0; usize::try_from(size).unwrap()];
    random.fill(&mut bytes);
    bytes
}

/// Opens the vault under the root key of a round, with that of the one before at
/// hand.
async fn open(folder: &Path, round: u64, clock: Arc<FixedClock>) -> Vault {
    let stores = Stores {
        records: Arc::new(Sqlite::open(folder.join("records.sqlite")).await.unwrap()),
        objects: Arc::new(Directory::open(folder.join("objects")).unwrap()),
        keys: Arc::new(Sqlite::open(folder.join("keys.sqlite")).await.unwrap()),
    };
    let key = |round: u64| folder.join(format!("root-{round}.key"));
    let root = RootKey::in_file(key(round));
    let root = if round == 0 { root } else { root.and(RootKey::in_file(key(round - 1))) };
    Vault::open(stores, root, clock, Box::new(OsRandom)).await.unwrap()
}

/// The node that is killed; in an ordinary run of the tests it does nothing.
#[test]
fn node() {
    let (Ok(folder), Ok(round)) = (std::env::var(FOLDER), std::env::var(ROUND)) else { return };
    let round: u64 = round.parse().unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let clock = Arc::new(FixedClock::at(Timestamp(START + round * HOUR)));
        let vault = Arc::new(open(Path::new(&folder), round, Arc::clone(&clock)).await);
        let mut tasks = tokio::task::JoinSet::new();
        for task in 0..4 {
            tasks.spawn(work(Arc::clone(&vault), round, task));
        }
        tasks.spawn(pass(Arc::clone(&vault), round, Arc::clone(&clock)));
        tasks.spawn(rotate(Arc::clone(&vault)));
        tasks.spawn(log(Arc::clone(&vault)));
        while let Some(ended) = tasks.join_next().await {
            ended.unwrap();
        }
    });
}

/// Time passes, a minute in all; things with a short life are kept, and are gone
/// in their very moment.
async fn pass(vault: Arc<Vault>, round: u64, clock: Arc<FixedClock>) {
    let realm = realm();
    for step in 0..600 {
        let (owner, now) = (format!("short_{round}_{step}"), clock.now().0);
        let item = Item {
            realm: &realm,
            owner: &owner,
            name: "front",
            category: Category::FaceMedia,
            expires: Timestamp(now + 200),
            media_type: "image/jpeg",
            policy: Under::default(),
        };
        let changes = vault.prepare(&item, &content(step, round)).await.unwrap();
        vault.stores().records.commit(changes).await.unwrap();
        clock.advance(Duration::from_millis(100));
        if step >= 2 {
            let over = format!("short_{round}_{}", step - 2);
            assert_eq!(
                vault.read(&Opener::desk("a test"), &realm, &over, "front").await.unwrap(),
                None
            );
        }
        vault.reap(100).await.unwrap();
    }
    std::future::pending::<()>().await;
}

/// A few keys at a time come under the root key of this round.
async fn rotate(vault: Arc<Vault>) {
    loop {
        vault.rotate_root(1).await.unwrap();
        tokio::task::yield_now().await;
    }
}

async fn log(vault: Arc<Vault>) {
    loop {
        vault.log_events(3).await.unwrap();
        tokio::task::yield_now().await;
    }
}

/// Keeps, replaces and erases items of its own, and says so when it is done.
async fn work(vault: Arc<Vault>, round: u64, task: u64) {
    let realm = realm();
    let mut random = Seeded::new(round * 10 + task);
    for step in 1.. {
        let name = task * 100 + random.below(12);
        let owner = format!("ver_{name}");
        if random.below(5) == 0 {
            say(&format!("erasing {name} 0"));
            vault.erase(&realm, &owner, None).await.unwrap();
            say(&format!("erased {name} 0"));
            continue;
        }
        let generation = round << 20 | step;
        let item = Item {
            realm: &realm,
            owner: &owner,
            name: "front",
            category: Category::DocumentMedia,
            expires: Timestamp(START + 1_000 * HOUR + name),
            media_type: "image/jpeg",
            policy: Under::default(),
        };
        let changes = vault.prepare(&item, &content(name, generation)).await.unwrap();
        say(&format!("keeping {name} {generation}"));
        vault.stores().records.commit(changes).await.unwrap();
        say(&format!("kept {name} {generation}"));
    }
}

/// One line at a time reaches the parent, or none of it.
fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    let _ = out.write_all(format!("@ {line}\n").as_bytes()).and_then(|()| out.flush());
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_any_moment_it_keeps_what_it_acknowledged_and_shows_nothing_half_written() {
    let kills: u64 = std::env::var("BONAFIDE_KILLS").map_or(6, |text| text.parse().unwrap());
    let folder = tempfile::tempdir().unwrap();
    let mut random = Seeded::new(2026);
    let mut seen = Head::empty();
    // What each item must be: the last acknowledged, or what was under way then.
    let mut allowed: BTreeMap<u64, Vec<Option<u64>>> = BTreeMap::new();
    let (mut kept, mut orphans, mut deletions) = (0, 0, 0);
    for round in 0..kills {
        let key = folder.path().join(format!("root-{round}.key"));
        std::fs::write(key, format!("{:064x}\n", round + 1)).unwrap();
        kept += one_life(folder.path(), round, &mut random, &mut allowed);

        // A minute later than it can have been when the node died.
        let clock = Arc::new(FixedClock::at(Timestamp(START + round * HOUR + 62_000)));
        let vault = open(folder.path(), round, Arc::clone(&clock)).await;
        verify(&vault, &mut allowed).await;
        // Nothing past its deadline is read, though nobody has removed it yet.
        for step in 0..600 {
            let owner = format!("short_{round}_{step}");
            assert_eq!(
                vault.read(&Opener::desk("a test"), &realm(), &owner, "front").await.unwrap(),
                None
            );
        }
        // An append that was under way keeps its lease for half a minute.
        clock.advance(Duration::from_millis(HOUR - 62_000));
        let reaped = vault.reap(10_000).await.unwrap();
        orphans += reaped.orphans;
        assert_eq!(reaped.pending, 0);
        while vault.rotate_root(100).await.unwrap() > 0 {}
        verify(&vault, &mut allowed).await;
        deletions += whole_log(&vault, &mut seen).await;
        assert_eq!(vault.unjournalled().await.unwrap(), 0);

        // What lies there is what rows name, and nothing else.
        let objects = vault.stores().objects.list("").await.unwrap().len();
        let named = allowed.iter().filter(|(name, state)| {
            !name.is_multiple_of(3) && matches!(state.as_slice(), [Some(_)])
        });
        assert_eq!(objects, named.count());
        assert_eq!(files(&folder.path().join("objects")), objects);
    }
    assert!(kept > kills * 5, "only {kept} items were kept: nothing was tried");
    eprintln!(
        "{kills} kills: {kept} items acknowledged, {orphans} orphans swept, {} leaves of which \
         {deletions} destroy",
        seen.size
    );
}

/// All that waits is logged; the log is whole, goes on from what was `seen` of it,
/// and says nothing twice. Returns how many destructions are new in it.
async fn whole_log(vault: &Vault, seen: &mut Head) -> u64 {
    while vault.log_events(500).await.unwrap().events > 0 {}
    assert_eq!(vault.unlogged().await.unwrap(), (0, None));
    let storage = Arc::new(LogStorage::new(vault.stores().records.clone()));
    let key = vault.log_verifier().await.unwrap();
    let origin = Origin::from(key.name());
    let opened = Reader::published(storage.clone(), &origin, &Keyring::of(key)).await;
    let (reader, _) = opened.unwrap();
    let head = reader.head();
    assert_eq!(reader.head_at(seen.size).await.unwrap(), *seen);
    let report = audit(&*storage, head).await.unwrap();
    assert_eq!((report.damage, report.leaves), (None, head.size));
    let (mut leaves, mut entries, mut new) = (HashSet::new(), reader.entries(0), 0);
    while let Some((at, entry)) = entries.next().await.unwrap() {
        let leaf = Leaf::decode(&entry).unwrap();
        new += u64::from(at >= seen.size && matches!(leaf, Leaf::Deletion(_)));
        assert!(leaves.insert(entry), "leaf {at} stands in the log twice");
    }
    *seen = head;
    new
}

/// Runs a node until it has acknowledged some deeds, and kills it a little
/// later; returns how many items it kept.
fn one_life(
    folder: &Path,
    round: u64,
    random: &mut Seeded,
    allowed: &mut BTreeMap<u64, Vec<Option<u64>>>,
) -> u64 {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "node", "--nocapture"])
        .env(FOLDER, folder)
        .env(ROUND, round.to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
        .unwrap();
    let (last, pause) = (10 + random.below(40), random.below(20_000));
    let (mut deeds, mut kept) = (0, 0);
    for line in BufReader::new(child.stdout.take().unwrap()).split(b'\n') {
        let line = String::from_utf8(line.unwrap()).unwrap();
        let Some(words) = line.rsplit_once("@ ").map(|(_, words)| words) else { continue };
        let [deed, name, generation]: [&str; 3] =
            words.split(' ').collect::<Vec<_>>().try_into().unwrap();
        let (name, generation): (u64, u64) = (name.parse().unwrap(), generation.parse().unwrap());
        let states = allowed.entry(name).or_insert_with(|| vec![None]);
        match deed {
            "keeping" => states.push(Some(generation)),
            "erasing" => states.push(None),
            "kept" => {
                *states = vec![Some(generation)];
                kept += 1;
            }
            "erased" => *states = vec![None],
            other => panic!("{other}"),
        }
        deeds += u64::from(matches!(deed, "kept" | "erased"));
        if deeds == last {
            for _ in 0..pause {
                std::hint::spin_loop();
            }
            // SIGKILL; what it said before is still read to the end.
            child.kill().unwrap();
        }
    }
    child.wait().unwrap();
    assert!(deeds >= last, "the node ended by itself");
    kept
}

/// Every item is in one of the states that it may be in; from now on in that one.
async fn verify(vault: &Vault, allowed: &mut BTreeMap<u64, Vec<Option<u64>>>) {
    for (name, states) in allowed.iter_mut() {
        let read = vault
            .read(&Opener::desk("a test"), &realm(), &format!("ver_{name}"), "front")
            .await
            .unwrap();
        let state = states.iter().copied().find(|state| match (state, &read) {
            (None, None) => true,
            (Some(generation), Some(bytes)) => **bytes == content(*name, *generation),
            _ => false,
        });
        let Some(state) = state else {
            panic!("item {name} is in none of {states:?}; there: {}", read.is_some())
        };
        *states = vec![state];
    }
}

fn files(folder: &Path) -> usize {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.map(|path| if path.is_dir() { files(&path) } else { 1 }).sum()
}
