//! The pool's side of one worker process.

use std::io::IoSlice;
use std::ops::ControlFlow;
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

use bonafide_context::Clock;
use rustix::buffer::spare_capacity;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{OFlags, fcntl_setfl};
use rustix::io::{Errno, read, writev};

use super::film::{self, FilmReply, SoFar};
use super::frame::{self, Reply};
use super::serve::Order;
use crate::video::{Filmed, VideoError, VideoFacts, VideoOrder};
use crate::worker::Isolation;
use crate::{DecodeError, Decoded, Limits, Picture};

/// Why a worker is of no use any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Failure {
    /// It is gone, or closed its end.
    Died,
    /// It did not answer in time.
    TooSlow,
    /// It sent what no honest worker sends.
    Misbehaved,
}

/// When to give up.
#[derive(Clone, Copy)]
pub(super) struct Deadline<'a> {
    clock: &'a dyn Clock,
    at: Duration,
}

impl<'a> Deadline<'a> {
    pub(super) fn after(clock: &'a dyn Clock, time_out: Duration) -> Self {
        Self { clock, at: clock.elapsed() + time_out }
    }

    /// Time left, `None` once it is over.
    pub(super) fn left(&self) -> Option<Duration> {
        self.at.checked_sub(self.clock.elapsed()).filter(|left| !left.is_zero())
    }
}

/// A running worker process. Dropping it kills the process and waits for it.
#[derive(Debug)]
pub(super) struct Process {
    child: Child,
    to: ChildStdin,
    from: ChildStdout,
    sequence: u64,
}

/// Bytes that a pipe should hold: enough that both sides copy at their own
/// pace, little enough to stay in the cache between them.
const PIPE_BYTES: usize = 256 << 10;

/// All that a worker's environment holds: its allocator asks for large pages,
/// which halves the page faults of a large picture. Others do not read it.
const ENVIRONMENT: [(&str, &str); 1] = [("GLIBC_TUNABLES", "glibc.malloc.hugetlb=1")];

impl Process {
    /// Starts `program` as a worker and waits until it has confined itself.
    /// The thread that calls this must live as long as the process: its death
    /// is what kills the process.
    pub(super) fn start(
        program: &Path,
        order: &Order,
        deadline: &Deadline<'_>,
    ) -> Result<(Self, Isolation), std::io::Error> {
        let mut child = Command::new(program)
            .arg0("bonafide-worker")
            .args(order.arguments())
            .env_clear()
            .envs(ENVIRONMENT)
            .current_dir("/")
            // Ctrl-C in a terminal goes to the whole group; calls under way
            // are to be finished.
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let (Some(to), Some(from)) = (child.stdin.take(), child.stdout.take()) else {
            child.kill()?;
            child.wait()?;
            return Err(std::io::Error::other("a worker came up without its pipes"));
        };
        let process = Self { child, to, from, sequence: 0 };
        for end in [process.to.as_fd(), process.from.as_fd()] {
            fcntl_setfl(end, OFlags::NONBLOCK)?;
            // A wish: an ordinary user's pipes share a bound of the system.
            let _ = rustix::pipe::fcntl_setpipe_size(end, PIPE_BYTES);
        }
        let hello = process.receive(frame::HELLO, deadline);
        let isolation = hello.and_then(|hello| {
            let hello = hello.first_chunk().ok_or(Failure::Misbehaved)?;
            frame::parse_hello(hello).map_err(|_| Failure::Misbehaved)
        });
        match isolation {
            Ok(isolation) => Ok((process, isolation)),
            Err(failure) => {
                Err(std::io::Error::other(format!("a worker did not come up: {failure:?}")))
            }
        }
    }

    /// Number of the process.
    pub(super) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Whether nothing is waiting to be read that nobody asked for, and the
    /// other end is there. What lies here would be taken for the next answer.
    pub(super) fn is_quiet(&self) -> bool {
        matches!(read(&self.from, &mut [0u8; 1]), Err(Errno::AGAIN))
    }

    /// Memory in use, in bytes; 0 if the system does not say.
    pub(super) fn resident_bytes(&self) -> u64 {
        let statm = std::fs::read_to_string(format!("/proc/{}/statm", self.id()));
        let pages = statm.unwrap_or_default();
        let pages = pages.split(' ').nth(1).and_then(|pages| pages.parse::<u64>().ok());
        pages.unwrap_or(0).saturating_mul(rustix::param::page_size() as u64)
    }

    /// One request and its answer. After a [`Failure`] the process is in an
    /// unknown state and has to go.
    pub(super) fn decode(
        &mut self,
        bytes: &[u8],
        limits: &Limits,
        deadline: &Deadline<'_>,
    ) -> Result<Result<Decoded, DecodeError>, Failure> {
        self.sequence += 1;
        let asked = frame::request(self.sequence, bytes.len() as u64, &[0; film::ORDER]);
        self.send(&asked, bytes, deadline)?;
        let header = self.receive(frame::REPLY, deadline)?;
        let header = header.first_chunk().ok_or(Failure::Misbehaved)?;
        let reply = Reply::parse(header, self.sequence, limits).map_err(|_| Failure::Misbehaved)?;
        match reply {
            Reply::Refused(error) => Ok(Err(error)),
            Reply::Picture { facts, width, height, length } => {
                let rgb = self.receive(length, deadline)?;
                let picture = Picture::new(width, height, rgb).map_err(|_| Failure::Misbehaved)?;
                Ok(Ok(Decoded { picture, facts }))
            }
        }
    }

    /// An order for frames of a video and the answers to it. `left` is how long the
    /// worker may take in all; what `each` takes does not count. Afterwards the
    /// process has to go, whatever came of it.
    pub(super) fn video(
        &mut self,
        bytes: &[u8],
        order: &VideoOrder,
        clock: &dyn Clock,
        left: &mut Duration,
        each: &mut dyn FnMut(Filmed) -> ControlFlow<()>,
    ) -> Result<Result<Option<VideoFacts>, VideoError>, Failure> {
        self.sequence += 1;
        let asked = frame::request(self.sequence, bytes.len() as u64, &film::order(order));
        let mut begun = clock.elapsed();
        self.send(&asked, bytes, &Deadline { clock, at: begun + *left })?;
        let mut so_far = SoFar::default();
        loop {
            let deadline = Deadline { clock, at: begun + *left };
            let header = self.receive(frame::REPLY, &deadline)?;
            let header = header.first_chunk().ok_or(Failure::Misbehaved)?;
            let reply = so_far.parse(header, self.sequence, order);
            match reply.map_err(|_| Failure::Misbehaved)? {
                FilmReply::End(facts) => return Ok(Ok(Some(facts))),
                FilmReply::Refused(error) => return Ok(Err(error)),
                FilmReply::Picture { index, at_us, width, height } => {
                    let length = u64::from(width) * u64::from(height) * 3;
                    let length = usize::try_from(length).map_err(|_| Failure::Misbehaved)?;
                    let rgb = self.receive(length, &deadline)?;
                    *left = left.saturating_sub(clock.elapsed().saturating_sub(begun));
                    let picture =
                        Picture::new(width, height, rgb).map_err(|_| Failure::Misbehaved)?;
                    if each(Filmed { index, at_us, picture }).is_break() {
                        return Ok(Ok(None));
                    }
                    begun = clock.elapsed();
                }
            }
        }
    }

    /// Writes all of `header` and `body`.
    fn send(
        &self,
        mut header: &[u8],
        mut body: &[u8],
        deadline: &Deadline<'_>,
    ) -> Result<(), Failure> {
        while !header.is_empty() || !body.is_empty() {
            match writev(&self.to, &[IoSlice::new(header), IoSlice::new(body)]) {
                Ok(sent) => {
                    body = body.get(sent.saturating_sub(header.len())..).unwrap_or(&[]);
                    header = header.get(sent..).unwrap_or(&[]);
                }
                Err(error) => wait(error, self.to.as_fd(), PollFlags::OUT, deadline)?,
            }
        }
        Ok(())
    }

    /// Reads exactly `length` bytes.
    fn receive(&self, length: usize, deadline: &Deadline<'_>) -> Result<Vec<u8>, Failure> {
        let mut bytes = Vec::new();
        // Reserved, not touched: a size that never comes costs no memory.
        bytes.try_reserve_exact(length).map_err(|_| Failure::Misbehaved)?;
        while bytes.len() < length {
            match read(&self.from, spare_capacity(&mut bytes)) {
                Ok(0) => return Err(Failure::Died),
                Ok(_) => {}
                Err(error) => wait(error, self.from.as_fd(), PollFlags::IN, deadline)?,
            }
        }
        // More than asked for, if the reserve was larger, is an answer to
        // nothing.
        if bytes.len() == length { Ok(bytes) } else { Err(Failure::Misbehaved) }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // The child has not been waited for, so its number is still its own.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Waits until `end` is ready, if `error` says that it was not.
fn wait(
    error: Errno,
    end: BorrowedFd<'_>,
    flags: PollFlags,
    deadline: &Deadline<'_>,
) -> Result<(), Failure> {
    match error {
        Errno::INTR => return Ok(()),
        Errno::AGAIN => {}
        _ => return Err(Failure::Died),
    }
    let left = deadline.left().ok_or(Failure::TooSlow)?;
    let left = Timespec::try_from(left).map_err(|_| Failure::TooSlow)?;
    match poll(&mut [PollFd::from_borrowed_fd(end, flags)], Some(&left)) {
        Ok(0) => Err(Failure::TooSlow),
        Ok(_) | Err(Errno::INTR) => Ok(()),
        Err(_) => Err(Failure::Died),
    }
}
