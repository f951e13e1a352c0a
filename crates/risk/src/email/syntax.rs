//! The syntax of addresses: RFC 5321 (what mail can be sent to), RFC 5322 (what a
//! header may hold), and RFC 6531 (both beyond ASCII).

mod address;
mod domain;
mod literal;
mod space;

pub(crate) use address::{Address, Domain, parse};

use crate::names::named;

named! {
    /// How far a text keeps to the rules of addresses, the best first. An address is
    /// what the worst of its parts is.
    Standing {
        /// What people are given: a name with dots at a domain with two labels or more.
        Ordinary = "ordinary",
        /// RFC 5321 allows it, and nobody is given it: a quoted name, an address in
        /// numbers, a domain of one label or with a number for a top level.
        Unusual = "unusual",
        /// RFC 5322 allows it in headers: with comments or white space.
        Commented = "commented",
        /// RFC 5322 takes it from old messages: white space around dots and the at sign,
        /// control characters, quoted parts of a name.
        Obsolete = "obsolete",
        /// RFC 5322 allows it and RFC 5321 does not: too long, a literal that is no
        /// address, signs in the domain that no host name has.
        HeaderOnly = "header_only",
        /// No address at all.
        Invalid = "invalid",
    }
}

#[cfg(test)]
mod tests;
