//! Sets from building to asking, and everything that is refused.

use bonafide_context::{Date, Environment, Realm, Sensitive, TenantId};
use proptest::prelude::*;

use super::*;
use crate::registered::Kind;

fn realm(tenant: u64, environment: Environment) -> Realm {
    Realm { tenant: TenantId(tenant), environment, region: "eu".parse().unwrap() }
}

fn key_of(tenant: u64, environment: Environment) -> SetKey {
    SetKey::derive(&[7; 32], &realm(tenant, environment))
}

fn key() -> SetKey {
    key_of(1, Environment::Live)
}

fn number(at: u32) -> Sensitive<String> {
    Sensitive::new(format!("+4420794{at:05}"))
}

fn built() -> Date {
    Date::new(2026, 11, 23).unwrap()
}

fn file(count: u32) -> Vec<u8> {
    let key = key();
    let mut builder = SetBuilder::new(&key, Kind::Phone);
    (0..count).for_each(|at| builder.add(&number(at)));
    let mut bytes = Vec::new();
    assert_eq!(builder.write(built(), &mut bytes).unwrap(), u64::from(count));
    bytes
}

fn load(bytes: &[u8]) -> Result<IdentifierSet, SetError> {
    IdentifierSet::load(bytes, &key(), Kind::Phone)
}

#[test]
fn a_set_knows_what_it_was_built_from_and_nothing_else() {
    let set = load(&file(20_000)).unwrap();
    assert_eq!((set.len(), set.built(), set.kind()), (20_000, built(), Kind::Phone));
    assert!((0..20_000).all(|at| set.contains(&key(), &number(at))));
    assert!(!(20_000..60_000).any(|at| set.contains(&key(), &number(at))));
}

#[test]
fn an_empty_set_and_repetition_are_fine() {
    let empty = load(&file(0)).unwrap();
    assert!(empty.is_empty() && !empty.contains(&key(), &number(0)));
    let key = key();
    let mut builder = SetBuilder::new(&key, Kind::Phone);
    (0..10).for_each(|_| builder.add(&number(1)));
    assert_eq!(builder.write(built(), Vec::new()).unwrap(), 1);
}

#[test]
fn s4_a_file_holds_no_identifier_and_a_guess_without_the_key_does_not_hit() {
    let bytes = file(1);
    let text = number(0);
    let clear = text.expose().as_bytes();
    assert!(!bytes.windows(6).any(|window| clear.windows(6).any(|part| part == window)));
    let set = load(&bytes).unwrap();
    let unkeyed = [
        aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, clear),
        aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &clear[1..]),
    ];
    for hash in unkeyed {
        assert!(!bytes.windows(8).any(|window| window == &hash.as_ref()[..8]));
    }
    assert!(!set.contains(&key_of(2, Environment::Live), &text));
    assert!(!set.contains(&key_of(1, Environment::Sandbox), &text));
}

#[test]
fn a_set_of_another_tenant_or_environment_is_refused() {
    let bytes = file(10);
    let foreign = [
        key_of(2, Environment::Live),
        key_of(1, Environment::Sandbox),
        SetKey::derive(&[8; 32], &realm(1, Environment::Live)),
    ];
    for key in foreign {
        let error = IdentifierSet::load(bytes.as_slice(), &key, Kind::Phone).unwrap_err();
        assert!(matches!(error, SetError::Foreign), "{error}");
    }
    let error = IdentifierSet::load(bytes.as_slice(), &key(), Kind::Email).unwrap_err();
    assert!(matches!(error, SetError::OtherKind { .. }), "{error}");
}

#[test]
fn a_hash_of_one_kind_is_none_of_another() {
    let hashes: Vec<u64> = Kind::ALL.iter().map(|kind| key().hash(*kind, "x")).collect();
    assert!(hashes[0] != hashes[1] && hashes[1] != hashes[2] && hashes[0] != hashes[2]);
}

#[test]
fn one_secret_serves_every_region() {
    let here = realm(1, Environment::Live);
    let there = Realm { region: "apac".parse().unwrap(), ..here.clone() };
    let secret = [7; 32];
    let set = load(&file(3)).unwrap();
    assert!(set.contains(&SetKey::derive(&secret, &there), &number(2)));
}

#[test]
fn a_file_that_is_cut_short_or_longer_is_refused() {
    let bytes = file(100);
    for length in 0..bytes.len() {
        assert!(load(&bytes[..length]).is_err(), "{length}");
    }
    let longer = [bytes.as_slice(), &[0]].concat();
    assert!(matches!(load(&longer), Err(SetError::Broken)));
}

#[test]
fn what_is_no_set_is_refused() {
    for wrong in [&b""[..], b"+442079460000\n", &[0; 200], b"BFRISKS2", b"BFRISKS1"] {
        assert!(matches!(load(wrong), Err(SetError::NotASet)), "{wrong:?}");
    }
    // An unkeyed list of hashes with a header of ours in front.
    let mut unkeyed = file(10);
    unkeyed[24..56].fill(0);
    assert!(matches!(load(&unkeyed), Err(SetError::Foreign)));
}

#[test]
fn a_header_that_promises_too_much_takes_no_memory() {
    let mut bytes = file(1);
    bytes[16..24].fill(0xff);
    assert!(matches!(load(&bytes), Err(SetError::TooMany)));
    bytes[16..24].copy_from_slice(&MOST.to_be_bytes());
    assert!(matches!(load(&bytes), Err(SetError::Foreign)));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_changed_bit_anywhere_is_noticed(at in 0usize..(56 + 8 * 50 + 32), bit in 0u8..8) {
        let mut bytes = file(50);
        bytes[at] ^= 1 << bit;
        prop_assert!(load(&bytes).is_err());
    }

    #[test]
    fn any_bytes_are_a_set_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(load(&bytes).is_err());
    }
}
