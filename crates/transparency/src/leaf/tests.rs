//! The one spelling of each leaf.

use proptest::collection::{btree_map, btree_set};
use proptest::prelude::*;
use proptest::strategy::ValueTree;

use super::*;

fn code() -> impl Strategy<Value = Code> {
    "[a-z0-9]([a-z0-9_-]{0,20}[a-z0-9])?".prop_map(|text| text.parse().unwrap())
}

fn commitment() -> impl Strategy<Value = Commitment> {
    any::<[u8; 64]>().prop_map(|bytes| {
        let mut random = bonafide_context::Seeded::new(u64::from(bytes[0]));
        Opening::commit(SubjectHash::new([bytes[1]; 32]), &mut random).0
    })
}

fn policy() -> impl Strategy<Value = PolicyRef> {
    (code(), any::<u32>()).prop_map(|(name, version)| PolicyRef { name, version })
}

fn amount() -> impl Strategy<Value = Amount> {
    (any::<u64>(), any::<u64>()).prop_map(|(items, bytes)| Amount { items, bytes })
}

fn leaf() -> impl Strategy<Value = Leaf> {
    let causes = prop_oneof![
        Just(Cause::Expiry),
        Just(Cause::Request),
        Just(Cause::Withdrawal),
        Just(Cause::UnderAge),
    ];
    let acts = prop_oneof![
        Just(ConsentAct::Given),
        Just(ConsentAct::Refused),
        Just(ConsentAct::Withdrawn)
    ];
    let keys = prop_oneof![Just(KeyAct::Created), Just(KeyAct::Rotated), Just(KeyAct::Destroyed)];
    let restrictions = prop_oneof![
        Just(RestrictionAct::Restricted),
        Just(RestrictionAct::Unrestricted),
        Just(RestrictionAct::HoldPlaced),
        Just(RestrictionAct::HoldLifted),
        Just(RestrictionAct::KycRecordOn),
        Just(RestrictionAct::KycRecordOff),
    ];
    let when = any::<u64>;
    prop_oneof![
        (when(), causes, policy(), btree_map(code(), amount(), 1..8), commitment()).prop_map(
            |(when, cause, policy, what, commitment)| Leaf::Deletion(Deletion {
                when,
                cause,
                policy,
                what,
                commitment
            })
        ),
        (when(), acts, btree_set(code(), 1..8), policy(), code(), any::<bool>(), commitment())
            .prop_map(|(when, act, purposes, notice, how, guardian, commitment)| {
                let language = "en-sg".parse().unwrap();
                Leaf::Consent(Consent {
                    when,
                    act,
                    purposes,
                    notice,
                    language,
                    how,
                    guardian,
                    commitment,
                })
            }),
        (when(), policy(), any::<u64>(), any::<[u8; 32]>()).prop_map(
            |(when, policy, effective, digest)| Leaf::PolicyVersion(PolicyVersion {
                when,
                policy,
                effective,
                digest: Hash(digest)
            })
        ),
        (when(), keys, code(), any::<u64>(), any::<[u8; 32]>()).prop_map(
            |(when, act, category, hour, key)| Leaf::Key(KeyEvent {
                when,
                act,
                category,
                hour,
                key: Hash(key)
            })
        ),
        (when(), code(), code(), code(), any::<u64>(), commitment(), commitment()).prop_map(
            |(when, role, category, purpose, items, reader, commitment)| {
                Leaf::SensitiveRead(SensitiveRead {
                    when,
                    role,
                    category,
                    purpose,
                    items,
                    reader,
                    commitment,
                })
            }
        ),
        (when(), restrictions, code(), commitment()).prop_map(|(when, act, basis, commitment)| {
            Leaf::Restriction(Restriction { when, act, basis, commitment })
        }),
    ]
}

fn sample() -> Leaf {
    let mut random = bonafide_context::Seeded::new(1);
    let (commitment, _) = Opening::commit(SubjectHash::new([7; 32]), &mut random);
    let amount = |items, bytes| Amount { items, bytes };
    Leaf::Deletion(Deletion {
        when: 1_795_331_835,
        cause: Cause::Expiry,
        policy: PolicyRef { name: "tencent-ekyc".parse().unwrap(), version: 3 },
        what: BTreeMap::from([
            ("identification".parse().unwrap(), amount(1, 1_204)),
            ("face_media".parse().unwrap(), amount(2, 180_311)),
        ]),
        commitment,
    })
}

#[test]
fn a_leaf_is_written_like_this() {
    let text = String::from_utf8(sample().encode().unwrap()).unwrap();
    let (before, after) = text.split_once("\"commitment\":\"").unwrap();
    assert_eq!(
        before,
        "{\"v\":1,\"type\":\"deletion\",\"when\":1795331835,\"cause\":\"expiry\",\
         \"policy\":{\"name\":\"tencent-ekyc\",\"version\":3},\
         \"what\":{\"face_media\":{\"items\":2,\"bytes\":180311},\
         \"identification\":{\"items\":1,\"bytes\":1204}},"
    );
    assert_eq!(after.len(), 44 + 2);
}

/// One of each type. What is written here was written into logs: a change of it
/// is a new version of the encoding.
#[test]
fn the_encoding_stays_as_it_is() {
    let mut random = bonafide_context::Seeded::new(1);
    let mut whose = || Opening::commit(SubjectHash::new([7; 32]), &mut random).0;
    let code = |text: &str| text.parse::<Code>().unwrap();
    let policy = |name| PolicyRef { name: code(name), version: 3 };
    let when = 1_795_331_835;
    let leaves = [
        sample(),
        Leaf::Consent(Consent {
            when,
            act: ConsentAct::Given,
            purposes: BTreeSet::from([code("verification"), code("face-comparison")]),
            notice: policy("strict"),
            language: code("en"),
            how: code("hosted-flow"),
            guardian: false,
            commitment: whose(),
        }),
        Leaf::PolicyVersion(PolicyVersion {
            when,
            policy: policy("strict"),
            effective: when + 86_400,
            digest: Hash::sha256(b"the policy"),
        }),
        Leaf::Key(KeyEvent {
            when,
            act: KeyAct::Destroyed,
            category: code("face_media"),
            hour: 498_703,
            key: Hash::sha256(b"the key's name"),
        }),
        Leaf::SensitiveRead(SensitiveRead {
            when,
            role: code("reviewer"),
            category: code("document_media"),
            purpose: code("review"),
            items: 2,
            reader: whose(),
            commitment: whose(),
        }),
        Leaf::Restriction(Restriction {
            when,
            act: RestrictionAct::HoldPlaced,
            basis: code("legal-claim"),
            commitment: whose(),
        }),
    ];
    let lines = leaves.map(|leaf| String::from_utf8(leaf.encode().unwrap()).unwrap());
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn every_type_is_known_by_its_name() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut seen = BTreeSet::new();
    for _ in 0..500 {
        let leaf = leaf().new_tree(&mut runner).unwrap().current();
        let peek: Peek = serde_json::from_slice(&leaf.encode().unwrap()).unwrap();
        seen.insert(peek.kind);
    }
    assert_eq!(seen, TYPES.iter().map(|name| (*name).to_owned()).collect());
}

#[test]
fn other_spellings_are_refused() {
    let text = String::from_utf8(sample().encode().unwrap()).unwrap();
    assert!(Leaf::decode(text.as_bytes()).is_ok());
    for (changed, why) in [
        (String::new(), LeafError::Malformed),
        ("{}".to_owned(), LeafError::Malformed),
        (text.replace("\"v\":1", "\"v\":2"), LeafError::Unknown),
        (text.replace("deletion", "oblivion"), LeafError::Unknown),
        (text.replace("\"v\":1,", ""), LeafError::Malformed),
        (text.replace("expiry", "boredom"), LeafError::Malformed),
        (text.replace("face_media", "Mr Smith"), LeafError::Malformed),
        (text.replace("\"when\"", "\"name\":\"x\",\"when\""), LeafError::NotCanonical),
        (text.replace("\"cause\"", "\"when\":1,\"cause\""), LeafError::Malformed),
        (text.replace(':', ": "), LeafError::NotCanonical),
        (format!("{text}\n"), LeafError::NotCanonical),
        (text.replace("expiry", "e\\u0078piry"), LeafError::NotCanonical),
        (text.replace("1795331835", "1795331835.0"), LeafError::Malformed),
        (text.replace("1795331835", "-1"), LeafError::Malformed),
        (
            text.replace("\"items\":2,\"bytes\":180311", "\"bytes\":180311,\"items\":2"),
            LeafError::NotCanonical,
        ),
        (" ".repeat(MAX_LEAF_BYTES + 1), LeafError::TooLarge),
    ] {
        assert_eq!(Leaf::decode(changed.as_bytes()), Err(why), "{changed}");
    }
    let Leaf::Deletion(mut deletion) = sample() else { unreachable!() };
    deletion.what.clear();
    assert_eq!(Leaf::Deletion(deletion.clone()).encode(), Err(LeafError::Items));
    deletion.what = (0..=MAX_ITEMS)
        .map(|at| (format!("c{at}").parse().unwrap(), Amount { items: 1, bytes: 1 }))
        .collect();
    assert_eq!(Leaf::Deletion(deletion).encode(), Err(LeafError::Items));
}

#[test]
fn codes_hold_no_sentence() {
    for good in ["face_media", "a", "en", "c64", "tencent-ekyc-dpsa"] {
        assert_eq!(good.parse::<Code>().map(|code| code.to_string()), Ok(good.to_owned()));
    }
    for bad in ["", "-", "a-", "_a", "a_", "A", "a b", "a.b", "a@b", "é", &"a".repeat(49)] {
        assert!(bad.parse::<Code>().is_err(), "{bad}");
    }
}

proptest! {
    #[test]
    fn leaves_round_trip(leaf in leaf()) {
        let bytes = leaf.encode().unwrap();
        prop_assert_eq!(Leaf::decode(&bytes), Ok(leaf));
        prop_assert!(bytes.len() <= MAX_LEAF_BYTES);
    }

    #[test]
    fn what_is_read_is_written_the_same(leaf in leaf(), at in any::<usize>(), byte: u8) {
        let mut bytes = leaf.encode().unwrap();
        let at = at % bytes.len();
        bytes[at] = byte;
        if let Ok(read) = Leaf::decode(&bytes) {
            prop_assert_eq!(read.encode().unwrap(), bytes);
        }
    }

    #[test]
    fn no_bytes_panic(bytes: Vec<u8>) {
        let _ = Leaf::decode(&bytes);
    }
}
