//! The body of a request, bounded in size and in slowness.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};
use tokio::time::{Instant, Sleep};

use crate::Limits;

/// Why a body was not read to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BodyFault {
    /// It comes too slowly, or not at all.
    #[error("the body comes too slowly")]
    TooSlow,
    /// It is larger than any may be.
    #[error("the body is too large")]
    TooLarge,
    /// The client has left, or broke the protocol.
    #[error("the body ended before its end")]
    Broken,
}

/// Where the door learns what happened to a body that a handler was reading.
#[derive(Clone, Debug, Default)]
pub(crate) struct FaultCell(Arc<AtomicU8>);

impl FaultCell {
    /// What happened, if anything did.
    pub(crate) fn get(&self) -> Option<BodyFault> {
        match self.0.load(Ordering::Acquire) {
            1 => Some(BodyFault::TooSlow),
            2 => Some(BodyFault::TooLarge),
            3 => Some(BodyFault::Broken),
            _ => None,
        }
    }

    fn set(&self, fault: BodyFault) {
        let code = match fault {
            BodyFault::TooSlow => 1,
            BodyFault::TooLarge => 2,
            BodyFault::Broken => 3,
        };
        self.0.store(code, Ordering::Release);
    }
}

/// A body that fails when it is too large or too slow. Only the time that is
/// spent waiting for the client counts.
#[derive(Debug)]
pub(crate) struct Paced<B> {
    inner: B,
    most: u64,
    pause: Duration,
    grace: Duration,
    rate: f64,
    fault: FaultCell,
    received: u64,
    waited: Duration,
    waiting: Option<(Instant, Pin<Box<Sleep>>)>,
}

impl<B> Paced<B> {
    pub(crate) fn new(inner: B, limits: &Limits, fault: FaultCell) -> Self {
        Self {
            inner,
            most: limits.body_bytes as u64,
            pause: limits.body_pause.into(),
            grace: limits.body_grace.into(),
            rate: f64::from(limits.body_rate.max(1)),
            fault,
            received: 0,
            waited: Duration::ZERO,
            waiting: None,
        }
    }

    /// How much longer the client may let us wait.
    fn patience(&self) -> Duration {
        let earned =
            Duration::try_from_secs_f64(self.received as f64 / self.rate).unwrap_or(Duration::MAX);
        self.grace.saturating_add(earned).saturating_sub(self.waited).min(self.pause)
    }

    fn fail(&self, fault: BodyFault) -> Poll<Option<Result<Frame<Bytes>, BodyFault>>> {
        self.fault.set(fault);
        Poll::Ready(Some(Err(fault)))
    }
}

impl<B: Body<Data = Bytes> + Unpin> Body for Paced<B> {
    type Data = Bytes;
    type Error = BodyFault;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyFault>>> {
        match Pin::new(&mut self.inner).poll_frame(cx) {
            Poll::Ready(next) => {
                if let Some((since, _)) = self.waiting.take() {
                    self.waited = self.waited.saturating_add(since.elapsed());
                }
                match next {
                    None => Poll::Ready(None),
                    Some(Err(_)) => self.fail(BodyFault::Broken),
                    Some(Ok(frame)) => {
                        let length = frame.data_ref().map_or(0, Bytes::len) as u64;
                        self.received = self.received.saturating_add(length);
                        if self.received > self.most {
                            return self.fail(BodyFault::TooLarge);
                        }
                        Poll::Ready(Some(Ok(frame)))
                    }
                }
            }
            Poll::Pending => {
                let patience = self.patience();
                let (_, sleep) = self.waiting.get_or_insert_with(|| {
                    (Instant::now(), Box::pin(tokio::time::sleep(patience)))
                });
                match sleep.as_mut().poll(cx) {
                    Poll::Pending => Poll::Pending,
                    Poll::Ready(()) => self.fail(BodyFault::TooSlow),
                }
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use http_body_util::{BodyExt, StreamBody};

    use super::*;
    use crate::Seconds;

    /// Sends `chunks` of 100 bytes, each after a pause, and then nothing more
    /// unless `ends`.
    fn body(
        chunks: usize,
        pause: Duration,
        ends: bool,
    ) -> impl Body<Data = Bytes, Error = std::convert::Infallible> + Unpin {
        let stream = futures_util::stream::unfold(0, move |sent| async move {
            if sent == chunks && ends {
                return None;
            }
            if sent == chunks {
                std::future::pending::<()>().await;
            }
            tokio::time::sleep(pause).await;
            Some((Ok(Frame::data(Bytes::from_static(&[0; 100]))), sent + 1))
        });
        StreamBody::new(Box::pin(stream))
    }

    async fn read(
        body: impl Body<Data = Bytes> + Unpin,
        limits: &Limits,
    ) -> (Option<BodyFault>, Result<usize, BodyFault>) {
        let cell = FaultCell::default();
        let whole = Paced::new(body, limits, cell.clone()).collect().await;
        (cell.get(), whole.map(|whole| whole.to_bytes().len()))
    }

    fn limits(pause: f64, grace: f64, rate: u32) -> Limits {
        Limits {
            body_bytes: 1_000,
            body_pause: Seconds::new(pause),
            body_grace: Seconds::new(grace),
            body_rate: rate,
            ..Limits::default()
        }
    }

    #[tokio::test]
    async fn a_body_may_be_as_large_as_the_limit() {
        let limits = limits(60.0, 60.0, 1);
        assert_eq!(read(body(10, Duration::ZERO, true), &limits).await, (None, Ok(1_000)));
        let (fault, _) = read(body(11, Duration::ZERO, true), &limits).await;
        assert_eq!(fault, Some(BodyFault::TooLarge));
    }

    #[tokio::test]
    async fn a_body_may_neither_pause_nor_drip() {
        let (fault, _) = read(body(1, Duration::ZERO, false), &limits(0.02, 60.0, 1)).await;
        assert_eq!(fault, Some(BodyFault::TooSlow), "a pause");
        // 100 bytes every 5 ms are 20,000 bytes a second.
        let drip = Duration::from_millis(5);
        let (fault, _) = read(body(10, drip, true), &limits(60.0, 0.0, 1_000_000)).await;
        assert_eq!(fault, Some(BodyFault::TooSlow), "a drip");
        assert_eq!(read(body(10, drip, true), &limits(60.0, 60.0, 1)).await, (None, Ok(1_000)));
    }
}
