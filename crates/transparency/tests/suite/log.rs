//! The log: what it gives back, and what it survives.

use std::sync::Arc;

use crate::support::{Dying, Meanwhile, clock, create, grown, key, keys, leaves, log_key, open};
use bonafide_transparency::note::{Algorithm, Keyring, SigningKey};
use bonafide_transparency::policy::Policy;
use bonafide_transparency::storage::{Cell, Memory, Resource, Storage};
use bonafide_transparency::{
    AppendError, Hash, Head, Log, LogKeys, OpenError, Reader, SignedCheckpoint, audit, tree,
};

/// The head over these leaves, computed without the log.
fn head_of(leaves: &[Vec<u8>]) -> Head {
    let hashes: Vec<Hash> = leaves.iter().map(|leaf| Hash::leaf(leaf)).collect();
    Head { size: leaves.len() as u64, root: tree::root(&hashes) }
}

async fn all(reader: &Reader, from: u64) -> Vec<Vec<u8>> {
    let mut entries = reader.entries(from);
    let mut found = Vec::new();
    while let Some((index, entry)) = entries.next().await.unwrap() {
        assert_eq!(index, from + found.len() as u64);
        found.push(entry);
    }
    found
}

#[tokio::test]
async fn a_log_gives_back_what_was_appended_however_it_was_batched() {
    for (size, batch) in [(1, 1), (255, 7), (256, 256), (257, 100), (700, 1), (66_000, 4_096)] {
        let (storage, mut log) = grown("a", size, batch).await;
        let expected = leaves("a", 0, size);
        assert_eq!(log.head(), head_of(&expected), "{size} by {batch}");
        let reader = log.reader().await.unwrap();
        assert_eq!(all(&reader, 0).await, expected);
        assert_eq!(all(&reader, size - 1).await.len(), 1);
        let report = audit(&*storage, log.head()).await.unwrap();
        assert_eq!((report.leaves, report.damage), (size, None));

        let mut again = open(storage.clone(), &[log.head()]).await.unwrap();
        assert_eq!(again.head(), log.head());
        assert_eq!(again.checkpoint().await, log.checkpoint().await);
    }
}

#[tokio::test]
async fn proofs_from_tiles_hold() {
    let (_, mut log) = grown("a", 66_000, 4_096).await;
    let expected = leaves("a", 0, 66_000);
    let reader = log.reader().await.unwrap();
    let Head { size, root } = log.head();
    for index in [0, 1, 255, 256, 65_535, 65_536, 65_999] {
        let proof = reader.prove_inclusion(index).await.unwrap();
        let leaf = Hash::leaf(&expected[index as usize]);
        assert_eq!(tree::verify_inclusion(leaf, index, size, root, &proof), Ok(()), "{index}");
    }
    for old in [0, 1, 2, 255, 256, 257, 512, 40_000, 65_536, 65_537, 66_000] {
        let older = reader.head_at(old).await.unwrap();
        assert_eq!(older, head_of(&expected[..old as usize]));
        let proof = reader.prove_consistency(old).await.unwrap();
        let holds = tree::verify_consistency((old, older.root), (size, root), &proof);
        assert_eq!(holds, Ok(()), "{old}");
    }
}

#[tokio::test]
async fn the_published_files_are_what_the_specification_names() {
    let (storage, log) = grown("a", 600, 100).await;
    let names: Vec<String> = storage.resources().iter().map(ToString::to_string).collect();
    // Partial forms go when the full tile is there, and staged batches when they
    // are written.
    assert_eq!(
        names,
        [
            "tile/entries/000",
            "tile/entries/001",
            "tile/entries/002.p/88",
            "tile/0/000",
            "tile/0/001",
            "tile/0/002.p/88",
            "tile/1/000.p/1",
            "tile/1/000.p/2",
        ]
    );
    let bytes = storage.read(Cell::Checkpoint).await.unwrap().unwrap();
    let text = String::from_utf8(bytes).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let signature = format!("— log.example/eu {}", lines[4].rsplit_once(' ').unwrap().1);
    let root = log.head().root.to_string();
    assert_eq!(lines, ["log.example/eu", "600", root.as_str(), "", signature.as_str()]);
}

#[tokio::test]
async fn a_reader_of_an_older_checkpoint_reads_on_while_the_log_grows() {
    let (storage, mut log) = grown("a", 300, 100).await;
    let older = log.reader().await.unwrap();
    log.append(&leaves("a", 300, 300)).await.unwrap();
    // Its partial tiles are gone: the full ones have taken their place.
    assert_eq!(all(&older, 0).await, leaves("a", 0, 300));
    let opened = Reader::open(storage, older.head()).await.unwrap();
    assert_eq!(all(&opened, 256).await, leaves("a", 256, 44));
}

#[tokio::test]
async fn what_is_published_can_be_read_by_whoever_has_the_key() {
    let (storage, mut log) = grown("a", 10, 10).await;
    let origin = log.origin().clone();
    let ring = Keyring::of(log_key());
    let (reader, checkpoint) = Reader::published(storage.clone(), &origin, &ring).await.unwrap();
    assert_eq!(reader.entry(9).await.unwrap(), b"a 9");
    assert!(reader.entry(10).await.is_err());
    assert_eq!(checkpoint, log.checkpoint().await.unwrap());
    let other = Keyring::of(key("log.example/us", Algorithm::Ed25519).verifier().clone());
    assert!(Reader::published(storage, &origin, &other).await.is_err());
}

#[tokio::test]
async fn a_batch_is_bounded_and_has_its_place() {
    let (_, mut log) = grown("a", 10, 10).await;
    assert_eq!(log.append(&[]).await, Err(AppendError::Empty));
    assert_eq!(log.append(&[vec![0; 65_536]]).await, Err(AppendError::TooLarge));
    assert_eq!(log.append(&vec![vec![]; 4_097]).await, Err(AppendError::TooLarge));
    assert_eq!(log.append(&vec![vec![0; 65_000]; 300]).await, Err(AppendError::TooLarge));
    assert_eq!(log.append_at(11, &[vec![]]).await, Err(AppendError::Gap { size: 10 }));
    // The same again is no second time.
    let appended = log.append_at(7, &leaves("a", 7, 3)).await.unwrap();
    assert_eq!((appended.first, appended.count, log.head().size), (7, 3, 10));
    assert_eq!(log.append_at(7, &leaves("b", 7, 3)).await, Err(AppendError::Taken { first: 7 }));
    assert_eq!(log.append_at(7, &leaves("a", 7, 4)).await, Err(AppendError::Taken { first: 7 }));
    assert_eq!(log.append(&[vec![0; 65_535], vec![]]).await.unwrap().first, 10);
}

#[tokio::test]
async fn a_lost_log_does_not_begin_again_in_silence() {
    let empty = Arc::new(Memory::new());
    assert_eq!(open(empty.clone(), &[]).await.err(), Some(OpenError::Absent));
    create(&empty).await;
    let again = Log::create(empty.clone(), keys(), clock()).await.err();
    assert_eq!(again, Some(OpenError::AlreadyThere));
    empty.tamper_cell(Cell::Head, |_| None);
    assert_eq!(open(empty.clone(), &[]).await.err(), Some(OpenError::Absent));
    let again = Log::create(empty, keys(), clock()).await.err();
    assert_eq!(again, Some(OpenError::AlreadyThere));
}

/// Every append of a history, with the store dying at its n-th write, for every
/// n there is: done or not, the log goes on in one history, and the batch that
/// is repeated is in it once.
#[tokio::test]
async fn dying_at_any_write_loses_nothing_and_forks_nothing() {
    // Within a bundle; filling one; filling several with a rest.
    for (before, batch) in [(0, 3), (250, 6), (250, 7), (255, 600)] {
        let (whole, log) = grown("a", before, 4_096).await;
        let at_rest = log.head();
        let mut deaths = 0;
        for applied in [false, true] {
            for writes in 0.. {
                let store = Arc::new(whole.copy());
                let dying = Dying::new(store.clone(), applied);
                let mut log = open(dying.clone(), &[]).await.unwrap();
                dying.die_after(writes);
                let first = log.append_at(before, &leaves("a", before, batch)).await;
                if !dying.has_died() {
                    assert_eq!(first.unwrap().checkpoint.head().size, before + batch);
                    break;
                }
                deaths += 1;
                assert!(first.is_err(), "{before} + {batch}, write {writes}");
                // Whoever comes next, on the store as it is. What has been shown
                // to readers must stay true.
                let ring = Keyring::of(log.keys().keys()[0].clone());
                let (shown, _) =
                    Reader::published(store.clone(), log.origin(), &ring).await.unwrap();
                let known = [at_rest, shown.head()];
                // A different batch than the one that died, as of another node
                // that does not know of it.
                let mut next = open(store.clone(), &known).await.unwrap();
                let committed = next.head().size;
                assert!(committed == before || committed == before + batch, "{committed}");
                let other = next.append(&leaves("b", 0, 300)).await.unwrap();
                assert_eq!(other.first, committed);
                let mut expected = leaves("a", 0, committed);
                expected.extend(leaves("b", 0, 300));
                assert_eq!(next.head(), head_of(&expected));
                let report = audit(&*store, next.head()).await.unwrap();
                assert_eq!(report.damage, None, "{before} + {batch}, write {writes}");

                // The same batch again, by one that wrote down where it belongs.
                let store = Arc::new(whole.copy());
                let dying = Dying::new(store.clone(), applied);
                let mut log = open(dying.clone(), &[]).await.unwrap();
                dying.die_after(writes);
                log.append_at(before, &leaves("a", before, batch)).await.unwrap_err();
                let mut next = open(store.clone(), &known).await.unwrap();
                next.append_at(before, &leaves("a", before, batch)).await.unwrap();
                assert_eq!(next.head(), head_of(&leaves("a", 0, before + batch)));
                // Nothing is left behind: no staged batch, and no partial form of a
                // tile that is full.
                let left = store.resources();
                let superfluous = left.iter().filter(|resource| match resource {
                    Resource::Staged(_) => true,
                    Resource::Tile(tile) => {
                        !tile.is_full() && left.contains(&Resource::Tile(tile.full()))
                    }
                });
                let superfluous: Vec<String> = superfluous.map(ToString::to_string).collect();
                assert!(superfluous.is_empty(), "{before}, {batch}, {writes}: {superfluous:?}");
            }
        }
        assert!(deaths >= 12, "{deaths}");
    }
}

/// Dying again while what was left unfinished is finished.
#[tokio::test]
async fn dying_while_opening_loses_nothing_either() {
    let (whole, _) = grown("a", 255, 255).await;
    for (first, second) in (2..9).flat_map(|first| (0..8).map(move |second| (first, second))) {
        let store = Arc::new(whole.copy());
        let dying = Dying::new(store.clone(), first % 2 == 0);
        let mut log = open(dying.clone(), &[]).await.unwrap();
        dying.die_after(first);
        let _ = log.append(&leaves("a", 255, 300)).await;
        let dying = Dying::new(store.clone(), second % 2 == 0);
        dying.die_after(second);
        let _ = open(dying, &[]).await;
        let log = open(store.clone(), &[]).await.unwrap();
        assert_eq!(log.head(), head_of(&leaves("a", 0, 555)), "{first}, {second}");
        assert_eq!(audit(&*store, log.head()).await.unwrap().damage, None);
    }
}

/// A store that fails once and comes back: the same process goes on.
#[tokio::test]
async fn a_failure_in_between_is_overcome_by_trying_again() {
    for applied in [false, true] {
        for writes in 0..8 {
            let (store, _) = grown("a", 255, 255).await;
            let dying = Dying::reviving(store.clone(), applied);
            let mut log = open(dying.clone(), &[]).await.unwrap();
            dying.die_after(writes);
            let first = log.append_at(255, &leaves("a", 255, 3)).await;
            assert_eq!(first.is_err(), dying.has_died());
            log.append_at(255, &leaves("a", 255, 3)).await.unwrap();
            log.append(&leaves("a", 258, 1)).await.unwrap();
            assert_eq!(log.head(), head_of(&leaves("a", 0, 259)), "{writes}");
        }
    }
}

#[tokio::test]
async fn of_two_writers_one_appends_and_the_other_reads_again() {
    let (store, mut one) = grown("a", 10, 10).await;
    let mut two = open(store.clone(), &[]).await.unwrap();
    one.append(&leaves("a", 10, 1)).await.unwrap();
    assert_eq!(two.append(&leaves("b", 0, 1)).await, Err(AppendError::OtherWriter));
    assert_eq!(two.append(&leaves("b", 0, 1)).await.unwrap().first, 11);
    assert_eq!(one.append(&leaves("a", 11, 1)).await, Err(AppendError::OtherWriter));
    assert_eq!(one.append(&leaves("a", 11, 1)).await.unwrap().first, 12);
    let head = one.head();
    assert_eq!(audit(&*store, head).await.unwrap().damage, None);
}

/// Another node appends just while the log is opened, between any two reads of
/// it: that is no rollback, and nobody is alarmed.
#[tokio::test]
async fn an_append_while_the_log_is_opened_is_no_rollback() {
    for reads in 1..4 {
        let (store, other) = grown("a", 300, 100).await;
        let meanwhile = Meanwhile::new(store, other, reads);
        let opened = open(meanwhile, &[]).await;
        assert!(matches!(&opened, Ok(_) | Err(OpenError::OtherWriter)), "{:?}", opened.err());
    }
}

/// A writer that was put aside in the middle and wakes up when another has gone
/// on does no harm.
#[tokio::test]
async fn a_writer_that_wakes_up_late_damages_nothing() {
    let (store, _) = grown("a", 250, 250).await;
    for writes in 0..3 {
        let store = Arc::new(store.copy());
        let dying = Dying::new(store.clone(), false);
        let mut late = open(dying.clone(), &[]).await.unwrap();
        dying.die_after(writes);
        late.append(&leaves("late", 0, 20)).await.unwrap_err();
        let mut next = open(store.clone(), &[]).await.unwrap();
        next.append(&leaves("next", 0, 20)).await.unwrap();
        let mut late = open(store.clone(), &[]).await.unwrap();
        late.append(&leaves("late", 0, 20)).await.unwrap();
        assert_eq!(audit(&*store, late.head()).await.unwrap().damage, None);
    }
}

#[tokio::test]
async fn a_log_goes_on_under_a_new_key() {
    let (store, mut log) = grown("a", 5, 5).await;
    let former = log.keys().keys()[0].clone();
    let receipt = log.receipt(2).await.unwrap();
    let new = || {
        let name = "log.example/eu".parse().unwrap();
        SigningKey::from_seed(name, Algorithm::Ed25519, &[5; 32]).unwrap()
    };
    let unknown = Log::open(store.clone(), LogKeys::new(new()), clock(), &[]).await.err();
    assert!(matches!(unknown, Some(OpenError::NotOurs { cell: Cell::Head, .. })), "{unknown:?}");
    let keys = LogKeys { signing: new(), former: vec![former.clone()] };
    let mut log = Log::open(store, keys, clock(), &[]).await.unwrap();
    let appended = log.append(&leaves("a", 5, 1)).await.unwrap();
    let new_only = Keyring::of(new().verifier().clone());
    assert!(appended.checkpoint.verify(log.origin(), &new_only).is_ok());
    // Receipts under the old key still verify for those who know it.
    let policy = Policy::new([former], [], 0).unwrap();
    assert!(receipt.verify(&policy).is_ok());
    assert!(SignedCheckpoint::parse(appended.checkpoint.to_text().as_bytes()).is_ok());
}
