//! The layouts: which field stands where, and which characters it may hold.

use super::check::Check;

/// An MRZ format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    /// Card, three lines of 30 (Doc 9303-5).
    Td1,
    /// Card or sheet, two lines of 36 (Doc 9303-6).
    Td2,
    /// Passport book, two lines of 44 (Doc 9303-4).
    Td3,
    /// Visa, two lines of 44 (Doc 9303-7).
    MrvA,
    /// Visa, two lines of 36 (Doc 9303-7).
    MrvB,
    /// French national identity card of 1988 to 2021, two lines of 36.
    FrenchId,
}

impl Format {
    /// Every format.
    pub const ALL: [Self; 6] =
        [Self::Td1, Self::Td2, Self::Td3, Self::MrvA, Self::MrvB, Self::FrenchId];

    /// The name used in answers: `TD1`, `TD2`, `TD3`, `MRVA`, `MRVB`, `FRA`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Td1 => "TD1",
            Self::Td2 => "TD2",
            Self::Td3 => "TD3",
            Self::MrvA => "MRVA",
            Self::MrvB => "MRVB",
            Self::FrenchId => "FRA",
        }
    }

    /// How many lines it has.
    pub fn lines(self) -> usize {
        self.layout().lines
    }

    /// How many characters each line has.
    pub fn width(self) -> usize {
        self.layout().width
    }

    /// The check digits it has, in the order of the zone.
    pub fn checks(self) -> impl Iterator<Item = Check> {
        self.layout().checks.iter().map(|rule| rule.check)
    }

    pub(super) fn layout(self) -> &'static Layout {
        match self {
            Self::Td1 => &TD1,
            Self::Td2 => &TD2,
            Self::Td3 => &TD3,
            Self::MrvA => &MRV_A,
            Self::MrvB => &MRV_B,
            Self::FrenchId => &FRENCH_ID,
        }
    }
}

/// A field of the zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// Document code, two characters.
    DocumentCode,
    /// Issuing state or organisation.
    Issuer,
    /// Document number.
    Number,
    /// Nationality.
    Nationality,
    /// Date of birth.
    Birth,
    /// Sex.
    Sex,
    /// Date of expiry.
    Expiry,
    /// Surname and given names, or the surname alone on the French card.
    Name,
    /// Given names, where they have a span of their own (French card).
    GivenNames,
    /// Optional data (on a passport: the personal number).
    Optional,
    /// Second optional data of TD1; the issuing office of the French card.
    Optional2,
    /// A check digit.
    CheckDigit(Check),
}

/// Which characters a position may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    /// `A` to `Z` and `<`.
    Letter,
    /// `0` to `9`; in dates also `<`, for an unknown part.
    Digit,
    /// `A` to `Z`, `0` to `9` and `<`.
    Any,
    /// `M`, `F` and `<`.
    Sex,
}

impl Class {
    /// Whether a character of an exact zone may stand here.
    pub(super) fn admits(self, c: char) -> bool {
        match self {
            Self::Letter => c.is_ascii_uppercase() || c == '<',
            Self::Digit => c.is_ascii_digit() || c == '<',
            Self::Any => c.is_ascii_uppercase() || c.is_ascii_digit() || c == '<',
            Self::Sex => matches!(c, 'M' | 'F' | '<'),
        }
    }
}

/// Where something stands: a line and the columns `start..end` in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) line: usize,
    pub(super) start: usize,
    pub(super) end: usize,
}

impl Span {
    const fn new(line: usize, start: usize, end: usize) -> Self {
        Self { line, start, end }
    }

    /// Number of characters.
    pub(super) fn len(self) -> usize {
        self.end - self.start
    }

    /// Whether it covers this position.
    pub(super) fn covers(self, line: usize, column: usize) -> bool {
        line == self.line && (self.start..self.end).contains(&column)
    }
}

/// A check digit: what it is computed over and where it stands.
#[derive(Debug)]
pub(super) struct Rule {
    pub(super) check: Check,
    pub(super) over: &'static [Span],
    pub(super) digit: Span,
}

/// A format's spans and check digits.
#[derive(Debug)]
pub(super) struct Layout {
    pub(super) lines: usize,
    pub(super) width: usize,
    /// Whether a number of more than nine characters goes on in the optional
    /// data (9303-5 and 9303-6, note j).
    pub(super) long_numbers: bool,
    pub(super) spans: &'static [(Field, Span)],
    pub(super) checks: &'static [Rule],
}

impl Layout {
    /// Where a field stands, if the format has it.
    pub(super) fn span(&self, field: Field) -> Option<Span> {
        if let Field::CheckDigit(check) = field {
            return self.checks.iter().find(|rule| rule.check == check).map(|rule| rule.digit);
        }
        self.spans.iter().find(|(f, _)| *f == field).map(|(_, span)| *span)
    }

    /// The field at a position.
    pub(super) fn field_at(&self, line: usize, column: usize) -> Option<Field> {
        self.checks
            .iter()
            .find(|rule| rule.digit.covers(line, column))
            .map(|rule| Field::CheckDigit(rule.check))
            .or_else(|| {
                self.spans.iter().find(|(_, s)| s.covers(line, column)).map(|(field, _)| *field)
            })
    }

    /// What may stand at a position.
    pub(super) fn class_at(&self, line: usize, column: usize) -> Class {
        match self.field_at(line, column) {
            Some(Field::DocumentCode) if column == 0 => Class::Letter,
            // Some states number their card types (`A3`).
            Some(Field::DocumentCode) => Class::Any,
            Some(Field::Issuer | Field::Nationality | Field::Name | Field::GivenNames) => {
                Class::Letter
            }
            Some(Field::Birth | Field::Expiry | Field::CheckDigit(_)) => Class::Digit,
            Some(Field::Sex) => Class::Sex,
            Some(Field::Number | Field::Optional | Field::Optional2) | None => Class::Any,
        }
    }
}

const fn s(line: usize, start: usize, end: usize) -> Span {
    Span::new(line, start, end)
}

static TD1: Layout = Layout {
    lines: 3,
    width: 30,
    long_numbers: true,
    spans: &[
        (Field::DocumentCode, s(0, 0, 2)),
        (Field::Issuer, s(0, 2, 5)),
        (Field::Number, s(0, 5, 14)),
        (Field::Optional, s(0, 15, 30)),
        (Field::Birth, s(1, 0, 6)),
        (Field::Sex, s(1, 7, 8)),
        (Field::Expiry, s(1, 8, 14)),
        (Field::Nationality, s(1, 15, 18)),
        (Field::Optional2, s(1, 18, 29)),
        (Field::Name, s(2, 0, 30)),
    ],
    checks: &[
        Rule { check: Check::Number, over: &[s(0, 5, 14)], digit: s(0, 14, 15) },
        Rule { check: Check::Birth, over: &[s(1, 0, 6)], digit: s(1, 6, 7) },
        Rule { check: Check::Expiry, over: &[s(1, 8, 14)], digit: s(1, 14, 15) },
        Rule {
            check: Check::Composite,
            over: &[s(0, 5, 30), s(1, 0, 7), s(1, 8, 15), s(1, 18, 29)],
            digit: s(1, 29, 30),
        },
    ],
};

static TD2: Layout = Layout {
    lines: 2,
    width: 36,
    long_numbers: true,
    spans: &[
        (Field::DocumentCode, s(0, 0, 2)),
        (Field::Issuer, s(0, 2, 5)),
        (Field::Name, s(0, 5, 36)),
        (Field::Number, s(1, 0, 9)),
        (Field::Nationality, s(1, 10, 13)),
        (Field::Birth, s(1, 13, 19)),
        (Field::Sex, s(1, 20, 21)),
        (Field::Expiry, s(1, 21, 27)),
        (Field::Optional, s(1, 28, 35)),
    ],
    checks: &[
        Rule { check: Check::Number, over: &[s(1, 0, 9)], digit: s(1, 9, 10) },
        Rule { check: Check::Birth, over: &[s(1, 13, 19)], digit: s(1, 19, 20) },
        Rule { check: Check::Expiry, over: &[s(1, 21, 27)], digit: s(1, 27, 28) },
        Rule {
            check: Check::Composite,
            over: &[s(1, 0, 10), s(1, 13, 20), s(1, 21, 35)],
            digit: s(1, 35, 36),
        },
    ],
};

static TD3: Layout = Layout {
    lines: 2,
    width: 44,
    long_numbers: false,
    spans: &[
        (Field::DocumentCode, s(0, 0, 2)),
        (Field::Issuer, s(0, 2, 5)),
        (Field::Name, s(0, 5, 44)),
        (Field::Number, s(1, 0, 9)),
        (Field::Nationality, s(1, 10, 13)),
        (Field::Birth, s(1, 13, 19)),
        (Field::Sex, s(1, 20, 21)),
        (Field::Expiry, s(1, 21, 27)),
        (Field::Optional, s(1, 28, 42)),
    ],
    checks: &[
        Rule { check: Check::Number, over: &[s(1, 0, 9)], digit: s(1, 9, 10) },
        Rule { check: Check::Birth, over: &[s(1, 13, 19)], digit: s(1, 19, 20) },
        Rule { check: Check::Expiry, over: &[s(1, 21, 27)], digit: s(1, 27, 28) },
        Rule { check: Check::Optional, over: &[s(1, 28, 42)], digit: s(1, 42, 43) },
        Rule {
            check: Check::Composite,
            over: &[s(1, 0, 10), s(1, 13, 20), s(1, 21, 43)],
            digit: s(1, 43, 44),
        },
    ],
};

static MRV_A: Layout = Layout {
    lines: 2,
    width: 44,
    long_numbers: false,
    spans: &[
        (Field::DocumentCode, s(0, 0, 2)),
        (Field::Issuer, s(0, 2, 5)),
        (Field::Name, s(0, 5, 44)),
        (Field::Number, s(1, 0, 9)),
        (Field::Nationality, s(1, 10, 13)),
        (Field::Birth, s(1, 13, 19)),
        (Field::Sex, s(1, 20, 21)),
        (Field::Expiry, s(1, 21, 27)),
        (Field::Optional, s(1, 28, 44)),
    ],
    checks: VISA_CHECKS,
};

static MRV_B: Layout = Layout {
    lines: 2,
    width: 36,
    long_numbers: false,
    spans: &[
        (Field::DocumentCode, s(0, 0, 2)),
        (Field::Issuer, s(0, 2, 5)),
        (Field::Name, s(0, 5, 36)),
        (Field::Number, s(1, 0, 9)),
        (Field::Nationality, s(1, 10, 13)),
        (Field::Birth, s(1, 13, 19)),
        (Field::Sex, s(1, 20, 21)),
        (Field::Expiry, s(1, 21, 27)),
        (Field::Optional, s(1, 28, 36)),
    ],
    checks: VISA_CHECKS,
};

/// Visas have no composite check digit.
static VISA_CHECKS: &[Rule] = &[
    Rule { check: Check::Number, over: &[s(1, 0, 9)], digit: s(1, 9, 10) },
    Rule { check: Check::Birth, over: &[s(1, 13, 19)], digit: s(1, 19, 20) },
    Rule { check: Check::Expiry, over: &[s(1, 21, 27)], digit: s(1, 27, 28) },
];

/// Number = year and month of issue, department, serial number. The composite
/// digit covers both lines, names included. No date of expiry.
static FRENCH_ID: Layout = Layout {
    lines: 2,
    width: 36,
    long_numbers: false,
    spans: &[
        (Field::DocumentCode, s(0, 0, 2)),
        (Field::Issuer, s(0, 2, 5)),
        (Field::Name, s(0, 5, 30)),
        (Field::Optional2, s(0, 30, 36)),
        (Field::Number, s(1, 0, 12)),
        (Field::GivenNames, s(1, 13, 27)),
        (Field::Birth, s(1, 27, 33)),
        (Field::Sex, s(1, 34, 35)),
    ],
    checks: &[
        Rule { check: Check::Number, over: &[s(1, 0, 12)], digit: s(1, 12, 13) },
        Rule { check: Check::Birth, over: &[s(1, 27, 33)], digit: s(1, 33, 34) },
        Rule { check: Check::Composite, over: &[s(0, 0, 36), s(1, 0, 35)], digit: s(1, 35, 36) },
    ],
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_position_of_every_format_has_exactly_one_field() {
        for format in Format::ALL {
            let layout = format.layout();
            for line in 0..layout.lines {
                for column in 0..layout.width {
                    let fields =
                        layout.spans.iter().filter(|(_, span)| span.covers(line, column)).count();
                    let digits =
                        layout.checks.iter().filter(|r| r.digit.covers(line, column)).count();
                    assert_eq!(fields + digits, 1, "{format:?} line {line} column {column}");
                }
            }
        }
    }
}
