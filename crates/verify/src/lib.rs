//! One verification: from what was read, compared and checked to a decision.
//!
//! [`decide`] is the whole of it for now: a pure function, so that the rule can
//! be read in one place and tested without a camera. The state machine around
//! it comes with the server.

mod decide;

pub use decide::{Decision, Evidence, Reason, Rules, Verdict, decide};
