//! Templates and their versions.

use super::*;
use crate::{AccountsError, Page, TemplateId, VerificationSettings};
use serde_json::json;

fn settings(minimum_age: u32) -> VerificationSettings {
    serde_json::from_value(json!({ "minimum_age": minimum_age })).unwrap()
}

#[tokio::test]
async fn a_version_never_changes() {
    let house = House::new().await;
    let tenant = house.tenant("Acme").await;
    let caller = house.caller(tenant, Environment::Live, "eu", &[Scope::Verification]).await;
    let (actor, realm) = (Actor::caller(&caller), caller.realm());
    let node = &house.node;
    let first =
        node.commit(node.create_template(&actor, &realm, " Adults ", settings(18))).await.unwrap();
    assert_eq!((first.name.as_str(), first.version), ("Adults", 1));
    let second =
        node.commit(node.add_template_version(&actor, &realm, &first.id, 1, settings(21))).await;
    assert_eq!(second.unwrap().version, 2);
    let age = async |version| {
        let template = node.template(&actor, &realm, &first.id, version).await?;
        Ok::<_, AccountsError>(template.settings.minimum_age.unwrap())
    };
    assert_eq!((age(Some(1)).await, age(Some(2)).await, age(None).await), (Ok(18), Ok(21), Ok(21)));
    assert_eq!(age(Some(3)).await, Err(AccountsError::NotFound("template")));
    // Whoever has read the first version does not overwrite the second.
    let late =
        node.commit(node.add_template_version(&actor, &realm, &first.id, 1, settings(25))).await;
    assert_eq!(late.unwrap_err(), AccountsError::Conflict);
    let taken = node.commit(node.create_template(&actor, &realm, "Adults", settings(18))).await;
    assert_eq!(taken.unwrap_err(), AccountsError::Taken("template"));
    let bad = node.commit(node.create_template(&actor, &realm, "Bad", settings(0))).await;
    assert!(matches!(bad, Err(AccountsError::Settings(e)) if e.member == "minimum_age"));

    node.commit(node.create_template(&actor, &realm, "Minors", settings(12))).await.unwrap();
    let list = node.templates(&actor, &realm, &Page::default()).await.unwrap();
    let names: Vec<_> = list.iter().map(|t| (t.name.as_str(), t.version)).collect();
    assert_eq!(names, [("Adults", 2), ("Minors", 1)]);
    assert_eq!(list[0].settings.minimum_age, Some(21));

    node.commit(node.close_template(&actor, &realm, &first.id)).await.unwrap();
    assert_eq!(age(Some(1)).await, Ok(18), "running verifications go on");
    assert!(node.template(&actor, &realm, &first.id, None).await.unwrap().closed.is_some());
    let closed =
        node.commit(node.add_template_version(&actor, &realm, &first.id, 2, settings(25))).await;
    assert_eq!(closed.unwrap_err(), AccountsError::Closed("template"));
}

#[tokio::test]
async fn of_two_writers_at_once_one_wins() {
    let house = House::new().await;
    let there = house.another();
    let tenant = house.tenant("Acme").await;
    let caller = house.caller(tenant, Environment::Live, "eu", &[Scope::Verification]).await;
    let (actor, realm) = (Actor::caller(&caller), caller.realm());
    let first = house
        .node
        .commit(house.node.create_template(&actor, &realm, "x", settings(18)))
        .await
        .unwrap();
    let (a, b) = tokio::join!(
        house.node.commit(house.node.add_template_version(
            &actor,
            &realm,
            &first.id,
            1,
            settings(20)
        )),
        there.commit(there.add_template_version(&actor, &realm, &first.id, 1, settings(22)))
    );
    assert_eq!(usize::from(a.is_ok()) + usize::from(b.is_ok()), 1);
    let same = [a, b].into_iter().flatten().next().unwrap();
    let newest = there.template(&actor, &realm, &first.id, None).await.unwrap();
    assert_eq!(newest, same);
}

#[tokio::test]
async fn a_template_is_found_in_its_realm_only() {
    let house = House::new().await;
    let tenant = house.tenant("Acme").await;
    let live = house.caller(tenant, Environment::Live, "eu", &[Scope::Verification]).await;
    let sandbox = house.caller(tenant, Environment::Sandbox, "eu", &[Scope::Verification]).await;
    let actor = Actor::caller(&live);
    let own = house
        .node
        .commit(house.node.create_template(&actor, &live.realm(), "x", settings(18)))
        .await
        .unwrap();
    // Through its own realm the id leads nowhere.
    let other = Actor::caller(&sandbox);
    let foreign = house.node.template(&other, &sandbox.realm(), &own.id, None).await;
    assert_eq!(foreign.unwrap_err(), AccountsError::NotFound("template"));
    // The same name is free there.
    let same = house
        .node
        .commit(house.node.create_template(&other, &sandbox.realm(), "x", settings(18)))
        .await;
    assert!(same.is_ok());
    assert!("tpl_x".parse::<TemplateId>().is_err());
}
