//! A stream whose readers keep nothing of what they have read.
//!
//! TLS and HTTP read into buffers that live as long as their connection, and leave
//! in them what they have dealt with until the next bytes come. Both hand such a
//! buffer out again when they wait for more: that is when it is overwritten here.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bonafide_context::Keeper;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::stream::Activity;

/// What HTTP/1.1 asks for as long as no read fills it: its buffer then never grows,
/// and is handed out from its first byte on when nothing of it is in use.
const WHOLE: usize = 8 << 10;

/// A stream that overwrites the buffer which is to be filled while there is nothing
/// to fill it with.
#[derive(Debug)]
pub(crate) struct Wiped<S> {
    inner: S,
    reader: Reader,
}

/// Who reads.
#[derive(Debug)]
enum Reader {
    /// TLS: its buffer is handed out whole.
    Tls,
    /// HTTP.
    Http(Arc<Activity>),
}

impl<S> Wiped<S> {
    /// Read by TLS.
    pub(crate) fn below_tls(inner: S) -> Self {
        Self { inner, reader: Reader::Tls }
    }

    /// Read by HTTP; `activity` hears when its buffer is not handed out whole.
    pub(crate) fn below_http(inner: S, activity: Arc<Activity>) -> Self {
        Self { inner, reader: Reader::Http(activity) }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Wiped<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if !Keeper::Forgetting.works() {
            return Pin::new(&mut self.inner).poll_read(cx, buffer);
        }
        let room = buffer.remaining();
        let most = match &self.reader {
            Reader::Tls => room,
            Reader::Http(activity) => {
                if room > WHOLE {
                    activity.grown();
                }
                room.min(WHOLE - 1)
            }
        };
        // Made zero by this, unless it is of use to the reader already.
        let mut part = ReadBuf::new(buffer.initialize_unfilled_to(most));
        let outcome = Pin::new(&mut self.inner).poll_read(cx, &mut part);
        let filled = part.filled().len();
        if outcome.is_pending() {
            buffer.initialize_unfilled().fill(0);
        }
        buffer.advance(filled);
        outcome
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Wiped<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write_vectored(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use tokio::io::AsyncWriteExt;

    use super::*;

    /// What is in a reader's buffer after it has read `text` and waits for more.
    async fn left_behind(
        reader: impl Fn(tokio::io::DuplexStream) -> Wiped<tokio::io::DuplexStream>,
    ) -> Vec<u8> {
        let (mut theirs, ours) = tokio::io::duplex(64 << 10);
        let mut wiped = reader(ours);
        let mut memory = vec![0; WHOLE];
        theirs.write_all(&[7; 600]).await.unwrap();
        let read = poll_fn(|cx| {
            let mut buffer = ReadBuf::new(&mut memory);
            let outcome = Pin::new(&mut wiped).poll_read(cx, &mut buffer);
            outcome.map(|read| read.map(|()| buffer.filled().to_vec()))
        });
        assert_eq!(read.await.unwrap(), [7; 600]);
        assert_eq!(memory[..600], [7; 600]);
        let waits = poll_fn(|cx| {
            let mut buffer = ReadBuf::new(&mut memory);
            Poll::Ready(Pin::new(&mut wiped).poll_read(cx, &mut buffer).is_pending())
        });
        assert!(waits.await);
        memory
    }

    #[tokio::test]
    async fn r8_a_reader_that_waits_has_nothing_of_what_it_read() {
        assert_eq!(left_behind(Wiped::below_tls).await, [0; WHOLE]);
        let http = |stream| Wiped::below_http(stream, Activity::begin());
        assert_eq!(left_behind(http).await, [0; WHOLE]);
    }

    #[tokio::test]
    async fn no_read_of_http_fills_its_buffer() {
        let (mut theirs, ours) = tokio::io::duplex(64 << 10);
        let mut wiped = Wiped::below_http(ours, Activity::begin());
        theirs.write_all(&[7; 2 * WHOLE]).await.unwrap();
        let mut memory = vec![0; WHOLE];
        let read = poll_fn(|cx| {
            let mut buffer = ReadBuf::new(&mut memory);
            let outcome = Pin::new(&mut wiped).poll_read(cx, &mut buffer);
            outcome.map(|read| read.map(|()| buffer.filled().len()))
        });
        assert_eq!(read.await.unwrap(), WHOLE - 1);
    }
}
