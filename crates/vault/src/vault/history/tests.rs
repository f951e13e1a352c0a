//! Destructions are in the log, once each, whatever fails.

mod killed;
mod logged;
mod told;
