//! An address as a whole, and the name before the at sign.

use bonafide_context::Sensitive;
use zeroize::Zeroizing;

use super::Standing;
use super::domain;
use super::space::{Cursor, NoAddress, Part, is_atom, is_old_control};

/// More bytes than these no mail server takes (RFC 5321, 4.5.3.1; errata 1690).
const LONGEST_LOCAL: usize = 64;
const LONGEST_PATH: usize = 254;

/// An address, read.
#[derive(Debug)]
pub(crate) struct Address {
    /// How far it keeps to the rules.
    pub(crate) standing: Standing,
    /// The name, without quotes and escapes.
    pub(crate) local: Sensitive<String>,
    /// What follows the at sign.
    pub(crate) domain: Domain,
}

/// What follows the at sign.
#[derive(Debug)]
pub(crate) enum Domain {
    /// A name in ASCII, lower case, without white space, and whether it was written
    /// beyond ASCII or in the form of such names.
    Name {
        /// As the domain name system knows it.
        ascii: Sensitive<String>,
        /// As people read it.
        unicode: Sensitive<String>,
    },
    /// An address in numbers or something else in square brackets.
    Literal,
}

/// Reads an address; `None` if it is none.
pub(crate) fn parse(text: &str) -> Option<Address> {
    let mut cursor = Cursor::new(text);
    let (local, raw) = local(&mut cursor).ok()?;
    let (domain, domain_length) = domain::domain(&mut cursor).ok()?;
    if raw > LONGEST_LOCAL || raw + 1 + domain_length > LONGEST_PATH {
        cursor.at_best(Standing::HeaderOnly);
    }
    let standing = cursor.standing;
    (standing != Standing::Invalid).then_some(Address { standing, local, domain })
}

/// The name and the at sign behind it; and how many bytes it takes as it is written,
/// comments left out.
fn local(cursor: &mut Cursor<'_>) -> Part<(Sensitive<String>, usize)> {
    let mut name = Zeroizing::new(String::with_capacity(cursor.rest().len()));
    let (mut raw, mut words, mut quoted) = (0, 0, 0);
    let mut spaced = false;
    cursor.skip_comments()?;
    loop {
        let before = cursor.rest().len();
        if cursor.eat('"') {
            quoted += 1;
            quoted_string(cursor, &mut name)?;
        } else {
            let atom = cursor.take_while(is_atom);
            if atom.is_empty() {
                return Err(NoAddress);
            }
            name.push_str(atom);
        }
        words += 1;
        raw += before - cursor.rest().len();
        spaced |= cursor.skip_comments()?;
        if cursor.eat('@') {
            break;
        }
        if !cursor.eat('.') {
            return Err(NoAddress);
        }
        name.push('.');
        raw += 1;
        spaced |= cursor.skip_comments()?;
    }
    match (words, quoted) {
        (_, 0) => {}
        (1, _) => cursor.at_best(Standing::Unusual),
        _ => cursor.at_best(Standing::Obsolete),
    }
    if spaced {
        cursor.at_best(Standing::Obsolete);
    }
    Ok((Sensitive::new(std::mem::take(&mut *name)), raw))
}

/// A quoted name, up to and with the closing quote.
fn quoted_string(cursor: &mut Cursor<'_>, name: &mut String) -> Part<()> {
    loop {
        match cursor.peek().ok_or(NoAddress)? {
            '"' => {
                cursor.next();
                return Ok(());
            }
            '\\' => {
                cursor.next();
                name.push(cursor.escaped()?);
            }
            // RFC 5321 has the space among the signs of a quoted name, not the tab and
            // not the line end.
            ' ' => {
                cursor.next();
                name.push(' ');
            }
            '\t' | '\r' => {
                cursor.fold()?;
                name.push(' ');
            }
            '\0' | '\n' => return Err(NoAddress),
            sign => {
                if is_old_control(sign) {
                    cursor.at_best(Standing::Obsolete);
                }
                cursor.next();
                name.push(sign);
            }
        }
    }
}
