//! The inside of a worker process.

use std::io::IoSlice;
use std::ops::ControlFlow;
use std::os::fd::{AsFd, BorrowedFd};
use std::process::ExitCode;

use rustix::io::{Errno, read, write, writev};

use super::confine::{Bounds, confine};
use super::film::{self, FilmReply};
use super::frame::{self, Reply};
use crate::video::VideoOrder;
use crate::{Decoder, InProcess, Limits};

/// If this process was started as a worker, serves until the pool is gone and
/// gives the code to leave with; `None` in any other process. `main` calls it
/// before anything else, while there is one thread.
pub fn run_if_asked() -> Option<ExitCode> {
    run_if_asked_with(|limits| InProcess { limits })
}

/// As [`run_if_asked`] with another decoder inside: tests put one there that
/// misbehaves.
#[doc(hidden)]
pub fn run_if_asked_with<D: Decoder>(decoder: impl FnOnce(Limits) -> D) -> Option<ExitCode> {
    let Order { parent, bounds, limits, max_video_bytes } = Order::parse(std::env::args().skip(1))?;
    // Standard error is closed to a worker, and a panic is its end.
    std::panic::set_hook(Box::new(|_| {}));
    let decoder = decoder(limits);
    let Ok(isolation) = confine(parent, &bounds) else { return Some(ExitCode::FAILURE) };
    let (stdin, stdout) = (std::io::stdin(), std::io::stdout());
    let pipes = Pipes { from: stdin.as_fd(), to: stdout.as_fd() };
    let served = pipes
        .send(&frame::hello(&isolation), &[])
        .and_then(|()| serve(&pipes, &decoder, limits.max_bytes, max_video_bytes));
    Some(if served.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// What the pool puts on the command line of a worker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Order {
    pub parent: u32,
    pub bounds: Bounds,
    pub limits: Limits,
    /// Bytes of a video.
    pub max_video_bytes: usize,
}

impl Order {
    /// The hidden subcommand.
    const NAME: &str = "worker";

    /// The arguments after the program's name.
    pub(super) fn arguments(&self) -> Vec<String> {
        let Self { parent, bounds, limits, max_video_bytes } = self;
        let numbers = [
            u64::from(*parent),
            bounds.memory,
            bounds.cpu_seconds,
            limits.max_bytes as u64,
            limits.max_pixels,
            u64::from(limits.max_side),
            limits.max_memory,
            *max_video_bytes as u64,
        ];
        let numbers = numbers.iter().map(ToString::to_string);
        std::iter::once(Self::NAME.to_owned()).chain(numbers).collect()
    }

    /// Reads [`Order::arguments`]; `None` if this is something else.
    fn parse(arguments: impl Iterator<Item = String>) -> Option<Self> {
        let mut arguments = arguments.take(10);
        if arguments.next()? != Self::NAME {
            return None;
        }
        let numbers: Vec<u64> = arguments.map(|n| n.parse().ok()).collect::<Option<_>>()?;
        let [parent, memory, cpu_seconds, max_bytes, max_pixels, max_side, max_memory, video] =
            *numbers.as_array()?;
        Some(Self {
            parent: parent.try_into().ok()?,
            bounds: Bounds { memory, cpu_seconds },
            limits: Limits {
                max_bytes: max_bytes.try_into().ok()?,
                max_pixels,
                max_side: max_side.try_into().ok()?,
                max_memory,
            },
            max_video_bytes: video.try_into().ok()?,
        })
    }
}

/// Answers requests until the pool closes the pipe.
fn serve(
    pipes: &Pipes<'_>,
    decoder: &impl Decoder,
    max_bytes: usize,
    max_video_bytes: usize,
) -> Result<(), Errno> {
    let mut bytes = Vec::new();
    while pipes.receive(&mut bytes, frame::REQUEST)? {
        let header = bytes.first_chunk().ok_or(Errno::INVAL)?;
        let (sequence, length, order) = frame::parse_request(header);
        let order = film::parse_order(&order, max_video_bytes).map_err(|_| Errno::INVAL)?;
        let most = if order.is_some() { max_video_bytes } else { max_bytes };
        let length = usize::try_from(length).ok().filter(|n| *n <= most);
        if !pipes.receive(&mut bytes, length.ok_or(Errno::INVAL)?)? {
            break;
        }
        if let Some(order) = order {
            show(pipes, decoder, sequence, &bytes, &order)?;
            continue;
        }
        match decoder.decode(&bytes) {
            Ok(decoded) => {
                let (picture, facts) = (&decoded.picture, decoded.facts);
                let (width, height) = (picture.width(), picture.height());
                let reply = Reply::Picture { facts, width, height, length: picture.bytes().len() };
                pipes.send(&frame::reply(sequence, &reply), picture.bytes())?;
            }
            Err(error) => {
                pipes.send(&frame::reply(sequence, &Reply::Refused(error)), &[])?;
            }
        }
        if bytes.capacity() > KEPT {
            bytes = Vec::new();
        }
    }
    Ok(())
}

/// Answers an order: picture by picture, then how it ended.
fn show(
    pipes: &Pipes<'_>,
    decoder: &impl Decoder,
    sequence: u64,
    bytes: &[u8],
    order: &VideoOrder,
) -> Result<(), Errno> {
    let mut sent = Ok(());
    let shown = decoder.video(bytes, order, &mut |filmed| {
        let (picture, index, at_us) = (&filmed.picture, filmed.index, filmed.at_us);
        let (width, height) = (picture.width(), picture.height());
        let head = film::reply(sequence, &FilmReply::Picture { index, at_us, width, height });
        sent = pipes.send(&head, picture.bytes());
        if sent.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    });
    sent?;
    let last = match shown {
        Ok(Some(facts)) => FilmReply::End(facts),
        // Nothing here breaks off but a pipe.
        Ok(None) => return Err(Errno::PIPE),
        Err(error) => FilmReply::Refused(error),
    };
    pipes.send(&film::reply(sequence, &last), &[])
}

/// Bytes of the receiving buffer that are kept for the next request.
const KEPT: usize = 1 << 20;

/// Standard input and output without the buffers of the standard library.
struct Pipes<'a> {
    from: BorrowedFd<'a>,
    to: BorrowedFd<'a>,
}

impl Pipes<'_> {
    /// Replaces `bytes` by the next `length` ones; false if the pipe ends.
    fn receive(&self, bytes: &mut Vec<u8>, length: usize) -> Result<bool, Errno> {
        bytes.clear();
        bytes.try_reserve_exact(length).map_err(|_| Errno::NOMEM)?;
        bytes.resize(length, 0);
        let mut filled = 0;
        while let Some(rest) = bytes.get_mut(filled..).filter(|rest| !rest.is_empty()) {
            match read(self.from, rest) {
                Ok(0) => return Ok(false),
                Ok(n) => filled += n,
                Err(Errno::INTR) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(true)
    }

    /// Writes a header and what follows it.
    fn send(&self, header: &[u8], mut body: &[u8]) -> Result<(), Errno> {
        // In one call, so that the pool wakes up once. A pipe takes a header
        // whole or not at all.
        let sent = loop {
            match writev(self.to, &[IoSlice::new(header), IoSlice::new(body)]) {
                Err(Errno::INTR) => {}
                sent => break sent?,
            }
        };
        body = body.get(sent.saturating_sub(header.len())..).unwrap_or(&[]);
        while !body.is_empty() {
            match write(self.to, body) {
                Ok(n) => body = body.get(n..).unwrap_or(&[]),
                Err(Errno::INTR) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_is_read_as_it_was_given_and_nothing_else_is_one() {
        let bounds = Bounds { memory: 1 << 30, cpu_seconds: 60 };
        let limits = Limits::default();
        let order = Order { parent: 42, bounds, limits, max_video_bytes: 1 << 20 };
        assert_eq!(Order::parse(order.arguments().into_iter()), Some(order));
        let others: [&[&str]; 4] = [
            &[],
            &["worker"],
            &["serve", "1", "2", "3", "4", "5", "6", "7", "8"],
            &["worker", "--help"],
        ];
        for other in others {
            assert_eq!(Order::parse(other.iter().map(ToString::to_string)), None);
        }
        let more = order.arguments().into_iter().chain(["8".to_owned()]);
        assert_eq!(Order::parse(more), None);
    }
}
