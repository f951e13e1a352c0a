//! What the HTTP door and a dialect tell each other about one request.

use std::net::IpAddr;

use crate::CallId;

/// The address of who asks, as the door believes it: the peer's, or what a
/// declared proxy says. In the extensions of every request, beside the
/// [`CallId`] that the call is to be opened with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClientAddress(pub IpAddr);

/// What a dialect says of a request it has answered, in the extensions of the
/// answer. The names are fixed when the program is built, so that metrics and
/// logs can carry them and nothing personal fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answered {
    /// The call that was opened for it, if one was.
    pub call: Option<CallId>,
    /// The interface, such as `documents.read`.
    pub interface: &'static str,
    /// How it ended, such as `ok` or `refused`.
    pub outcome: &'static str,
    /// The code of the error, or of the result; empty where there is none.
    pub code: &'static str,
}

/// In the extensions of an answer: what was sent is to be nowhere once it is
/// answered, not in a buffer of the connection either.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Forget;
