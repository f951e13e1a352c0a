//! Tokens of single verifications.

use super::*;
use crate::{AccountsError, AuthError};
use proptest::prelude::*;

const HOUR: Duration = Duration::from_secs(3_600);
const VERIFICATION: &str = "ver_abcdefghijklmnopqrstuvwxyz";

#[tokio::test]
async fn a_token_is_for_one_verification_and_a_short_time() {
    let house = House::new().await;
    let tenant = house.tenant("Acme").await;
    let caller = house.caller(tenant, Environment::Live, "eu", &[Scope::Verification]).await;
    let issued = house.node.issue_verification_token(&caller, VERIFICATION, HOUR).await.unwrap();
    assert_eq!(issued.expires, Timestamp(START.0 + 3_600_000));
    // Any node knows it, and nothing was written for it.
    let bound = house.another().authenticate(issued.token.expose(), home()).await.unwrap();
    assert_eq!(bound.bound_to.as_deref(), Some(VERIFICATION));
    assert_eq!((bound.realm(), &bound.application), (caller.realm(), &caller.application));
    assert_eq!(bound.key, None);
    assert_eq!(bound.scopes, Scopes::from_iter([Scope::Verification]));
    // It is no key, and makes no further token.
    let as_key = house.node.authenticate_bearer(issued.token.expose(), home()).await;
    assert_eq!(as_key, Err(AuthError::Malformed));
    let more = house.node.issue_verification_token(&bound, "ver_other", HOUR).await;
    assert_eq!(more.unwrap_err(), AccountsError::Denied);
    house.pass(HOUR);
    let late = house.node.authenticate(issued.token.expose(), home()).await;
    assert_eq!(late, Err(AuthError::Expired));
}

#[tokio::test]
async fn a_token_dies_with_its_application() {
    let house = House::new().await;
    let tenant = house.tenant("Acme").await;
    let caller = house.caller(tenant, Environment::Live, "eu", &[Scope::Verification]).await;
    let issued = house.node.issue_verification_token(&caller, VERIFICATION, HOUR).await.unwrap();
    house
        .node
        .commit(house.node.close_application(&Actor::cli(), &caller.application))
        .await
        .unwrap();
    let closed = house.node.authenticate(issued.token.expose(), home()).await;
    assert_eq!(closed, Err(AuthError::Revoked));
}

#[tokio::test]
async fn what_was_altered_is_refused() {
    let house = House::with(wide()).await;
    let tenant = house.tenant("Acme").await;
    let caller = house.caller(tenant, Environment::Live, "eu", &[Scope::Verification]).await;
    let issued = house.node.issue_verification_token(&caller, VERIFICATION, HOUR).await.unwrap();
    let token = issued.token.expose();
    let asked = house.records.asked();
    for at in 4..token.len() {
        let old = token.as_bytes()[at];
        let new = if old == b'A' { b'B' } else { b'A' };
        let mut bytes = token.clone().into_bytes();
        bytes[at] = new;
        let altered = String::from_utf8(bytes).unwrap();
        let refused = house.node.authenticate(&altered, home()).await;
        assert!(matches!(refused, Err(AuthError::Unknown | AuthError::Malformed)), "{at}");
    }
    assert_eq!(house.records.asked(), asked, "a forged token asks the store nothing");
    for (verification, lifetime) in [
        ("", HOUR),
        ("ver|x", HOUR),
        (&*"v".repeat(65), HOUR),
        (VERIFICATION, Duration::ZERO),
        (VERIFICATION, 3 * HOUR),
    ] {
        let refused = house.node.issue_verification_token(&caller, verification, lifetime).await;
        assert!(matches!(refused, Err(AccountsError::Invalid { .. })), "{verification}");
    }
}

#[test]
fn no_text_breaks_it() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let house = runtime.block_on(House::with(wide()));
    proptest!(|(text in "bfv_[A-Za-z0-9_.-]{0,80}|(bfv_)?\\PC{0,40}")| {
        let refused = runtime.block_on(house.node.authenticate(&text, home()));
        prop_assert!(refused.is_err());
    });
}
