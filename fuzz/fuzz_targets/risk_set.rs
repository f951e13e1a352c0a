//! Any bytes as the file of a set: refused, because nobody has the key.

#![no_main]

use bonafide_context::{Environment, Realm, TenantId};
use bonafide_risk::Kind;
use bonafide_risk::set::{IdentifierSet, SetKey};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let region = "eu".parse().expect("a region");
    let realm = Realm { tenant: TenantId(1), environment: Environment::Live, region };
    let key = SetKey::derive(&[7; 32], &realm);
    assert!(IdentifierSet::load(bytes, &key, Kind::Phone).is_err());
});
