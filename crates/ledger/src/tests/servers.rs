//! The ledger over the servers that several nodes share.

use bonafide_context::{OsRandom, Random as _};

use super::*;
use crate::{Outcome, UsageQuery};

/// A house over the server that a variable names. Others may use the same
/// database: what is asserted is asked by tenant.
async fn house(variable: &str) -> Option<House> {
    let Ok(url) = std::env::var(variable) else {
        let needed = std::env::var("BONAFIDE_REQUIRE").is_ok_and(|all| all.contains("services"));
        assert!(!needed, "{variable} is not set: run this by scripts/services.sh");
        eprintln!("skipped: {variable} is not set");
        return None;
    };
    let records = records::connect(&url).await.unwrap();
    let chance = OsRandom.u64();
    Some(House::with_chance(records, tempfile::tempdir().unwrap(), chance).await)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_counter_equals_the_rows_in_mariadb() {
    counter_equals_rows("BONAFIDE_TEST_MYSQL").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_counter_equals_the_rows_in_postgresql() {
    counter_equals_rows("BONAFIDE_TEST_POSTGRES").await;
}

async fn counter_equals_rows(variable: &str) {
    let Some(house) = house(variable).await else { return };
    let house = Arc::new(house);
    let seed = OsRandom.below(1 << 40);
    let nodes = [house.ledger.clone(), house.node(OsRandom.u64())];
    let mut tasks = Vec::new();
    for task in 0..8 {
        let (house, ledger, who) = (house.clone(), nodes[task % 2].clone(), caller(seed));
        tasks.push(tokio::spawn(async move {
            let mut last = None;
            for round in 0..20 {
                let outcome = if round % 4 == 0 { Outcome::ours("internal") } else { Outcome::OK };
                let call = ledger.open_call(house.new_call(), who.clone(), &READ);
                last = Some(ledger.close(call, outcome, vec![]).await.unwrap().call_id);
            }
            last.unwrap()
        }));
    }
    let who = caller(seed);
    for task in tasks {
        let id = task.await.unwrap();
        let trace = house.ledger.trace(&view(&who), id).await.unwrap().unwrap();
        assert_eq!(trace.steps.unwrap().len(), 1);
    }
    let tenant = || vec![Condition::is("app_id", who.tenant.0)];
    assert_eq!(house.count(&CALLS, tenant()).await, 160);
    let query = UsageQuery { from: today(), to: today(), application: None, interface: None };
    let usage = house.ledger.usage(&view(&who), &query).await.unwrap();
    assert_eq!((usage.calls, usage.lines[0].results["internal"]), (160, 40));
}
