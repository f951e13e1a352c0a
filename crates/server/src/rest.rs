//! What is left of a body that nobody reads to its end.
//!
//! A request that is refused early is answered while its body is still coming.
//! Were the connection closed then, many a client would only see that writing
//! fails, and never the answer. So the rest is taken in and thrown away, within
//! bounds, while the answer is on its way.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::body::{Body, Frame, Incoming, SizeHint};

/// So much of a rest is taken in: one picture.
const MOST: usize = 2 << 20;
/// For so long.
const LONGEST: Duration = Duration::from_secs(2);

/// A body whose rest is taken in when it is dropped.
#[derive(Debug)]
pub(crate) struct Drained(Option<Incoming>);

impl Drained {
    pub(crate) fn new(body: Incoming) -> Self {
        Self(Some(body))
    }
}

impl Body for Drained {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let Some(body) = &mut self.0 else { return Poll::Ready(None) };
        let next = Pin::new(body).poll_frame(cx);
        if matches!(next, Poll::Ready(None | Some(Err(_)))) {
            self.0 = None;
        }
        next
    }

    fn is_end_stream(&self) -> bool {
        self.0.as_ref().is_none_or(Body::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.0.as_ref().map_or_else(|| SizeHint::with_exact(0), Body::size_hint)
    }
}

impl Drop for Drained {
    fn drop(&mut self) {
        let Some(mut rest) = self.0.take().filter(|rest| !rest.is_end_stream()) else { return };
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        runtime.spawn(tokio::time::timeout(LONGEST, async move {
            let mut taken = 0;
            while taken < MOST
                && let Some(Ok(frame)) = rest.frame().await
            {
                taken += frame.data_ref().map_or(0, Bytes::len);
            }
        }));
    }
}
