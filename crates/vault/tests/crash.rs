//! A node is killed while it writes, replaces and erases: what it acknowledged
//! stands, nothing half-written is ever read, and the sweep finds the rest.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test stops at what it did not expect")]

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use bonafide_context::{FixedClock, OsRandom, Random, Realm, Seeded, Timestamp};
use bonafide_policy::Category;
use bonafide_vault::objects::Directory;
use bonafide_vault::records::Sqlite;
use bonafide_vault::{Item, RootKey, Stores, Under, Vault};

/// How often a node is killed.
const KILLS: u64 = 12;
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

async fn open(folder: &Path, clock: Arc<FixedClock>) -> Vault {
    let stores = Stores {
        records: Arc::new(Sqlite::open(folder.join("records.sqlite")).await.unwrap()),
        objects: Arc::new(Directory::open(folder.join("objects")).unwrap()),
        keys: Arc::new(Sqlite::open(folder.join("keys.sqlite")).await.unwrap()),
    };
    let root = RootKey::in_file(folder.join("root.key"));
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
        let vault = Arc::new(open(Path::new(&folder), clock).await);
        let tasks = (0..4).map(|task| tokio::spawn(work(Arc::clone(&vault), round, task)));
        for task in tasks.collect::<Vec<_>>() {
            task.await.unwrap();
        }
    });
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
    let folder = tempfile::tempdir().unwrap();
    let mut random = Seeded::new(2026);
    // What each item must be: the last acknowledged, or what was under way then.
    let mut allowed: BTreeMap<u64, Vec<Option<u64>>> = BTreeMap::new();
    let (mut kept, mut orphans) = (0, 0);
    for round in 0..KILLS {
        kept += one_life(folder.path(), round, &mut random, &mut allowed);

        let clock = Arc::new(FixedClock::at(Timestamp(START + round * HOUR)));
        let vault = open(folder.path(), Arc::clone(&clock)).await;
        verify(&vault, &mut allowed).await;
        clock.advance(Duration::from_millis(HOUR));
        let reaped = vault.reap(10_000).await.unwrap();
        orphans += reaped.orphans;
        assert_eq!((reaped.items, reaped.pending), (0, 0));
        verify(&vault, &mut allowed).await;

        // What lies there is what rows name, and nothing else.
        let objects = vault.stores().objects.list("").await.unwrap().len();
        let named = allowed.iter().filter(|(name, state)| {
            !name.is_multiple_of(3) && matches!(state.as_slice(), [Some(_)])
        });
        assert_eq!(objects, named.count());
        assert_eq!(files(&folder.path().join("objects")), objects);
    }
    assert!(kept > KILLS * 5, "only {kept} items were kept: nothing was tried");
    eprintln!("{KILLS} kills: {kept} items acknowledged, {orphans} orphans swept");
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
        let read = vault.read(&realm(), &format!("ver_{name}"), "front").await.unwrap();
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
