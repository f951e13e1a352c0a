//! Promise P7 and P12 at this level: one person asks, another gives, for a time.

use super::*;
use crate::totp_code;
use crate::{
    AccountsError, GrantOf, GrantReason, GrantState, NewGrant, NewUser, Page, Role, Session,
};
use bonafide_context::Realm;

const PASSWORD: &str = "a long enough password";

/// Somebody who is logged in with a second factor.
pub(super) async fn person(
    house: &House,
    login: &str,
    tenant: Option<TenantId>,
    role: Role,
) -> Session {
    let new = NewUser { login: secret(login), password: secret(PASSWORD), tenant, role };
    house.node.create_user(&Actor::cli(), new).await.unwrap();
    let log_in = async |code: Option<&str>| {
        house.node.log_in(&secret(login), &secret(PASSWORD), code, home()).await.unwrap().session
    };
    let first = log_in(None).await;
    let seed = house.node.begin_totp(&first).await.unwrap().seed;
    let code = totp_code(seed.expose(), house.clock.now()).unwrap();
    house.node.confirm_totp(&first, &code).await.unwrap();
    house.pass(Duration::from_secs(30));
    log_in(Some(&totp_code(seed.expose(), house.clock.now()).unwrap())).await
}

fn realm(tenant: TenantId) -> Realm {
    Realm { tenant, environment: Environment::Live, region: region("eu") }
}

fn wanted(tenant: TenantId) -> NewGrant {
    NewGrant {
        realm: realm(tenant),
        of: GrantOf::Verification("ver_1".to_owned()),
        reason: GrantReason::WrongResult,
        minutes: 30,
    }
}

#[tokio::test]
async fn p7_one_person_asks_another_gives_and_it_ends_by_itself() {
    let house = House::with(wide()).await;
    let tenant = house.tenant("Acme").await;
    let node = &house.node;
    let support = person(&house, "support@example.org", None, Role::Operator).await;
    let officer = person(&house, "officer@example.org", Some(tenant), Role::PrivacyOfficer).await;
    let of = [wanted(tenant).of];
    let asked = node.commit(node.request_grant(&support, wanted(tenant))).await.unwrap();
    assert_eq!(asked.state, GrantState::Requested);
    let live = async || node.live_grant(&support, &realm(tenant), &of).await.unwrap();
    assert_eq!(live().await, None, "a request opens nothing");

    let given = node.commit(node.give_grant(&officer, &asked.id)).await.unwrap();
    assert_eq!(live().await.as_ref(), Some(&given));
    assert_eq!((given.decided_by.as_ref(), given.state), (Some(&officer.user), GrantState::Given));
    // Of this one thing, in this realm, for this one person.
    let none = async |session: &Session, realm: &Realm, of: &[GrantOf]| {
        assert_eq!(node.live_grant(session, realm, of).await.unwrap(), None);
    };
    none(&support, &realm(tenant), &[GrantOf::Verification("ver_2".to_owned())]).await;
    none(&support, &realm(tenant), &[GrantOf::Subject("ver_1".to_owned())]).await;
    let sandbox = Realm { environment: Environment::Sandbox, ..realm(tenant) };
    none(&support, &sandbox, &of).await;
    none(&officer, &realm(tenant), &of).await;
    none(&Session { second_factor: false, ..support.clone() }, &realm(tenant), &of).await;
    // Given once; a second decision finds it decided.
    let again = node.give_grant(&officer, &asked.id).await.unwrap_err();
    assert_eq!(again, AccountsError::Closed("grant"));

    house.pass(Duration::from_secs(30 * 60 - 1));
    assert!(live().await.is_some());
    house.pass(Duration::from_secs(1));
    assert_eq!(live().await, None, "over at its second");
    let actions: Vec<_> = node
        .audit(&Actor::cli(), Some(tenant), &Page::default())
        .await
        .unwrap()
        .into_iter()
        .map(|entry| entry.action)
        .filter(|action| action.starts_with("grant"))
        .collect();
    assert_eq!(actions, ["grant_given", "grant_requested"]);
}

#[tokio::test]
async fn p7_nobody_grants_himself_and_not_everybody_grants() {
    let house = House::with(wide()).await;
    let (tenant, other) = (house.tenant("Acme").await, house.tenant("Other").await);
    let node = &house.node;
    let officer = person(&house, "officer@example.org", Some(tenant), Role::PrivacyOfficer).await;
    let reviewer = person(&house, "reviewer@example.org", Some(tenant), Role::Reviewer).await;
    let stranger = person(&house, "stranger@example.org", Some(other), Role::Owner).await;
    let asked = node.commit(node.request_grant(&officer, wanted(tenant))).await.unwrap();
    let refused = async |session: &Session| node.give_grant(session, &asked.id).await.unwrap_err();
    assert_eq!(refused(&officer).await, AccountsError::OwnGrant);
    assert_eq!(refused(&reviewer).await, AccountsError::Denied);
    assert_eq!(refused(&stranger).await, AccountsError::NotFound("grant"));
    let foreign = node.request_grant(&stranger, wanted(tenant)).await.unwrap_err();
    assert_eq!(foreign, AccountsError::NotFound("grant"));
    let weak = Session { second_factor: false, ..reviewer.clone() };
    assert!(matches!(
        node.request_grant(&weak, wanted(tenant)).await.unwrap_err(),
        AccountsError::Invalid { member: "second_factor", .. }
    ));
    for minutes in [0, 481] {
        let long = node.request_grant(&reviewer, NewGrant { minutes, ..wanted(tenant) }).await;
        assert!(matches!(long, Err(AccountsError::Invalid { member: "minutes", .. })));
    }
    assert_eq!(node.grants(&stranger).await.unwrap(), []);
    assert_eq!(node.grants(&reviewer).await.unwrap().len(), 1);
    // A request that nobody decides lapses, and in its time the row goes.
    house.pass(Duration::from_secs(24 * 3_600));
    let owner = person(&house, "owner@example.org", Some(tenant), Role::Owner).await;
    assert_eq!(refused(&owner).await, AccountsError::Closed("grant"));
    node.reap_grants().await.unwrap();
    assert_eq!(node.grants(&owner).await.unwrap().len(), 1);
    house.pass(Duration::from_secs(30 * 86_400));
    node.reap_grants().await.unwrap();
    assert_eq!(node.grants(&owner).await.unwrap(), []);
}

#[tokio::test]
async fn p7_a_grant_that_is_ended_or_refused_opens_nothing() {
    let house = House::with(wide()).await;
    let tenant = house.tenant("Acme").await;
    let node = &house.node;
    let support = person(&house, "support@example.org", None, Role::Operator).await;
    let owner = person(&house, "owner@example.org", Some(tenant), Role::Owner).await;
    let ask = async || node.commit(node.request_grant(&support, wanted(tenant))).await.unwrap().id;
    let live = async || {
        node.live_grant(&support, &realm(tenant), &[wanted(tenant).of]).await.unwrap().is_some()
    };
    let first = ask().await;
    node.commit(node.refuse_grant(&owner, &first)).await.unwrap();
    assert!(!live().await);
    let second = ask().await;
    node.commit(node.give_grant(&owner, &second)).await.unwrap();
    assert!(live().await);
    node.commit(node.end_grant(&owner, &second)).await.unwrap();
    assert!(!live().await);
    let ended = node.end_grant(&owner, &second).await.unwrap_err();
    assert_eq!(ended, AccountsError::Closed("grant"));
}
