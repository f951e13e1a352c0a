//! What the log is told besides destructions.

use bonafide_context::Timestamp;
use bonafide_policy::{Category, Policies, Purpose, Role};
use bonafide_transparency::leaf::{
    ConsentAct, KeyAct, KeyEvent, Leaf, RestrictionAct, SubjectHash,
};
use bonafide_transparency::{Hash, Receipt};

use super::super::super::tests::{HOUR, House, START, apac, item, realm};
use super::super::*;
use super::logged::{head, log_all, trusted};
use crate::RootKey;
use crate::seal::Key;
use crate::vault::{Under, Vault};

/// Everything that the log holds.
pub(super) async fn leaves(vault: &Vault) -> Vec<Leaf> {
    let (reader, _) = vault.log_reader().await.unwrap();
    let mut entries = reader.entries(0);
    let mut leaves = Vec::new();
    while let Some((_, entry)) = entries.next().await.unwrap() {
        leaves.push(Leaf::decode(&entry).unwrap());
    }
    leaves
}

async fn keys(vault: &Vault) -> Vec<KeyEvent> {
    let leaves = leaves(vault).await.into_iter();
    leaves.filter_map(|leaf| if let Leaf::Key(key) = leaf { Some(key) } else { None }).collect()
}

const EVENTS: [Event<'static>; 3] = [
    Event::Consent {
        act: ConsentAct::Given,
        purposes: &["service", "kyc-record"],
        notice: Under { policy: "strict", version: 3 },
        language: "en",
        how: "hosted_flow",
        guardian: true,
    },
    Event::Read {
        role: Role::Reviewer,
        reader: "usr_0123456789abcdef",
        category: Category::FaceMedia,
        purpose: Purpose::Troubleshooting,
        items: 2,
    },
    Event::Restriction { act: RestrictionAct::HoldPlaced, basis: "legal_claim" },
];

#[tokio::test]
async fn m5_consents_readings_and_holds_stand_in_the_log_without_a_person() {
    let house = House::new().await;
    let (vault, apac) = (&house.vault, apac());
    let whose = Whose { realm: &apac, owner: "ver_0123456789abcdef", until: None };
    for event in &EVENTS {
        // What is not committed has not happened.
        drop(vault.event(&whose, event).unwrap());
        house.stores.records.commit(vault.event(&whose, event).unwrap()).await.unwrap();
        house.at(house.now() + 1_000);
    }
    assert_eq!(log_all(vault).await, 3);
    let told = vault.events_of(&apac, whose.owner).await.unwrap();
    let kinds: Vec<u64> = told.iter().map(|told| told.leaf.when() - START / 1000).collect();
    assert_eq!(kinds, [2, 1, 0]);
    let trusted = trusted(vault).await;
    for told in &told {
        let text = told.receipt.as_ref().unwrap().to_text();
        let proven = Receipt::parse(text.as_bytes()).unwrap().verify(&trusted).unwrap();
        assert_eq!(proven.leaf().unwrap(), told.leaf);
        let entry = String::from_utf8(proven.entry).unwrap();
        for personal in [whose.owner, "usr_", "1300000001", "apac"] {
            assert!(!entry.contains(personal), "{entry}");
        }
        // Whose it was, its holder can show, and nobody of another.
        assert!(told.opening.opens(told.leaf.commitment().unwrap()));
        assert_eq!(told.opening.subject(), &SubjectHash::of_owner(whose.owner));
        // Who read is a commitment of its own.
        let Leaf::SensitiveRead(read) = &told.leaf else {
            assert!(told.reader.is_none());
            continue;
        };
        let reader = told.reader.as_ref().unwrap();
        assert!(reader.opens(&read.reader) && !told.opening.opens(&read.reader));
        assert_eq!(reader.subject(), &SubjectHash::of_owner("usr_0123456789abcdef"));
        assert_eq!((read.role.as_str(), read.items), ("reviewer", 2));
    }
    let Leaf::Consent(consent) = &told[2].leaf else { panic!("{told:?}") };
    assert_eq!((consent.notice.version, consent.guardian), (3, true));
    assert_eq!(consent.purposes.len(), 2);
    // They are no deletions, and not another realm's.
    assert!(vault.deletion_receipts(&apac, whose.owner).await.unwrap().is_empty());
    let elsewhere = realm("apac/sandbox/1300000001");
    assert!(vault.events_of(&elsewhere, whose.owner).await.unwrap().is_empty());
}

#[tokio::test]
async fn whose_an_event_was_is_known_for_as_long_as_its_caller_said() {
    let house = House::new().await;
    let apac = apac();
    let until = Some(Timestamp(START + HOUR));
    let whose = Whose { realm: &apac, owner: "ver_1", until };
    house.stores.records.commit(house.vault.event(&whose, &EVENTS[0]).unwrap()).await.unwrap();
    log_all(&house.vault).await;
    for (at, known) in [(HOUR - 1, 1), (HOUR, 0)] {
        house.at(START + at);
        house.vault.reap(10).await.unwrap();
        assert_eq!(house.vault.events_of(&apac, "ver_1").await.unwrap().len(), known);
    }
}

#[tokio::test]
async fn the_log_takes_codes_only() {
    let house = House::new().await;
    let apac = apac();
    let whose = Whose { realm: &apac, owner: "ver_1", until: None };
    let basis = "Anna Eriksson asked for it";
    let event = Event::Restriction { act: RestrictionAct::Restricted, basis };
    let refused = house.vault.event(&whose, &event).map(|_| ());
    assert!(matches!(refused, Err(VaultError::Refused { .. })), "{refused:?}");
}

#[tokio::test]
async fn c5_keys_that_are_made_and_destroyed_stand_in_the_log() {
    let house = House::new().await;
    let expires = START + HOUR;
    house.keep(&apac(), "ver_1", "front", expires, b"x").await;
    house.vault.reap(10).await.unwrap();
    log_all(&house.vault).await;
    let hour = expires / HOUR;
    let plain = format!("hour/apac/live/1300000001/face_media/{hour}");
    // The log is published: nobody finds a tenant in it by trying numbers.
    let told_plainly = Hash::sha256(plain.as_bytes());
    assert!(keys(&house.vault).await.iter().all(|key| key.key != told_plainly));
    let name = house.vault.key_names().await.unwrap().of(&plain);
    let told = async || {
        let keys = keys(&house.vault).await.into_iter().filter(|key| key.key == name);
        keys.map(|key| (key.act, key.when, key.category.to_string(), key.hour)).collect::<Vec<_>>()
    };
    let made = (KeyAct::Created, START / 1000, "face_media".to_owned(), hour);
    assert_eq!(told().await, std::slice::from_ref(&made));
    // Its hour passes; nobody comes until ten seconds later.
    let end = (hour + 1) * HOUR;
    house.at(end + 10_000);
    for _ in 0..3 {
        house.vault.reap(10).await.unwrap();
        log_all(&house.vault).await;
    }
    let destroyed = (KeyAct::Destroyed, end / 1000 + 10, "face_media".to_owned(), hour);
    assert_eq!(told().await, [made, destroyed]);
    // Nothing is left of it, and nothing was said twice.
    let left = keys(&house.vault).await;
    let said: std::collections::BTreeSet<_> =
        left.iter().map(|k| (k.key.to_hex(), k.act as u8)).collect();
    assert_eq!(said.len(), left.len());
    assert_eq!(head(&house.vault).await.size, leaves(&house.vault).await.len() as u64);
}

#[tokio::test]
async fn another_root_key_is_said_once() {
    let house = House::new().await;
    let roots = async |vault: &Vault| {
        vault.reap(10).await.unwrap();
        vault.reap(10).await.unwrap();
        log_all(vault).await;
        let keys = keys(vault).await.into_iter().filter(|key| key.category.as_str() == "root");
        keys.map(|key| key.act).collect::<Vec<_>>()
    };
    assert_eq!(roots(&house.vault).await, [KeyAct::Created]);
    let new = RootKey::given(Key::from_bytes(&[9; 32]).unwrap());
    let rotated = house.again(new.and(house.root())).await.unwrap();
    assert_eq!(roots(&rotated).await, [KeyAct::Created, KeyAct::Rotated]);
}

#[tokio::test]
async fn o17_a_policy_that_was_not_in_force_before_stands_in_the_log() {
    let house = House::new().await;
    let policies = Policies::bundled().unwrap();
    let in_force = policies.in_force(Timestamp(1));
    let each = || in_force.iter().map(AsRef::as_ref);
    let all = in_force.len() as u64;
    assert!(all > 3);
    assert_eq!(house.vault.policies_in_force(each().take(2)).await, Ok(2));
    assert_eq!(house.vault.policies_in_force(each()).await, Ok(all - 2));
    assert_eq!(house.vault.policies_in_force(each()).await, Ok(0));
    log_all(&house.vault).await;
    let leaves = leaves(&house.vault).await;
    for policy in each() {
        let told = leaves.iter().filter(|leaf| match leaf {
            Leaf::PolicyVersion(told) => {
                told.policy.name.as_str() == policy.name()
                    && told.policy.version == policy.version()
                    && told.digest.to_hex() == policy.id().as_str()
            }
            _ => false,
        });
        assert_eq!(told.count(), 1, "{}", policy.name());
    }
}

#[tokio::test]
async fn a_deletion_names_the_policy_that_its_item_was_kept_under() {
    let house = House::new().await;
    let apac = apac();
    for (name, policy, version) in [("front", "strict", 1), ("back", "tencent-ekyc", 4)] {
        let policy = Under { policy, version };
        let item = crate::Item { policy, ..item(&apac, "ver_1", name, START + HOUR) };
        house.stores.records.commit(house.vault.prepare(&item, b"x").await.unwrap()).await.unwrap();
    }
    house.vault.erase(&apac, "ver_1", None).await.unwrap();
    let told = house.vault.deletion_receipts(&apac, "ver_1").await.unwrap();
    let mut under: Vec<_> = told
        .iter()
        .map(|told| (told.deletion.policy.name.to_string(), told.deletion.policy.version))
        .collect();
    under.sort();
    assert_eq!(under, [("strict".to_owned(), 1), ("tencent-ekyc".to_owned(), 4)]);
}
