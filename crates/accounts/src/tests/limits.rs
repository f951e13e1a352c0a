//! Rates and quotas.

use super::*;
use crate::tables::QUOTAS;
use crate::{AdmitError, InterfaceLimits, LimitKind, TenantLimits};
use bonafide_vault::records::{Change, Row};
use std::collections::BTreeMap;

const READ: &str = "documents.read";
const COMPARE: &str = "faces.compare";

fn quota(per_day: u64) -> Limits {
    Limits {
        interfaces: BTreeMap::from([(
            READ.to_owned(),
            InterfaceLimits { rate: Rate::new(1e6, 1_000_000), per_day: Some(per_day) },
        )]),
        per_key: Rate::new(1e6, 1_000_000),
        ..Limits::default()
    }
}

fn kind(result: Result<(), AdmitError>) -> Option<LimitKind> {
    match result {
        Ok(()) => None,
        Err(AdmitError::Limited(limited)) => Some(limited.kind),
        Err(other) => panic!("{other}"),
    }
}

#[tokio::test]
async fn an_address_a_key_and_a_tenant_have_their_rates() {
    let limits = Limits {
        per_address: Rate::new(1.0, 2),
        per_key: Rate::new(1.0, 5),
        per_interface: InterfaceLimits { rate: Rate::new(1.0, 3), per_day: None },
        ..Limits::default()
    };
    let house = House::with(limits).await;
    let tenant = house.tenant("Acme").await;
    let caller = house.caller(tenant, Environment::Live, "eu", &[Scope::Document]).await;
    let node = &house.node;

    assert!(node.admit_address(home()).is_ok() && node.admit_address(home()).is_ok());
    let limited = node.admit_address(address("::ffff:192.0.2.1")).unwrap_err();
    assert_eq!((limited.kind, limited.retry_after_seconds), (LimitKind::Address, 1));
    assert!(node.admit_address(address("192.0.2.2")).is_ok());

    for _ in 0..3 {
        assert_eq!(kind(node.admit(&caller, READ).await), None);
    }
    assert_eq!(kind(node.admit(&caller, READ).await), Some(LimitKind::Rate));
    // Another interface has a rate of its own, another key of the tenant has not.
    assert_eq!(kind(node.admit(&caller, COMPARE).await), None);
    assert_eq!(kind(node.admit(&caller, COMPARE).await), Some(LimitKind::Key));
    let sister = house.caller(tenant, Environment::Live, "eu", &[Scope::Document]).await;
    assert_eq!(kind(node.admit(&sister, READ).await), Some(LimitKind::Rate));
    let stranger = house.tenant("Other").await;
    let stranger = house.caller(stranger, Environment::Live, "eu", &[Scope::Document]).await;
    assert_eq!(kind(node.admit(&stranger, READ).await), None);
    house.pass(Duration::from_secs(1));
    assert_eq!(kind(node.admit(&sister, READ).await), None);
}

#[tokio::test]
async fn the_most_specific_limit_holds() {
    let rate = |burst| InterfaceLimits { rate: Rate::new(1.0, burst), per_day: None };
    let limits = Limits {
        per_interface: rate(1),
        interfaces: BTreeMap::from([(READ.to_owned(), rate(2))]),
        tenants: BTreeMap::from([(
            "1300000001".to_owned(),
            TenantLimits {
                per_interface: Some(rate(3)),
                interfaces: BTreeMap::from([(COMPARE.to_owned(), rate(4))]),
            },
        )]),
        ..Limits::default()
    };
    let burst = |tenant, interface| limits.of(TenantId(tenant), interface).rate.burst;
    assert_eq!((burst(1, "x"), burst(1, READ)), (1, 2));
    assert_eq!((burst(1_300_000_001, READ), burst(1_300_000_001, COMPARE)), (3, 4));
}

#[tokio::test]
async fn three_nodes_at_once_let_through_the_quota_and_not_one_more() {
    const QUOTA: u64 = 700;
    let house = House::with(quota(QUOTA)).await;
    let tenant = house.tenant("Acme").await;
    let caller = house.caller(tenant, Environment::Live, "eu", &[Scope::Document]).await;
    let nodes: Vec<Arc<Accounts>> = (0..3).map(|_| Arc::new(house.another())).collect();
    let tasks: Vec<_> = (0..12)
        .map(|at| {
            let (node, caller) = (Arc::clone(&nodes[at % nodes.len()]), caller.clone());
            tokio::spawn(async move {
                let mut let_through = 0;
                for _ in 0..200 {
                    let_through += u64::from(kind(node.admit(&caller, READ).await).is_none());
                    tokio::task::yield_now().await;
                }
                let_through
            })
        })
        .collect();
    let mut let_through = 0;
    for task in tasks {
        let_through += task.await.unwrap();
    }
    assert_eq!(let_through, QUOTA);
}

/// Another node that takes so many calls of today's quota.
fn taken(tenant: TenantId, calls: i64) -> Change {
    let row = Row::new(&QUOTAS)
        .with("tenant", tenant.0)
        .with("interface", READ)
        .with("day", START.0 / 86_400_000)
        .with("granted", 0_u64);
    Change::Add { row, by: vec![("granted", calls)] }
}

#[tokio::test]
async fn a_node_that_is_always_the_slower_one_gets_on_all_the_same() {
    let house = House::with(quota(10_000)).await;
    let tenant = house.tenant("Acme").await;
    let caller = house.caller(tenant, Environment::Live, "eu", &[Scope::Document]).await;
    house.records.outrun((0..1_000).map(|_| taken(tenant, 1)));
    let asked = house.records.asked();
    assert_eq!(kind(house.node.admit(&caller, READ).await), None);
    // A look and a commit: that others count too is no reason to begin again.
    assert_eq!(house.records.asked() - asked, 2);
}

#[tokio::test]
async fn what_others_took_meanwhile_is_not_handed_out_again() {
    let house = House::with(quota(100)).await;
    let tenant = house.tenant("Acme").await;
    let caller = house.caller(tenant, Environment::Live, "eu", &[Scope::Document]).await;
    // The batch of five does not fit any more, one call does.
    house.records.outrun([taken(tenant, 99)]);
    assert_eq!(kind(house.node.admit(&caller, READ).await), None);
    assert_eq!(kind(house.node.admit(&caller, READ).await), Some(LimitKind::Day));
    // Nothing fits any more.
    house.pass(24 * Duration::from_secs(3_600));
    let tomorrow = |change: Change| match change {
        Change::Add { row, by } => {
            Change::Add { row: row.with("day", START.0 / 86_400_000 + 1), by }
        }
        other => other,
    };
    house.records.outrun([tomorrow(taken(tenant, 100))]);
    assert_eq!(kind(house.node.admit(&caller, READ).await), Some(LimitKind::Day));
}

#[tokio::test]
async fn the_hot_path_asks_the_store_seldom() {
    let house = House::with(quota(100_000)).await;
    let tenant = house.tenant("Acme").await;
    let caller = house.caller(tenant, Environment::Live, "eu", &[Scope::Document]).await;
    let asked = house.records.asked();
    for _ in 0..10_000 {
        assert_eq!(kind(house.node.admit(&caller, READ).await), None);
    }
    let asked = house.records.asked() - asked;
    assert!(asked <= 30, "{asked} for 10,000 calls");
    // One whose quota is used up asks no more either.
    house.node.set_limits(quota(1));
    for _ in 0..2_000 {
        let _ = house.node.admit(&caller, READ).await;
    }
    let asked = house.records.asked();
    for _ in 0..1_000 {
        assert_eq!(kind(house.node.admit(&caller, READ).await), Some(LimitKind::Day));
    }
    assert_eq!(house.records.asked(), asked);
}

#[tokio::test]
async fn a_day_begins_at_midnight_and_says_when() {
    let house = House::with(quota(3)).await;
    let tenant = house.tenant("Acme").await;
    let caller = house.caller(tenant, Environment::Live, "eu", &[Scope::Document]).await;
    for _ in 0..3 {
        assert_eq!(kind(house.node.admit(&caller, READ).await), None);
    }
    let to_midnight = 86_400_000 - START.0 % 86_400_000;
    let AdmitError::Limited(limited) = house.node.admit(&caller, READ).await.unwrap_err() else {
        panic!("limited");
    };
    assert_eq!(limited.kind, LimitKind::Day);
    assert_eq!(limited.retry_after_seconds, to_midnight.div_ceil(1_000));
    house.pass(Duration::from_millis(to_midnight - 1));
    assert_eq!(kind(house.node.admit(&caller, READ).await), Some(LimitKind::Day));
    house.pass(Duration::from_millis(1));
    assert_eq!(kind(house.node.admit(&caller, READ).await), None);
}

#[tokio::test]
async fn what_a_node_gives_back_another_can_use() {
    let house = House::with(quota(100)).await;
    let there = house.another();
    let tenant = house.tenant("Acme").await;
    let caller = house.caller(tenant, Environment::Live, "eu", &[Scope::Document]).await;
    // Takes a batch of five and uses one.
    assert_eq!(kind(house.node.admit(&caller, READ).await), None);
    let mut there_through = 0;
    while kind(there.admit(&caller, READ).await).is_none() {
        there_through += 1;
    }
    assert_eq!(there_through, 95);
    house.node.release().await.unwrap();
    house.pass(Duration::from_secs(10));
    while kind(there.admit(&caller, READ).await).is_none() {
        there_through += 1;
    }
    assert_eq!(there_through, 99);
}

#[tokio::test]
async fn a_store_that_is_down_lets_no_call_past_a_quota() {
    let house = House::with(quota(100)).await;
    let tenant = house.tenant("Acme").await;
    let caller = house.caller(tenant, Environment::Live, "eu", &[Scope::Document]).await;
    house.records.set_down(true);
    let refused = house.node.admit(&caller, READ).await.unwrap_err();
    assert!(matches!(refused, AdmitError::Unavailable { .. }));
    // An interface without a quota asks the store nothing.
    assert_eq!(kind(house.node.admit(&caller, COMPARE).await), None);
    house.records.set_down(false);
    assert_eq!(kind(house.node.admit(&caller, READ).await), None);
}

#[test]
fn limits_that_cannot_be_meant_are_named() {
    assert_eq!(Limits::default().check(), Ok(()));
    let slow = |per_second| Limits { per_key: Rate::new(per_second, 1), ..Limits::default() };
    for bad in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        assert_eq!(slow(bad).check().unwrap_err().member, "per_key", "{bad}");
    }
    let mut none = Limits::default();
    none.tenants.insert("acme".to_owned(), TenantLimits::default());
    assert_eq!(none.check().unwrap_err().member, "tenants.acme");
    let mut none = quota(1);
    none.interfaces.get_mut(READ).unwrap().rate.burst = 0;
    assert_eq!(none.check().unwrap_err().member, "interfaces.\"documents.read\".rate");
    let unknown = serde_json::from_str::<Limits>(r#"{"per_adress": {}}"#);
    assert!(unknown.is_err());
    let read: Limits = serde_json::from_str(r#"{"per_key":{"per_second":5,"burst":9}}"#).unwrap();
    assert_eq!((read.per_key.burst, read.per_address), (9, Limits::default().per_address));
}
