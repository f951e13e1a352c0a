//! Two holders and one lease.

use std::time::Duration;

use bonafide_context::{Clock as _, FixedClock};

use super::{Change, NOW, Records, RecordsError, THINGS, clear, thing};
use crate::records::lease::{acquire, release, renew};

const TTL: Duration = Duration::from_secs(30);

pub(super) async fn suite(store: &dyn Records) {
    clear(store).await;
    let clock = FixedClock::at(NOW);
    let take = async |holder| acquire(store, "reaper", holder, TTL, clock.now()).await.unwrap();

    let first = take("a").await.unwrap();
    assert_eq!(first.term, 1);
    assert_eq!(take("b").await, None);
    assert!(acquire(store, "other work", "b", TTL, clock.now()).await.unwrap().is_some());

    clock.advance(TTL / 2);
    let first = renew(store, &first, TTL, clock.now()).await.unwrap().unwrap();
    clock.advance(TTL - Duration::from_millis(1));
    assert_eq!(take("b").await, None, "held to its last millisecond");
    clock.advance(Duration::from_millis(1));
    assert_eq!(renew(store, &first, TTL, clock.now()).await, Ok(None), "too late");

    // Nobody took it yet: the work of the late holder still counts.
    let work = |id: &str| Change::Insert(thing(id, 1));
    store.commit(vec![work("late"), first.guard()]).await.unwrap();
    let second = take("b").await.unwrap();
    assert_eq!(second.term, 2);
    let stale = store.commit(vec![work("stale"), first.guard()]).await;
    assert_eq!(stale, Err(RecordsError::Conflict));
    assert_eq!(store.count(&THINGS, Vec::new()).await, Ok(1));

    // What was lost cannot be given back.
    release(store, &first).await.unwrap();
    assert_eq!(take("a").await, None);
    release(store, &second).await.unwrap();
    let third = take("a").await.unwrap();
    assert_eq!(third.term, 3);
    assert_eq!(take("a").await.map(|lease| lease.term), Some(4), "the holder gets it again");
}
