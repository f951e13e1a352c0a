//! Tenants, applications and keys through their lives.

use super::*;
use crate::{AccountsError, AuthError, KeyState, OPERATOR_TENANT, Page, REVOCATION_SECONDS};
use bonafide_ledger::KeyId;

const SECOND: Duration = Duration::from_secs(1);
const HOUR: Duration = Duration::from_secs(3_600);

#[tokio::test]
async fn a_key_speaks_for_its_application() {
    let house = House::new().await;
    let tenant = house.tenant("Acme").await;
    assert!((1_000_000_001..=9_999_999_999).contains(&tenant.0));
    let row = house.node.tenant(&Actor::cli(), tenant).await.unwrap();
    assert_eq!(row.uin.to_string(), format!("10{tenant}"));
    let application = house.application(tenant, Environment::Sandbox, "apac").await;
    let key = house.key(&application, &[Scope::Document, Scope::Face]).await;
    assert!(key.token.expose().starts_with("bf_sandbox_"));
    assert!(key.token.expose().ends_with(key.secret.expose()));
    let caller = house.node.authenticate(key.token.expose(), home()).await.unwrap();
    assert_eq!(caller.realm(), application.realm());
    assert_eq!(caller.application, application.id);
    assert_eq!(caller.key.as_ref(), Some(&key.key.id));
    assert!(caller.scopes.has(Scope::Face) && !caller.scopes.has(Scope::Admin));
    assert_eq!(caller.bound_to, None);
}

#[tokio::test]
async fn d14_no_secret_rests_and_none_is_shown() {
    let house = House::new().await;
    let tenant = house.tenant("Acme").await;
    let application = house.application(tenant, Environment::Live, "eu").await;
    let key = house.key_with(&application, &[Scope::Face], |new| new.signing = true).await;
    let secret = key.secret.expose().clone();
    assert!(!format!("{key:?}").contains(&secret));
    for file in std::fs::read_dir(house._folder.path()).unwrap() {
        let path = file.unwrap().path();
        if path.is_file() {
            let bytes = std::fs::read(&path).unwrap();
            let found = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
            assert!(!found, "{}", path.display());
        }
    }
    let entries = house.node.audit(&Actor::cli(), Some(tenant), &Page::default()).await.unwrap();
    assert!(entries.iter().all(|entry| !entry.facts.to_string().contains(&secret)));
}

#[tokio::test]
async fn a_stranger_is_told_one_thing() {
    let house = House::new().await;
    let tenant = house.tenant("Acme").await;
    let application = house.application(tenant, Environment::Live, "eu").await;
    let key = house.key(&application, &[Scope::Face]).await;
    let token = key.token.expose();
    let other = house.key(&application, &[Scope::Face]).await;
    let unknown = KeyId::new(&mut OsRandom).to_string().replace("bfk_", "");
    let cases = [
        (String::new(), AuthError::Malformed),
        ("Bearer".to_owned(), AuthError::Malformed),
        (token[..token.len() - 1].to_owned(), AuthError::Malformed),
        (format!("bf_live_eu_{unknown}_{}", key.secret.expose()), AuthError::Unknown),
        // Another key's secret, and the same key in the other environment.
        (token.replace(key.secret.expose(), other.secret.expose()), AuthError::Unknown),
        (token.replace("bf_live", "bf_sandbox"), AuthError::Unknown),
        // Or in another region.
        (token.replace("_eu_", "_us_"), AuthError::Unknown),
    ];
    for (token, expected) in cases {
        let error = house.node.authenticate(&token, home()).await.unwrap_err();
        assert_eq!(error, expected);
        assert_eq!(error.told(), "unauthorised");
    }
}

#[tokio::test]
async fn a_known_key_costs_no_query_and_a_revoked_one_is_out_in_time() {
    let house = House::new().await;
    let there = house.another();
    let tenant = house.tenant("Acme").await;
    let application = house.application(tenant, Environment::Live, "eu").await;
    let key = house.key(&application, &[Scope::Face]).await;
    let token = key.token.expose();
    for node in [&house.node, &there] {
        node.authenticate(token, home()).await.unwrap();
    }
    let asked = house.records.asked();
    for _ in 0..100 {
        house.node.authenticate(token, home()).await.unwrap();
    }
    assert_eq!(house.records.asked(), asked);

    house.node.commit(house.node.revoke_key(&Actor::cli(), &key.key.id)).await.unwrap();
    assert_eq!(house.node.authenticate(token, home()).await, Err(AuthError::Revoked));
    house.pass(Duration::from_millis(REVOCATION_SECONDS * 1_000 - 1));
    assert!(there.authenticate(token, home()).await.is_ok(), "not yet looked at again");
    house.pass(Duration::from_millis(1));
    assert_eq!(there.authenticate(token, home()).await, Err(AuthError::Revoked));
    // Again is no error, and there is one line of it.
    house.node.commit(house.node.revoke_key(&Actor::cli(), &key.key.id)).await.unwrap();
    let entries = house.node.audit(&Actor::cli(), Some(tenant), &Page::default()).await.unwrap();
    let actions: Vec<_> = entries.iter().map(|entry| entry.action.as_str()).collect();
    assert_eq!(actions, ["key_revoked", "key_created", "application_created", "tenant_created"]);
    assert!(entries.iter().all(|entry| entry.actor == "cli"));
}

#[tokio::test]
async fn a_thousand_at_once_ask_once() {
    let house = House::new().await;
    let tenant = house.tenant("Acme").await;
    let application = house.application(tenant, Environment::Live, "eu").await;
    let key = house.key(&application, &[Scope::Face]).await;
    let asked = house.records.asked();
    let all = (0..1_000).map(|_| house.node.authenticate(key.token.expose(), home()));
    let all = futures(all).await;
    assert!(all.iter().all(Result::is_ok));
    assert_eq!(house.records.asked(), asked + 1);
}

/// Runs all at once, in one task.
async fn futures<F: Future>(all: impl Iterator<Item = F>) -> Vec<F::Output> {
    let mut all: Vec<_> = all.map(Box::pin).collect();
    let mut done: Vec<Option<F::Output>> = all.iter().map(|_| None).collect();
    std::future::poll_fn(|context| {
        for (one, done) in all.iter_mut().zip(&mut done) {
            if done.is_none()
                && let std::task::Poll::Ready(output) = one.as_mut().poll(context)
            {
                *done = Some(output);
            }
        }
        if done.iter().all(Option::is_some) {
            std::task::Poll::Ready(())
        } else {
            std::task::Poll::Pending
        }
    })
    .await;
    done.into_iter().flatten().collect()
}

#[tokio::test]
async fn a_key_expires_on_the_millisecond_on_every_node() {
    let house = House::new().await;
    let tenant = house.tenant("Acme").await;
    let application = house.application(tenant, Environment::Live, "eu").await;
    let key = house.key_with(&application, &[Scope::Face], |new| new.lifetime = Some(HOUR)).await;
    house.pass(HOUR - Duration::from_millis(1));
    assert!(house.node.authenticate(key.token.expose(), home()).await.is_ok());
    house.pass(Duration::from_millis(1));
    let expired = house.node.authenticate(key.token.expose(), home()).await;
    assert_eq!(expired, Err(AuthError::Expired));
    let shown = house.node.key(&Actor::cli(), &key.key.id).await.unwrap();
    assert_eq!(shown.state(house.clock.now()), KeyState::Expired);
}

#[tokio::test]
async fn a_key_works_from_its_networks_only() {
    let house = House::new().await;
    let tenant = house.tenant("Acme").await;
    let application = house.application(tenant, Environment::Live, "eu").await;
    let key = house
        .key_with(&application, &[Scope::Face], |new| {
            new.networks =
                vec!["192.0.2.0/24".parse().unwrap(), "2001:db8:1::/48".parse().unwrap()];
        })
        .await;
    let from = async |text| house.node.authenticate(key.token.expose(), address(text)).await;
    assert!(from("192.0.2.77").await.is_ok());
    assert!(from("::ffff:192.0.2.77").await.is_ok());
    assert!(from("2001:db8:1:2::3").await.is_ok());
    for foreign in ["192.0.3.1", "2001:db8:2::1", "::1"] {
        assert_eq!(from(foreign).await, Err(AuthError::Network), "{foreign}");
    }
}

#[tokio::test]
async fn only_who_has_the_secret_learns_why_a_key_does_not_work() {
    let house = House::with(wide()).await;
    let tenant = house.tenant("Acme").await;
    let application = house.application(tenant, Environment::Live, "eu").await;
    let made = async |change: fn(&mut NewKeyRequest)| {
        house.key_with(&application, &[Scope::Face], change).await
    };
    let elsewhere = |new: &mut NewKeyRequest| {
        new.networks = vec!["198.51.100.0/24".parse().unwrap()];
        new.signing = true;
    };
    let revoked = made(|new| new.signing = true).await;
    house.node.commit(house.node.revoke_key(&Actor::cli(), &revoked.key.id)).await.unwrap();
    let both = made(elsewhere).await;
    house.node.commit(house.node.revoke_key(&Actor::cli(), &both.key.id)).await.unwrap();
    let expired = |new: &mut NewKeyRequest| (new.lifetime, new.signing) = (Some(HOUR), true);
    let cases = [
        (made(elsewhere).await, AuthError::Network),
        (made(expired).await, AuthError::Expired),
        (revoked, AuthError::Revoked),
        (both, AuthError::Revoked),
    ];
    house.pass(HOUR);
    let wrong = "0".repeat(cases[0].0.secret.expose().len());
    for (key, reason) in &cases {
        let token = key.token.expose();
        let forged = token.replace(key.secret.expose(), &wrong);
        let foreign = token.replace("bf_live", "bf_sandbox");
        // Twice: as the store tells it, and as the node remembers it.
        for _ in 0..2 {
            for unproven in [&forged, &foreign] {
                let error = house.node.authenticate(unproven, home()).await.unwrap_err();
                assert_eq!(error, AuthError::Unknown, "{reason}");
                assert_eq!(error.told(), "unauthorised");
            }
            let unsigned = house.node.authenticate_signed(&key.key.id, home(), |_| false).await;
            assert_eq!(unsigned.unwrap_err(), AuthError::Unknown, "{reason}");
            assert_eq!(house.node.authenticate(token, home()).await.unwrap_err(), *reason);
            let right = key.secret.expose().as_bytes();
            let signed = house.node.authenticate_signed(&key.key.id, home(), |s| s == right).await;
            assert_eq!(signed.unwrap_err(), *reason);
        }
    }
}

#[tokio::test]
async fn rotation_overlaps_and_then_the_old_key_is_out() {
    let house = House::new().await;
    let tenant = house.tenant("Acme").await;
    let application = house.application(tenant, Environment::Live, "eu").await;
    let old = house
        .key_with(&application, &[Scope::Face], |new| {
            new.lifetime = Some(30 * 24 * HOUR);
            new.networks = vec!["192.0.2.0/24".parse().unwrap()];
            new.signing = true;
        })
        .await;
    house.pass(HOUR);
    let new =
        house.node.commit(house.node.rotate_key(&Actor::cli(), &old.key.id, HOUR)).await.unwrap();
    assert_eq!((new.key.scopes, &new.key.networks), (old.key.scopes, &old.key.networks));
    assert_eq!(new.key.expires.unwrap().0 - new.key.created.0, 30 * 24 * 3_600_000);
    assert!(new.key.signing);
    let works = async |key: &NewKey| house.node.authenticate(key.token.expose(), home()).await;
    assert!(works(&old).await.is_ok() && works(&new).await.is_ok());
    house.pass(HOUR - SECOND);
    assert!(works(&old).await.is_ok() && works(&new).await.is_ok());
    house.pass(SECOND);
    assert_eq!(works(&old).await, Err(AuthError::Expired));
    assert!(works(&new).await.is_ok());
    // A key has one successor.
    let again = house.node.commit(house.node.rotate_key(&Actor::cli(), &old.key.id, HOUR)).await;
    assert_eq!(again.unwrap_err(), AccountsError::Closed("key"));
    let shown = house.node.key(&Actor::cli(), &old.key.id).await.unwrap();
    assert_eq!(shown.successor, Some(new.key.id));
}

#[tokio::test]
async fn rotation_never_makes_the_old_key_live_longer() {
    let house = House::new().await;
    let tenant = house.tenant("Acme").await;
    let application = house.application(tenant, Environment::Live, "eu").await;
    let old = house.key_with(&application, &[Scope::Face], |new| new.lifetime = Some(HOUR)).await;
    house.node.commit(house.node.rotate_key(&Actor::cli(), &old.key.id, 24 * HOUR)).await.unwrap();
    house.pass(HOUR);
    let expired = house.node.authenticate(old.token.expose(), home()).await;
    assert_eq!(expired, Err(AuthError::Expired));
}

#[tokio::test]
async fn of_two_rotations_at_once_one_wins() {
    let house = House::new().await;
    let there = house.another();
    let tenant = house.tenant("Acme").await;
    let application = house.application(tenant, Environment::Live, "eu").await;
    let old = house.key(&application, &[Scope::Face]).await;
    let cli = Actor::cli();
    let (a, b) = tokio::join!(
        house.node.commit(house.node.rotate_key(&cli, &old.key.id, HOUR)),
        there.commit(there.rotate_key(&cli, &old.key.id, HOUR))
    );
    assert_eq!(usize::from(a.is_ok()) + usize::from(b.is_ok()), 1);
    let keys = house.node.keys(&Actor::cli(), &application.id, &Page::default()).await.unwrap();
    assert_eq!(keys.len(), 2);
}

#[tokio::test]
async fn a_signing_key_hands_its_secret_to_the_check_only() {
    let house = House::new().await;
    let tenant = house.tenant("Acme").await;
    let application = house.application(tenant, Environment::Live, "eu").await;
    let key = house.key_with(&application, &[Scope::Face], |new| new.signing = true).await;
    let secret = key.secret.expose().clone();
    let good = house.node.authenticate_signed(&key.key.id, home(), |s| s == secret.as_bytes());
    assert_eq!(good.await.unwrap().application, application.id);
    let bad = house.node.authenticate_signed(&key.key.id, home(), |_| false).await;
    assert_eq!(bad, Err(AuthError::Unknown));
    let plain = house.key(&application, &[Scope::Face]).await;
    let not = house.node.authenticate_signed(&plain.key.id, home(), |_| true).await;
    assert_eq!(not, Err(AuthError::NotSigning));
    let nobody = KeyId::new(&mut OsRandom);
    let none = house.node.authenticate_signed(&nobody, home(), |_| true).await;
    assert_eq!(none, Err(AuthError::Unknown));
    house.node.commit(house.node.revoke_key(&Actor::cli(), &key.key.id)).await.unwrap();
    let revoked = house.node.authenticate_signed(&key.key.id, home(), |_| true).await;
    assert_eq!(revoked, Err(AuthError::Revoked));
}

#[tokio::test]
async fn an_address_that_guesses_is_limited_before_any_look_up() {
    let house = House::new().await;
    let tenant = house.tenant("Acme").await;
    let application = house.application(tenant, Environment::Live, "eu").await;
    let key = house.key(&application, &[Scope::Face]).await;
    let attacker = address("198.51.100.66");
    // A customer of the same address, whose key this node has seen.
    house.node.authenticate(key.token.expose(), attacker).await.unwrap();
    let guess = || {
        let id = KeyId::new(&mut OsRandom).to_string().replace("bfk_", "");
        format!("bf_live_eu_{id}_{}", key.secret.expose())
    };
    let mut unknown = 0;
    for _ in 0..1_000 {
        match house.node.authenticate(&guess(), attacker).await.unwrap_err() {
            AuthError::Unknown => unknown += 1,
            AuthError::Limited(limited) => assert!(limited.retry_after_seconds >= 1),
            other => panic!("{other}"),
        }
    }
    assert_eq!(unknown, house.node.limits().failures_per_address.burst);
    let asked = house.records.asked();
    for _ in 0..100 {
        house.node.authenticate(&guess(), attacker).await.unwrap_err();
    }
    assert_eq!(house.records.asked(), asked, "nothing was looked up");
    // The customer goes on, also when the memory has to be freshened.
    house.pass(Duration::from_secs(REVOCATION_SECONDS));
    assert!(house.node.authenticate(key.token.expose(), attacker).await.is_ok());
    // Elsewhere nobody notices; in IPv6 the /64 is one address.
    assert_eq!(house.node.authenticate(&guess(), home()).await, Err(AuthError::Unknown));
    for host in 0..40 {
        let _ = house.node.authenticate("x", address(&format!("2001:db8::{host:x}"))).await;
    }
    let sixth = house.node.authenticate(&guess(), address("2001:db8::ffff:1")).await;
    assert!(matches!(sixth, Err(AuthError::Limited(_))));
}

#[tokio::test]
async fn what_is_closed_stays_closed() {
    let house = House::new().await;
    let tenant = house.tenant("Acme").await;
    let application = house.application(tenant, Environment::Live, "eu").await;
    let other = house.application(tenant, Environment::Sandbox, "eu").await;
    let key = house.key(&application, &[Scope::Face]).await;
    let sister = house.key(&other, &[Scope::Face]).await;
    let cli = Actor::cli();
    let works = async |key: &NewKey| house.node.authenticate(key.token.expose(), home()).await;
    assert!(works(&key).await.is_ok());
    house.node.commit(house.node.close_application(&cli, &application.id)).await.unwrap();
    assert_eq!(works(&key).await, Err(AuthError::Revoked));
    assert!(works(&sister).await.is_ok());
    let new = NewKeyRequest {
        application: application.id.clone(),
        scopes: Scopes::all(),
        networks: Vec::new(),
        lifetime: None,
        signing: false,
    };
    let refused = house.node.commit(house.node.create_key(&cli, new)).await.unwrap_err();
    assert_eq!(refused, AccountsError::Closed("application"));

    house.node.commit(house.node.close_tenant(&cli, tenant)).await.unwrap();
    assert_eq!(works(&sister).await, Err(AuthError::Revoked));
    let new = NewApplication {
        tenant,
        name: "x".to_owned(),
        environment: Environment::Live,
        region: region("eu"),
    };
    let refused = house.node.commit(house.node.create_application(&cli, new)).await.unwrap_err();
    assert_eq!(refused, AccountsError::Closed("tenant"));
    assert!(house.node.commit(house.node.close_tenant(&cli, OPERATOR_TENANT)).await.is_err());
}

#[tokio::test]
async fn of_nodes_that_start_together_one_makes_the_operator() {
    let house = House::new().await;
    let nodes: Vec<Arc<Accounts>> = (0..8).map(|_| Arc::new(house.another())).collect();
    let starts: Vec<_> = nodes
        .iter()
        .map(|node| {
            let node = Arc::clone(node);
            tokio::spawn(async move { node.bootstrap_operator(&region("eu")).await.unwrap() })
        })
        .collect();
    let mut made = Vec::new();
    for start in starts {
        made.extend(start.await.unwrap());
    }
    assert_eq!(made.len(), 1);
    assert!(house.node.bootstrap_operator(&region("eu")).await.unwrap().is_none());
    let caller = house.node.authenticate(made[0].token.expose(), home()).await.unwrap();
    let operator = Actor::caller(&caller);
    assert!(operator.is_operator());
    let new = NewTenant { name: "Acme".to_owned(), policy: Some("strict".to_owned()) };
    let tenant = house.node.commit(house.node.create_tenant(&operator, new)).await.unwrap();
    let all = house.node.tenants(&operator, &Page::default()).await.unwrap();
    assert_eq!(all.iter().map(|t| t.app_id).collect::<Vec<_>>(), [OPERATOR_TENANT, tenant.app_id]);
}

#[tokio::test]
async fn the_last_use_is_written_down_later_and_seldom() {
    let house = House::new().await;
    let tenant = house.tenant("Acme").await;
    let application = house.application(tenant, Environment::Live, "eu").await;
    let key = house.key(&application, &[Scope::Face]).await;
    let last = async || house.node.key(&Actor::cli(), &key.key.id).await.unwrap().last_used;
    house.node.authenticate(key.token.expose(), home()).await.unwrap();
    assert_eq!(last().await, None);
    house.records.set_down(true);
    assert!(house.node.tick().await.is_err());
    house.records.set_down(false);
    house.node.tick().await.unwrap();
    assert_eq!(last().await, Some(START), "what could not be written is not forgotten");
    for _ in 0..59 {
        house.pass(SECOND);
        house.node.authenticate(key.token.expose(), home()).await.unwrap();
    }
    house.node.tick().await.unwrap();
    assert_eq!(last().await, Some(START));
    house.pass(SECOND);
    house.node.authenticate(key.token.expose(), home()).await.unwrap();
    house.node.tick().await.unwrap();
    assert_eq!(last().await, Some(Timestamp(START.0 + 60_000)));
}

#[tokio::test]
async fn a_store_that_is_down_lets_nobody_in_and_counts_nobody_out() {
    let house = House::new().await;
    let tenant = house.tenant("Acme").await;
    let application = house.application(tenant, Environment::Live, "eu").await;
    let key = house.key(&application, &[Scope::Face]).await;
    house.records.set_down(true);
    for _ in 0..100 {
        let error = house.node.authenticate(key.token.expose(), home()).await.unwrap_err();
        assert!(matches!(error, AuthError::Unavailable { .. }));
    }
    house.records.set_down(false);
    assert!(house.node.authenticate(key.token.expose(), home()).await.is_ok());
}

#[tokio::test]
async fn requests_that_cannot_be_meant_are_refused_by_member() {
    let house = House::new().await;
    let cli = Actor::cli();
    let tenant = house.tenant("Acme").await;
    let application = house.application(tenant, Environment::Live, "eu").await;
    let long = "x".repeat(101);
    for name in ["", "  ", "a\nb", &long] {
        let new = NewTenant { name: name.to_owned(), policy: None };
        let error = house.node.commit(house.node.create_tenant(&cli, new)).await.unwrap_err();
        assert!(matches!(error, AccountsError::Invalid { member: "name", .. }), "{name}");
    }
    let new = NewTenant { name: "x".to_owned(), policy: Some("strikt".to_owned()) };
    let error = house.node.commit(house.node.create_tenant(&cli, new)).await.unwrap_err();
    assert!(matches!(error, AccountsError::Invalid { member: "policy", .. }));
    assert_eq!(house.node.policy_of(tenant).await.unwrap().name(), "strict");
    let request = |change: fn(&mut NewKeyRequest)| {
        let mut new = NewKeyRequest {
            application: application.id.clone(),
            scopes: Scopes::all(),
            networks: Vec::new(),
            lifetime: None,
            signing: false,
        };
        change(&mut new);
        new
    };
    let cases: [(NewKeyRequest, &str); 3] = [
        (request(|new| new.scopes = Scopes::NONE), "scopes"),
        (request(|new| new.lifetime = Some(Duration::ZERO)), "lifetime"),
        (request(|new| new.networks = vec!["10.0.0.0/8".parse().unwrap(); 65]), "networks"),
    ];
    for (new, expected) in cases {
        match house.node.commit(house.node.create_key(&cli, new)).await.unwrap_err() {
            AccountsError::Invalid { member, .. } => assert_eq!(member, expected),
            other => panic!("{other}"),
        }
    }
}

#[tokio::test]
async fn lists_come_in_parts() {
    let house = House::new().await;
    let cli = Actor::cli();
    let tenant = house.tenant("Acme").await;
    let application = house.application(tenant, Environment::Live, "eu").await;
    for _ in 0..5 {
        house.key(&application, &[Scope::Face]).await;
    }
    let mut page = Page { after: None, limit: Some(2) };
    let mut seen = Vec::new();
    loop {
        let part = house.node.keys(&cli, &application.id, &page).await.unwrap();
        let Some(last) = part.last() else { break };
        page.after = Some(last.id.to_string());
        seen.extend(part.into_iter().map(|key| key.id));
    }
    assert_eq!(seen.len(), 5);
    assert!(seen.is_sorted());
    let first = Page { after: None, limit: Some(3) };
    let newest = house.node.audit(&cli, None, &first).await.unwrap();
    let after = Page { after: Some(newest[2].id.clone()), limit: Some(200) };
    let rest = house.node.audit(&cli, None, &after).await.unwrap();
    assert_eq!((newest.len(), rest.len()), (3, 4));
    assert!(newest.iter().chain(&rest).map(|e| &e.id).is_sorted_by(|a, b| a > b));
}
