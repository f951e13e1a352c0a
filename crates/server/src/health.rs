//! Whether the server can do its work, and what it lacks.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use async_trait::async_trait;
use bonafide_context::Clock;
use futures_util::FutureExt;
use serde::Serialize;

/// Who knows how the parts of the server are.
#[async_trait]
pub trait Health: Send + Sync {
    /// Looks at every part: stores, keys, index, models, isolation. Called at
    /// most once a second, whoever asks; an answer that takes longer than three
    /// seconds counts as not ready.
    async fn check(&self) -> Vec<Component>;
}

/// How one part of the server is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Component {
    /// Its name, such as `records`.
    pub name: &'static str,
    /// How it is.
    pub state: State,
    /// Why, such as `no_answer`; `ok` when all is well.
    pub code: &'static str,
    /// Whether the server is not ready while this part is down.
    pub needed: bool,
}

/// How a part of the server is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// It does all it should.
    Ok,
    /// It does its work with less than it should have.
    Degraded,
    /// It does not work.
    Down,
}

/// Time between two looks.
const EVERY: Duration = Duration::from_secs(1);
/// Time for one look.
const PATIENCE: Duration = Duration::from_secs(3);
/// Age at which what was last seen says nothing any more.
const STALE: Duration = Duration::from_secs(10);

/// What was last seen. Reading it never waits, so that neither a store that
/// hangs nor a flood of questions can hold an answer up.
pub(crate) struct Board {
    clock: Arc<dyn Clock>,
    seen: ArcSwap<Seen>,
    /// Parts that the door itself looks at.
    own: ArcSwap<Vec<Component>>,
}

struct Seen {
    at: Duration,
    components: Vec<Component>,
}

/// What `/health/ready` says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Report {
    /// `ready`, `degraded` (ready, but not with everything), `down`,
    /// `starting` or `draining`.
    pub(crate) status: &'static str,
    pub(crate) components: Vec<Component>,
    #[serde(skip)]
    pub(crate) ready: bool,
}

impl Board {
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Self {
        let at = clock.elapsed();
        let components = vec![missing("starting")];
        let seen = ArcSwap::from_pointee(Seen { at, components });
        Self { clock, seen, own: ArcSwap::default() }
    }

    /// Says how a part is that the door itself looks at.
    pub(crate) fn add(&self, component: Component) {
        self.own.rcu(|own| {
            let others = own.iter().filter(|other| other.name != component.name).copied();
            others.chain([component]).collect::<Vec<_>>()
        });
    }

    /// Looks every second, until dropped.
    pub(crate) async fn watch(&self, health: &dyn Health) {
        loop {
            self.look(health, PATIENCE).await;
            tokio::time::sleep(EVERY).await;
        }
    }

    /// Looks once. What cannot be seen is down: unknown is never well.
    async fn look(&self, health: &dyn Health, patience: Duration) {
        let check = AssertUnwindSafe(health.check()).catch_unwind();
        let components = match tokio::time::timeout(patience, check).await {
            Ok(Ok(components)) => components,
            Ok(Err(_)) => vec![missing("check_failed")],
            Err(_) => vec![missing("check_timed_out")],
        };
        self.seen.store(Arc::new(Seen { at: self.clock.elapsed(), components }));
    }

    /// What is known now.
    pub(crate) fn report(&self, draining: bool) -> Report {
        let seen = self.seen.load();
        let mut components = seen.components.clone();
        components.extend(self.own.load().iter().copied());
        if self.clock.elapsed().saturating_sub(seen.at) > STALE {
            components.push(missing("stale"));
        }
        let down = components.iter().any(|c| c.needed && c.state == State::Down);
        let starting = components.iter().any(|c| c.code == "starting");
        let less = components.iter().any(|c| c.state != State::Ok);
        let status = match (draining, starting, down, less) {
            (true, ..) => "draining",
            (_, true, ..) => "starting",
            (_, _, true, _) => "down",
            (_, _, _, true) => "degraded",
            _ => "ready",
        };
        Report { status, components, ready: !draining && !down }
    }
}

/// Stands for all components when they cannot be seen.
fn missing(code: &'static str) -> Component {
    Component { name: "checks", state: State::Down, code, needed: true }
}

#[cfg(test)]
mod tests {
    use bonafide_context::{FixedClock, Timestamp};

    use super::*;

    struct Says(fn() -> Vec<Component>);

    #[async_trait]
    impl Health for Says {
        async fn check(&self) -> Vec<Component> {
            let components = (self.0)();
            if components.is_empty() {
                std::future::pending::<()>().await;
            }
            components
        }
    }

    const WELL: Component =
        Component { name: "records", state: State::Ok, code: "ok", needed: true };

    async fn after(says: fn() -> Vec<Component>) -> (&'static str, bool) {
        let board = Board::new(Arc::new(FixedClock::at(Timestamp(0))));
        board.look(&Says(says), Duration::from_millis(10)).await;
        let report = board.report(false);
        (report.status, report.ready)
    }

    #[tokio::test]
    async fn ready_is_what_all_needed_parts_allow() {
        assert_eq!(after(|| vec![WELL]).await, ("ready", true));
        let less =
            || vec![WELL, Component { name: "index", state: State::Down, needed: false, ..WELL }];
        assert_eq!(after(less).await, ("degraded", true));
        let weak = || vec![Component { state: State::Degraded, code: "no_landlock", ..WELL }];
        assert_eq!(after(weak).await, ("degraded", true));
        let down = || vec![Component { state: State::Down, code: "no_answer", ..WELL }];
        assert_eq!(after(down).await, ("down", false));
    }

    #[tokio::test]
    async fn what_cannot_be_seen_is_down() {
        assert_eq!(after(Vec::new).await, ("down", false), "a check that hangs");
        assert_eq!(after(|| panic!("at the disco")).await, ("down", false));
        let clock = Arc::new(FixedClock::at(Timestamp(0)));
        let board = Board::new(clock.clone());
        assert_eq!(board.report(false).status, "starting");
        assert!(!board.report(false).ready);
        board.look(&Says(|| vec![WELL]), PATIENCE).await;
        assert_eq!(board.report(true).status, "draining");
        assert!(!board.report(true).ready);
        clock.advance(STALE);
        assert!(board.report(false).ready);
        clock.advance(Duration::from_millis(1));
        assert_eq!(board.report(false).status, "down");
    }

    #[tokio::test]
    async fn a_report_names_parts_and_codes_only() {
        let board = Board::new(Arc::new(FixedClock::at(Timestamp(0))));
        board.look(&Says(|| vec![WELL]), PATIENCE).await;
        let json = serde_json::to_string(&board.report(false)).unwrap();
        assert_eq!(
            json,
            r#"{"status":"ready","components":[{"name":"records","state":"ok","code":"ok","needed":true}]}"#
        );
    }
}
