//! M5: the operator cannot rewrite or cut his own log unseen. Each test plays
//! the operator, with his key and his store in hand.

use std::sync::Arc;

use bonafide_transparency::note::Algorithm;
use bonafide_transparency::policy::Policy;
use bonafide_transparency::storage::{Cell, Memory, Resource};
use bonafide_transparency::tile::{Kind, decode_bundle, encode_bundle};
use bonafide_transparency::witness::{
    Answer, Client, ClientError, MemoryWitness, Outcome, Witness,
};
use bonafide_transparency::{AppendError, Damage, Log, OpenError, ReadError, Reader, Tile, audit};

use crate::support::{clock, create, grown, key, leaves, log_key, open};

fn entries(index: u64, width: u16) -> Resource {
    Resource::Tile(Tile::new(Kind::Entries, index, width).unwrap())
}

fn hashes(level: u8, index: u64, width: u16) -> Resource {
    Resource::Tile(Tile::new(Kind::Hashes(level), index, width).unwrap())
}

fn as_tile(resource: Resource) -> Tile {
    resource.to_string().parse().unwrap()
}

/// Another entry in the place of one, of the same length.
fn another(bytes: &[u8], width: u16, row: usize) -> Vec<u8> {
    let mut all = decode_bundle(bytes, width).unwrap();
    all[row][0] ^= 1;
    encode_bundle(&all).unwrap()
}

fn witness() -> Witness {
    let key = key("witness.example", Algorithm::Cosignature);
    Witness::new(key, [log_key()], Arc::new(MemoryWitness::new()), clock()).unwrap()
}

/// Carries a checkpoint to the witness as the caller of the client does.
async fn cosign(log: &mut Log, client: &mut Client, witness: &Witness) -> Result<(), ClientError> {
    let checkpoint = log.checkpoint().await.unwrap();
    let reader = log.reader().await.unwrap();
    for _ in 0..2 {
        let request = client.request(&reader, &checkpoint).await?;
        let answer = witness.add_checkpoint(request.to_text().as_bytes()).await;
        let body = answer.body();
        match client.answer(&request, answer.status(), body.as_bytes())? {
            Outcome::Cosigned(signatures) => {
                log.publish(signatures).await.unwrap();
                return Ok(());
            }
            Outcome::AskAgain => {}
        }
    }
    unreachable!("the second request is right")
}

#[tokio::test]
async fn m5_edit_is_detected() {
    let (whole, log) = grown("a", 66_000, 4_096).await;
    let head = log.head();

    // A leaf in the middle: its reader notices, and the audit says which.
    let store = Arc::new(whole.copy());
    store.tamper(&entries(100, 256), |bytes| Some(another(&bytes, 256, 7)));
    let edited = Damage::Edited { tile: as_tile(entries(100, 256)), leaf: 25_607 };
    let reader = Reader::open(store.clone(), head).await.unwrap();
    assert_eq!(reader.entry(25_600).await, Err(ReadError::Damaged(edited)));
    assert_eq!(reader.entry(25_599).await.unwrap(), b"a 25599");
    assert_eq!(audit(&*store, head).await.unwrap().damage, Some(edited));

    // The leaf and its hash: then the tile does not fit the one above.
    store.tamper(&hashes(0, 100, 256), |mut bytes| {
        bytes[7 * 32] ^= 1;
        Some(bytes)
    });
    let edited = Damage::Edited { tile: as_tile(hashes(0, 100, 256)), leaf: 25_600 };
    let reader = Reader::open(store.clone(), head).await.unwrap();
    assert_eq!(reader.entry(25_600).await, Err(ReadError::Damaged(edited)));
    assert_eq!(reader.prove_inclusion(25_601).await, Err(ReadError::Damaged(edited)));
    let found = audit(&*store, head).await.unwrap().damage;
    assert!(matches!(found, Some(Damage::Edited { leaf, .. }) if leaf == 25_607), "{found:?}");

    // A hash alone: the entries are right, and the audit knows.
    for tile in [hashes(0, 100, 256), hashes(1, 0, 256), hashes(1, 1, 1), hashes(2, 0, 1)] {
        let store = Arc::new(whole.copy());
        store.tamper(&tile, |mut bytes| {
            bytes[0] ^= 1;
            Some(bytes)
        });
        let found = audit(&*store, head).await.unwrap().damage;
        let Some(Damage::Edited { tile: named, .. }) = found else { unreachable!("{found:?}") };
        assert_eq!(named, as_tile(tile));
    }

    // The newest: the log does not open.
    for (tile, row) in [(entries(257, 208), 3), (hashes(0, 257, 208), 0), (hashes(1, 1, 1), 0)] {
        let store = Arc::new(whole.copy());
        store.tamper(&tile, |mut bytes| {
            bytes[row] ^= 1;
            Some(bytes)
        });
        let refused = open(store, &[]).await.err();
        assert!(matches!(refused, Some(OpenError::Edited(_))), "{tile}: {refused:?}");
    }

    // The checkpoint itself.
    for cell in [Cell::Head, Cell::Checkpoint] {
        let store = Arc::new(whole.copy());
        store.tamper_cell(cell, |bytes| {
            let text = String::from_utf8(bytes).unwrap();
            Some(text.replace("66000", "65999").into_bytes())
        });
        let refused = open(store, &[]).await.err();
        assert!(
            matches!(&refused, Some(OpenError::NotOurs { cell: at, .. }) if *at == cell),
            "{refused:?}"
        );
    }
}

#[tokio::test]
async fn m5_truncation_is_detected() {
    let (whole, log) = grown("a", 600, 200).await;
    let head = log.head();
    for lost in [entries(2, 88), hashes(0, 2, 88), hashes(1, 0, 2)] {
        let store = Arc::new(whole.copy());
        store.tamper(&lost, |_| None);
        let missing = Damage::Missing(as_tile(lost));
        assert_eq!(open(store.clone(), &[]).await.err(), Some(OpenError::Truncated(missing)));
        assert_eq!(audit(&*store, head).await.unwrap().damage, Some(missing));
    }
    // In the middle, or to a shorter file: who reads there notices.
    let store = Arc::new(whole.copy());
    store.tamper(&entries(1, 256), |_| None);
    let reader = Reader::open(store.clone(), head).await.unwrap();
    let missing = Damage::Missing(as_tile(entries(1, 256)));
    assert_eq!(reader.entry(300).await, Err(ReadError::Damaged(missing)));
    assert_eq!(audit(&*store, head).await.unwrap().damage, Some(missing));
    for tile in [entries(1, 256), hashes(0, 1, 256)] {
        let store = Arc::new(whole.copy());
        store.tamper(&tile, |mut bytes| {
            bytes.pop();
            Some(bytes)
        });
        let malformed = Some(Damage::Malformed(as_tile(tile)));
        assert_eq!(audit(&*store, head).await.unwrap().damage, malformed);
    }
    // Everything: that is no empty log.
    assert_eq!(open(Arc::new(Memory::new()), &[head]).await.err(), Some(OpenError::Absent));
}

#[tokio::test]
async fn m5_rollback_is_detected() {
    let (store, mut log) = grown("a", 300, 100).await;
    let backup = Arc::new(store.copy());
    log.append(&leaves("a", 300, 100)).await.unwrap();
    let known = log.head();

    // By a head that was kept outside, such as in the newest journal.
    let refused = open(backup.clone(), &[known]).await.err();
    assert_eq!(refused, Some(OpenError::RolledBack { have: 300, known: 400 }));

    // Half of it put back: head and checkpoint do not go together.
    let half = Arc::new(store.copy());
    let old_head = bonafide_transparency::Storage::read(&*backup, Cell::Head).await.unwrap();
    half.tamper_cell(Cell::Head, |_| old_head);
    let refused = open(half, &[]).await.err();
    assert_eq!(refused, Some(OpenError::RolledBack { have: 300, known: 400 }));

    // By a process that has seen more than what it now reads.
    let storage = Arc::new(backup.copy());
    let mut live = open(storage.clone(), &[]).await.unwrap();
    live.append(&leaves("a", 300, 1)).await.unwrap();
    for cell in [Cell::Head, Cell::Checkpoint] {
        let old = bonafide_transparency::Storage::read(&*backup, cell).await.unwrap();
        storage.tamper_cell(cell, |_| old);
    }
    assert_eq!(live.append(&leaves("a", 301, 1)).await, Err(AppendError::OtherWriter));
    let refused = live.append(&leaves("a", 301, 1)).await;
    assert!(matches!(
        refused,
        Err(AppendError::Open(error)) if *error == OpenError::RolledBack { have: 300, known: 301 }
    ));

    // By a witness, although the operator's own memory went back as well.
    let witness = witness();
    let mut client = Client::new(witness.verifier().clone(), 0);
    cosign(&mut log, &mut client, &witness).await.unwrap();
    let mut restored = open(backup, &[]).await.unwrap();
    let mut forgetful = Client::new(witness.verifier().clone(), 0);
    let refused = cosign(&mut restored, &mut forgetful, &witness).await;
    assert_eq!(refused, Err(ClientError::RolledBack { seen: 400, ours: 300 }));
    let refused = cosign(&mut restored, &mut client, &witness).await;
    assert_eq!(refused, Err(ClientError::RolledBack { seen: 400, ours: 300 }));
}

#[tokio::test]
async fn m5_split_view_is_detected() {
    // The same key, two histories: one for the customer, one for the auditor.
    let (_, mut one) = grown("one", 300, 100).await;
    for (size, by_proof) in [(300, false), (400, true)] {
        let witness = witness();
        let mut client = Client::new(witness.verifier().clone(), 0);
        cosign(&mut one, &mut client, &witness).await.unwrap();

        let (_, mut two) = grown("two", size, 100).await;
        let mut client = Client::new(witness.verifier().clone(), 300);
        let refused = cosign(&mut two, &mut client, &witness).await;
        assert_eq!(refused, Err(ClientError::SplitView { size: 300 }));
        // The witness knows too, and has it signed.
        let checkpoint = two.checkpoint().await.unwrap();
        let reader = two.reader().await.unwrap();
        let request = client.request(&reader, &checkpoint).await.unwrap();
        let answer = witness.add_checkpoint(request.to_text().as_bytes()).await;
        let expected = if by_proof {
            Answer::Inconsistent
        } else {
            Answer::Conflict { size: 300, split_view: true }
        };
        assert_eq!(answer, expected);

        // Without the witness the second history passes; with it, it does not.
        let receipt = two.receipt(7).await.unwrap();
        let alone = Policy::new([log_key()], [], 0).unwrap();
        let witnessed = Policy::new([log_key()], [witness.verifier().clone()], 1).unwrap();
        assert!(receipt.verify(&alone).is_ok());
        assert!(receipt.verify(&witnessed).is_err());
        assert!(one.receipt(7).await.unwrap().verify(&witnessed).is_ok());
    }

    // By whoever has kept a head of the other history.
    let (store, _) = grown("two", 400, 100).await;
    let refused = open(store, &[one.head()]).await.err();
    assert_eq!(refused, Some(OpenError::SplitView { size: 300 }));
    // Everything rewritten but for the checkpoint that somebody has.
    let (store, _) = grown("two", 300, 100).await;
    let damage = audit(&*store, one.head()).await.unwrap().damage;
    assert_eq!(damage, Some(Damage::Rewritten));
    // A log that begins anew under its old key.
    let fresh = Arc::new(Memory::new());
    create(&fresh).await;
    let refused = open(fresh, &[one.head()]).await.err();
    assert_eq!(refused, Some(OpenError::RolledBack { have: 0, known: 300 }));
}
