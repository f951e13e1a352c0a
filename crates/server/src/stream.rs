//! A connection's bytes, watched: who is silent for too long, and who does not
//! take what is sent.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::Notify;
use tokio::time::{Instant, Sleep};

/// What a connection is doing.
#[derive(Debug)]
pub(crate) struct Activity {
    doing: Mutex<Doing>,
    /// Told when the connection is to end with the answers that are due.
    ends: Notify,
}

#[derive(Debug)]
struct Doing {
    /// Requests that are being answered.
    active: usize,
    /// Since when there is none.
    idle_since: Instant,
    /// When the first byte came since then: of the next request's head.
    head_since: Option<Instant>,
    /// HTTP/2, in which bytes come without a request as well.
    multiplexed: bool,
    /// A buffer that is read into has parts which are not handed out again.
    grown: bool,
}

/// What a connection without a request has done for too long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Overdue {
    /// It has begun a head and not ended it.
    Head,
    /// It has been silent.
    Idle,
}

impl Activity {
    /// Of a connection that has just been opened. Its first head is due from
    /// now on.
    pub(crate) fn begin() -> Arc<Self> {
        let now = Instant::now();
        let (active, multiplexed, grown) = (0, false, false);
        let doing = Doing { active, idle_since: now, head_since: Some(now), multiplexed, grown };
        Arc::new(Self { doing: Mutex::new(doing), ends: Notify::new() })
    }

    /// The handshake is over: the first head is due from now on. In a
    /// `multiplexed` connection only silence counts between later requests.
    pub(crate) fn shaken(&self, multiplexed: bool) {
        let mut doing = self.doing();
        doing.idle_since = Instant::now();
        doing.head_since = Some(doing.idle_since);
        doing.multiplexed = multiplexed;
    }

    /// A request whose head is complete; it is active until the guard is
    /// dropped.
    pub(crate) fn request(self: &Arc<Self>) -> Active {
        let mut doing = self.doing();
        doing.active += 1;
        doing.head_since = None;
        Active(Arc::clone(self))
    }

    /// What is overdue now.
    pub(crate) fn overdue(&self, head: Duration, idle: Duration) -> Option<Overdue> {
        let doing = self.doing();
        if doing.active > 0 {
            return None;
        }
        match doing.head_since {
            Some(since) if since.elapsed() >= head => Some(Overdue::Head),
            _ if doing.idle_since.elapsed() >= idle => Some(Overdue::Idle),
            _ => None,
        }
    }

    /// The buffer of HTTP/1.1 holds more than one read; that of HTTP/2 may always.
    pub(crate) fn grown(&self) {
        self.doing().grown = true;
    }

    /// A request was answered of which nothing is to stay in memory. Where a part
    /// of it may lie in a buffer of the connection, the connection ends: one of
    /// HTTP/2 by itself, one of HTTP/1.1 by a header of this answer if this is true,
    /// so that the client knows before it sends another request.
    pub(crate) fn forget(&self) -> bool {
        let doing = self.doing();
        if doing.multiplexed {
            self.ends.notify_one();
        }
        !doing.multiplexed && doing.grown
    }

    /// Waits until the connection is to end with the answers that are due.
    pub(crate) async fn ends(&self) {
        self.ends.notified().await;
    }

    fn heard(&self) {
        let mut doing = self.doing();
        if doing.active == 0 && doing.head_since.is_none() && !doing.multiplexed {
            doing.head_since = Some(Instant::now());
        }
    }

    fn doing(&self) -> std::sync::MutexGuard<'_, Doing> {
        self.doing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A request that is being answered.
#[derive(Debug)]
pub(crate) struct Active(Arc<Activity>);

impl Active {
    /// Nothing of it is to stay in memory; whether its answer has to say that the
    /// connection ends.
    pub(crate) fn forget(&self) -> bool {
        self.0.forget()
    }
}

impl Drop for Active {
    fn drop(&mut self) {
        let mut doing = self.0.doing();
        doing.active = doing.active.saturating_sub(1);
        if doing.active == 0 {
            doing.idle_since = Instant::now();
        }
    }
}

/// A stream whose reader has to read: when the other side takes nothing for
/// `pause`, writing fails.
#[derive(Debug)]
pub(crate) struct Watched<S> {
    inner: S,
    activity: Option<Arc<Activity>>,
    pause: Duration,
    stalled: Option<Pin<Box<Sleep>>>,
}

impl<S> Watched<S> {
    pub(crate) fn new(inner: S, pause: Duration) -> Self {
        Self { inner, activity: None, pause, stalled: None }
    }

    /// Tells `activity` when bytes come.
    pub(crate) fn telling(mut self, activity: Arc<Activity>) -> Self {
        self.activity = Some(activity);
        self
    }

    fn patient<T>(
        &mut self,
        cx: &mut Context<'_>,
        outcome: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if outcome.is_ready() {
            self.stalled = None;
            return outcome;
        }
        let pause = self.pause;
        let stalled = self.stalled.get_or_insert_with(|| Box::pin(tokio::time::sleep(pause)));
        ready!(stalled.as_mut().poll(cx));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Watched<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let outcome = Pin::new(&mut self.inner).poll_read(cx, buffer);
        if buffer.filled().len() > before
            && let Some(activity) = &self.activity
        {
            activity.heard();
        }
        outcome
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Watched<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let outcome = Pin::new(&mut self.inner).poll_write(cx, bytes);
        self.patient(cx, outcome)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let outcome = Pin::new(&mut self.inner).poll_write_vectored(cx, slices);
        self.patient(cx, outcome)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let outcome = Pin::new(&mut self.inner).poll_flush(cx);
        self.patient(cx, outcome)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let outcome = Pin::new(&mut self.inner).poll_shutdown(cx);
        self.patient(cx, outcome)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::AsyncWriteExt;

    use super::*;

    #[tokio::test]
    async fn who_takes_nothing_is_not_waited_for() {
        let (ours, theirs) = tokio::io::duplex(16);
        let mut watched = Watched::new(ours, Duration::from_millis(20));
        watched.write_all(&[0; 16]).await.unwrap();
        let error = watched.write_all(&[0; 16]).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        drop(theirs);
    }

    #[tokio::test]
    async fn a_connection_ends_where_a_part_of_what_is_forgotten_may_lie_in_it() {
        let plain = Activity::begin();
        assert!(!plain.request().forget(), "its buffer is handed out whole");
        plain.grown();
        assert!(plain.request().forget(), "its answer says so");
        let multiplexed = Activity::begin();
        multiplexed.shaken(true);
        assert!(!multiplexed.request().forget());
        multiplexed.ends().await;
    }

    #[tokio::test]
    async fn a_connection_is_overdue_by_what_it_does() {
        let (never, now) = (Duration::from_secs(3_600), Duration::ZERO);
        let activity = Activity::begin();
        assert_eq!(activity.overdue(now, never), Some(Overdue::Head), "a first head is due");
        let (first, second) = (activity.request(), activity.request());
        assert_eq!(activity.overdue(now, now), None, "a request is answered, however long");
        drop(first);
        activity.heard();
        assert_eq!(activity.overdue(now, now), None);
        drop(second);
        assert_eq!(activity.overdue(now, never), None, "no head has begun");
        assert_eq!(activity.overdue(now, now), Some(Overdue::Idle));
        activity.heard();
        assert_eq!(activity.overdue(now, never), Some(Overdue::Head));
    }
}
