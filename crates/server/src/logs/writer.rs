//! Lines go out on a thread of their own: who reads the log slowly must not
//! hold a request up.

use std::io::Write;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::Duration;

use super::LINES_DROPPED;

/// Lines that may wait to be written.
const WAITING: usize = 4_096;
/// Time for the last lines.
const LAST_WORDS: Duration = Duration::from_secs(2);

enum Message {
    Line(Vec<u8>),
    Flush(SyncSender<()>),
}

/// Hands lines to the thread that writes them.
pub(super) struct Writer(SyncSender<Message>);

impl Writer {
    /// `None` when no thread can be started.
    pub(super) fn start(out: Box<dyn Write + Send>) -> Option<Self> {
        let (sender, receiver) = sync_channel(WAITING);
        let thread = std::thread::Builder::new().name("log".to_owned());
        thread.spawn(move || write(out, &receiver)).ok()?;
        Some(Self(sender))
    }

    /// Writes a line, or drops and counts it when too many wait already.
    pub(super) fn line(&self, line: Vec<u8>) {
        if self.0.try_send(Message::Line(line)).is_err() {
            LINES_DROPPED.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Waits until what was handed over is written, but not for long.
    pub(super) fn flush(&self) {
        let (done, written) = sync_channel(1);
        if self.0.try_send(Message::Flush(done)).is_ok() {
            let _ = written.recv_timeout(LAST_WORDS);
        }
    }
}

fn write(mut out: Box<dyn Write + Send>, messages: &Receiver<Message>) {
    for message in messages {
        // Nobody is left to be told when the log itself cannot be written.
        let _ = match message {
            Message::Line(line) => out.write_all(&line),
            Message::Flush(done) => {
                let flushed = out.flush();
                let _ = done.try_send(());
                flushed
            }
        };
    }
}
