//! What every engine must do: one suite, run against each.

use bonafide_context::{CallId, Date, Environment, Seeded, TenantId, Timestamp};
use serde_json::json;

use super::{IndexQuery, LogEntry, LogIndex};
use crate::ApplicationId;

/// Noon of a day that the suite uses; nothing else may rest in the index.
pub(crate) const NOON: u64 = 1_795_348_800_000;
const DAY: u64 = 86_400_000;

/// Makes entries of fictitious calls.
pub(crate) struct Maker {
    random: Seeded,
    pub(crate) ours: ApplicationId,
    pub(crate) other: ApplicationId,
}

impl Maker {
    pub(crate) fn new(seed: u64) -> Self {
        let mut random = Seeded::new(seed);
        let (ours, other) = (ApplicationId::new(&mut random), ApplicationId::new(&mut random));
        Self { random, ours, other }
    }

    /// The entries of a call: one a step, each with the facts given.
    pub(crate) fn call(
        &mut self,
        started_at: u64,
        interface: &str,
        steps: &[(&str, &str, serde_json::Value)],
    ) -> Vec<LogEntry> {
        let call_id = CallId::new(Timestamp(started_at), &mut self.random);
        (1..)
            .zip(steps)
            .map(|(number, (step, outcome, facts))| LogEntry {
                id: LogEntry::id_of(call_id, number),
                call_id,
                number,
                app_id: TenantId(7),
                application: self.ours.clone(),
                environment: Environment::Sandbox,
                region: "apac".parse().unwrap(),
                interface: interface.to_owned(),
                started_at,
                at: started_at + u64::from(number),
                took_us: 900,
                step: (*step).to_owned(),
                outcome: (*outcome).to_owned(),
                facts: facts.as_object().unwrap().clone(),
            })
            .collect()
    }
}

/// Everything of the tenant in the sandbox.
pub(crate) fn everything() -> IndexQuery {
    IndexQuery::of(TenantId(7), Environment::Sandbox)
}

/// The suite. The index must be empty when it begins and is when it ends.
pub(crate) async fn conforms(index: &dyn LogIndex) {
    index.check().await.unwrap();
    assert_eq!(index.partitions().await.unwrap(), []);
    assert_eq!(index.search(&everything()).await.unwrap(), [], "an empty index finds nothing");

    let mut maker = Maker::new(1);
    let yesterday = maker.call(
        NOON - DAY,
        "documents.read",
        &[
            ("request", "ok", json!({"bytes": 48_213})),
            ("mrz.read", "check_digit", json!({"format": "TD3", "glare": true, "score": 0.25})),
            ("answer", "unreadable", json!({"fault": "caller"})),
        ],
    );
    let today = maker.call(
        NOON,
        "faces.compare",
        &[
            ("request", "ok", json!({"bytes": 9, "faces": 2})),
            ("answer", "ok", json!({"reasons": ["blurred", "TD3"], "glare": false})),
        ],
    );
    let last_moment =
        maker.call(NOON + DAY / 2 - 1, "faces.compare", &[("answer", "ok", json!({}))]);
    let all: Vec<_> = [&yesterday[..], &today[..], &last_moment[..]].concat();
    assert_eq!(index.put(&all).await.unwrap(), []);
    // Once more, whole and in part: by id nothing is there twice.
    assert_eq!(index.put(&all).await.unwrap(), []);
    assert_eq!(index.put(&today[..1]).await.unwrap(), []);
    let twice = [today[0].clone(), today[0].clone()];
    assert_eq!(index.put(&twice).await.unwrap(), []);
    assert_eq!(index.put(&[]).await.unwrap(), []);

    let newest_first: Vec<_> = all.iter().rev().cloned().collect();
    let found = index.search(&everything()).await.unwrap();
    assert_eq!(found, newest_first, "whole entries come back, the newest first");
    let days = [Date::from_days(20_778), Date::from_days(20_779)];
    assert_eq!(index.partitions().await.unwrap(), days);

    filters(index, &maker, &yesterday, &today, &last_moment).await;
    walls(index, &maker, &today[0]).await;
    pages(index, &newest_first).await;
    backup(index, days, &yesterday).await;

    // One tenant's entries of a day, and nobody else's.
    index.forget(days[1], TenantId(8), None).await.unwrap();
    assert_eq!(index.search(&everything()).await.unwrap(), newest_first);
    // Those of an interface alone.
    index.forget(days[1], TenantId(8), Some("faces.compare")).await.unwrap();
    index.forget(days[1], TenantId(7), Some("faces")).await.unwrap();
    assert_eq!(index.search(&everything()).await.unwrap(), newest_first);
    index.forget(days[1], TenantId(7), Some("faces.compare")).await.unwrap();
    let others = newest_first
        .iter()
        .filter(|entry| entry.day() != days[1] || entry.interface != "faces.compare");
    let others: Vec<_> = others.cloned().collect();
    assert!(others.len() < newest_first.len());
    assert_eq!(index.search(&everything()).await.unwrap(), others);
    index.forget(days[1], TenantId(7), None).await.unwrap();
    let left: Vec<_> = yesterday.iter().rev().cloned().collect();
    assert_eq!(index.search(&everything()).await.unwrap(), left);
    index.forget(Date::from_days(1), TenantId(7), None).await.unwrap();
    let again: Vec<_> = [&today[..], &last_moment[..]].concat();
    assert_eq!(index.put(&again).await.unwrap(), []);
    assert_eq!(index.search(&everything()).await.unwrap(), newest_first);

    index.drop_partition(days[0]).await.unwrap();
    index.drop_partition(days[0]).await.unwrap();
    assert_eq!(index.partitions().await.unwrap(), days[1..]);
    let left: Vec<_> = [&today[..], &last_moment[..]].concat().into_iter().rev().collect();
    assert_eq!(index.search(&everything()).await.unwrap(), left);
    // A day can come back, as in a restore.
    assert_eq!(index.put(&yesterday).await.unwrap(), []);
    assert_eq!(index.search(&everything()).await.unwrap(), newest_first);
    for day in days {
        index.drop_partition(day).await.unwrap();
    }
    assert_eq!(index.partitions().await.unwrap(), []);
    assert_eq!(index.search(&everything()).await.unwrap(), []);
}

async fn filters(
    index: &dyn LogIndex,
    maker: &Maker,
    yesterday: &[LogEntry],
    today: &[LogEntry],
    last: &[LogEntry],
) {
    let text = |text: &str| Some(text.to_owned());
    let words = |text: &str| super::words(text);
    let all = everything;
    let cases: Vec<(&str, IndexQuery, Vec<&LogEntry>)> = vec![
        (
            "interface",
            IndexQuery { interface: text("faces.compare"), ..all() },
            vec![&last[0], &today[1], &today[0]],
        ),
        ("part of an interface", IndexQuery { interface: text("faces"), ..all() }, vec![]),
        ("step", IndexQuery { step: text("mrz.read"), ..all() }, vec![&yesterday[1]]),
        ("outcome", IndexQuery { outcome: text("unreadable"), ..all() }, vec![&yesterday[2]]),
        (
            "step and outcome of one entry",
            IndexQuery { step: text("mrz.read"), outcome: text("unreadable"), ..all() },
            vec![],
        ),
        (
            "code among facts, alone or in a list",
            IndexQuery { code: text("TD3"), ..all() },
            vec![&today[1], &yesterday[1]],
        ),
        (
            "a flag that holds is a code, one that does not is none",
            IndexQuery { code: text("glare"), ..all() },
            vec![&yesterday[1]],
        ),
        ("codes are exact", IndexQuery { code: text("td3"), ..all() }, vec![]),
        ("words in any case", IndexQuery { words: words("MRZ td3"), ..all() }, vec![&yesterday[1]]),
        ("all words", IndexQuery { words: words("mrz blurred"), ..all() }, vec![]),
        ("words are no syntax", IndexQuery { words: words("step:answer OR (*)"), ..all() }, vec![]),
        ("call", IndexQuery { call: Some(today[0].call_id), ..all() }, vec![&today[1], &today[0]]),
        (
            "application",
            IndexQuery { application: Some(maker.ours.clone()), step: text("mrz.read"), ..all() },
            vec![&yesterday[1]],
        ),
        (
            "from, included",
            IndexQuery { from: Timestamp(NOON), ..all() },
            vec![&last[0], &today[1], &today[0]],
        ),
        ("from, one later", IndexQuery { from: Timestamp(NOON + 1), ..all() }, vec![&last[0]]),
        (
            "until, excluded",
            IndexQuery { until: Some(Timestamp(NOON)), ..all() },
            yesterday.iter().rev().collect(),
        ),
        (
            "nothing between",
            IndexQuery { from: Timestamp(9), until: Some(Timestamp(9)), ..all() },
            vec![],
        ),
        (
            "what is written like a pattern is a text",
            IndexQuery { interface: text("*"), ..all() },
            vec![],
        ),
    ];
    for (what, query, expected) in cases {
        let found = index.search(&query).await.unwrap();
        assert_eq!(found.iter().collect::<Vec<_>>(), expected, "{what}");
    }
}

async fn walls(index: &dyn LogIndex, maker: &Maker, own: &LogEntry) {
    let foreign = [
        IndexQuery { tenant: TenantId(8), ..everything() },
        IndexQuery { environment: Environment::Live, ..everything() },
        IndexQuery { application: Some(maker.other.clone()), ..everything() },
        IndexQuery { tenant: TenantId(8), call: Some(own.call_id), ..everything() },
    ];
    for query in foreign {
        assert_eq!(index.search(&query).await.unwrap(), [], "{query:?}");
    }
}

async fn pages(index: &dyn LogIndex, newest_first: &[LogEntry]) {
    for size in [1, 2, 4] {
        let mut seen = Vec::new();
        let mut before = None;
        loop {
            let query = IndexQuery { before, limit: size, ..everything() };
            let page = index.search(&query).await.unwrap();
            let Some(last) = page.last() else { break };
            before = Some(last.id.clone());
            seen.extend(page);
        }
        assert_eq!(seen, newest_first, "pages of {size}");
    }
}

async fn backup(index: &dyn LogIndex, days: [Date; 2], yesterday: &[LogEntry]) {
    let first = index.page(days[0], None, 2).await.unwrap();
    assert_eq!(first, yesterday[..2]);
    let rest = index.page(days[0], Some(&first[1].id), 2).await.unwrap();
    assert_eq!(rest, yesterday[2..]);
    assert_eq!(index.page(days[0], Some(&rest[0].id), 2).await.unwrap(), []);
    assert_eq!(index.page(Date::from_days(1), None, 2).await.unwrap(), []);
}
