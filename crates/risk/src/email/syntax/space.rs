//! Comments and white space, and the signs under the cursor.

use super::Standing;

/// No address: the reading stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NoAddress;

/// What reading a part gives.
pub(super) type Part<T> = Result<T, NoAddress>;

/// A text, how far it was read, and the worst that was met.
pub(super) struct Cursor<'t> {
    rest: &'t str,
    pub(super) standing: Standing,
}

impl<'t> Cursor<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { rest: text, standing: Standing::Ordinary }
    }

    /// The next sign.
    pub(super) fn peek(&self) -> Option<char> {
        self.rest.chars().next()
    }

    /// Takes the next sign.
    pub(super) fn next(&mut self) -> Option<char> {
        let mut signs = self.rest.chars();
        let sign = signs.next()?;
        self.rest = signs.as_str();
        Some(sign)
    }

    /// Takes the next sign if it is this one.
    pub(super) fn eat(&mut self, sign: char) -> bool {
        let is = self.peek() == Some(sign);
        if is {
            self.next();
        }
        is
    }

    /// Takes signs for as long as they are of a kind.
    pub(super) fn take_while(&mut self, of: impl Fn(char) -> bool) -> &'t str {
        let length = self.rest.find(|sign| !of(sign)).unwrap_or(self.rest.len());
        let (taken, rest) = self.rest.split_at(length);
        self.rest = rest;
        taken
    }

    /// What is left.
    pub(super) fn rest(&self) -> &'t str {
        self.rest
    }

    /// The address stands no better than this.
    pub(super) fn at_best(&mut self, standing: Standing) {
        self.standing = self.standing.max(standing);
    }

    /// Skips comments and white space; whether there were any.
    pub(super) fn skip_comments(&mut self) -> Part<bool> {
        let before = self.rest.len();
        loop {
            match self.peek() {
                Some(' ' | '\t' | '\r') => self.fold()?,
                Some('(') => self.comment()?,
                _ => return Ok(self.rest.len() != before),
            }
        }
    }

    /// Folding white space: spaces and tabs, and line ends that spaces follow.
    pub(super) fn fold(&mut self) -> Part<()> {
        let mut lines = 0;
        loop {
            let space = self.take_while(|sign| matches!(sign, ' ' | '\t'));
            if lines > 0 && space.is_empty() {
                return Err(NoAddress);
            }
            if !self.eat('\r') {
                break;
            }
            if !self.eat('\n') {
                return Err(NoAddress);
            }
            lines += 1;
        }
        self.at_best(if lines > 1 { Standing::Obsolete } else { Standing::Commented });
        Ok(())
    }

    /// A comment, with comments inside; read without recursion, so that a text of
    /// opening brackets costs no stack.
    fn comment(&mut self) -> Part<()> {
        let mut open = 0usize;
        loop {
            match self.peek() {
                Some(' ' | '\t' | '\r') => {
                    self.fold()?;
                    continue;
                }
                Some('(') => open += 1,
                Some(')') => open -= 1,
                Some('\\') => {
                    self.next();
                    self.escaped()?;
                    continue;
                }
                Some(sign) if is_old_control(sign) => self.at_best(Standing::Obsolete),
                None | Some('\0' | '\n') => return Err(NoAddress),
                Some(_) => {}
            }
            self.next();
            if open == 0 {
                self.at_best(Standing::Commented);
                return Ok(());
            }
        }
    }

    /// The sign behind a backslash.
    pub(super) fn escaped(&mut self) -> Part<char> {
        let sign = self.next().ok_or(NoAddress)?;
        match sign {
            ' '..='~' | '\t' => Ok(sign),
            '\0'..='\u{7f}' => {
                self.at_best(Standing::Obsolete);
                Ok(sign)
            }
            _ => Err(NoAddress),
        }
    }
}

/// Control characters that RFC 5322 takes from old messages.
pub(super) fn is_old_control(sign: char) -> bool {
    matches!(sign, '\u{1}'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{7f}')
}

/// Signs of an atom: RFC 5322's, and beyond ASCII RFC 6531's.
pub(super) fn is_atom(sign: char) -> bool {
    match sign {
        'a'..='z' | 'A'..='Z' | '0'..='9' => true,
        '!' | '#' | '$' | '%' | '&' | '\'' | '*' | '+' | '-' | '/' | '=' | '?' | '^' | '_'
        | '`' | '{' | '|' | '}' | '~' => true,
        sign => !sign.is_ascii(),
    }
}
