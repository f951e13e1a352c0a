//! What follows the at sign.

use bonafide_context::Sensitive;
use zeroize::Zeroizing;

use super::Standing;
use super::address::Domain;
use super::literal;
use super::space::{Cursor, NoAddress, Part, is_atom};

/// RFC 1035: octets of a label, and of a name.
const LONGEST_LABEL: usize = 63;
const LONGEST_NAME: usize = 255;

/// The domain to the end of the text, and how many bytes it takes in ASCII.
pub(super) fn domain(cursor: &mut Cursor<'_>) -> Part<(Domain, usize)> {
    if cursor.skip_comments()? {
        cursor.at_best(Standing::Obsolete);
    }
    let read = if cursor.eat('[') { literal(cursor)? } else { name(cursor)? };
    cursor.skip_comments()?;
    if cursor.rest().is_empty() { Ok(read) } else { Err(NoAddress) }
}

/// A name: labels with dots between them.
fn name(cursor: &mut Cursor<'_>) -> Part<(Domain, usize)> {
    let mut written = Zeroizing::new(String::with_capacity(cursor.rest().len()));
    loop {
        let label = cursor.take_while(is_atom);
        if label.is_empty() || label.starts_with('-') || label.ends_with('-') {
            return Err(NoAddress);
        }
        written.push_str(label);
        // White space behind the last label is a comment like any other, before a dot
        // it is a relic.
        let spaced = cursor.skip_comments()?;
        if !cursor.eat('.') {
            break;
        }
        let spaced = cursor.skip_comments()? || spaced;
        if spaced {
            cursor.at_best(Standing::Obsolete);
        }
        written.push('.');
    }
    let ascii = to_ascii(&written, cursor)?;
    let host = |label: &str| label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    let labels = || ascii.split('.');
    if !labels().all(host)
        || labels().any(|label| label.len() > LONGEST_LABEL)
        || ascii.len() > LONGEST_NAME
    {
        cursor.at_best(Standing::HeaderOnly);
    }
    let numeric = |label: &str| label.bytes().all(|b| b.is_ascii_digit());
    if labels().count() == 1 || labels().next_back().is_some_and(numeric) {
        cursor.at_best(Standing::Unusual);
    }
    let length = ascii.len();
    let (unicode, _) = idna::domain_to_unicode(&ascii);
    let unicode = Sensitive::new(unicode);
    Ok((Domain::Name { ascii: Sensitive::new(std::mem::take(&mut *{ ascii })), unicode }, length))
}

/// The name as the domain name system knows it: lower case, and labels beyond ASCII in
/// their ASCII form (RFC 5891 by way of UTS #46).
fn to_ascii(written: &str, cursor: &mut Cursor<'_>) -> Part<Zeroizing<String>> {
    if written.is_ascii() {
        return Ok(Zeroizing::new(written.to_ascii_lowercase()));
    }
    match idna::domain_to_ascii_cow(written.as_bytes(), idna::AsciiDenyList::EMPTY) {
        Ok(ascii) if ascii.is_ascii() && !ascii.is_empty() => {
            let ascii = Zeroizing::new(ascii.into_owned());
            // A dot of another script (U+3002 and its kin) makes labels of one.
            if ascii.split('.').any(str::is_empty) {
                return Err(NoAddress);
            }
            Ok(ascii)
        }
        _ => {
            cursor.at_best(Standing::Invalid);
            Err(NoAddress)
        }
    }
}

/// A literal, up to and with the closing bracket.
fn literal(cursor: &mut Cursor<'_>) -> Part<(Domain, usize)> {
    let mut content = Zeroizing::new(String::with_capacity(cursor.rest().len()));
    let mut plain = true;
    loop {
        match cursor.peek().ok_or(NoAddress)? {
            ']' => {
                cursor.next();
                break;
            }
            '[' | '\0' | '\n' => return Err(NoAddress),
            '\\' => {
                cursor.next();
                content.push(cursor.escaped()?);
                plain = false;
            }
            ' ' | '\t' | '\r' => {
                cursor.fold()?;
                content.push(' ');
                plain = false;
            }
            sign => {
                plain &= ('!'..='~').contains(&sign);
                cursor.next();
                content.push(sign);
            }
        }
    }
    let address = plain && literal::is_address(&content);
    cursor.at_best(if address { Standing::Unusual } else { Standing::HeaderOnly });
    Ok((Domain::Literal, content.len() + 2))
}
