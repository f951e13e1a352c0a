//! The numbering plans of the world, by libphonenumber's metadata.

use bonafide_context::Sensitive;
use rlibphonenumber::{
    NumberLengthType, ParseError, PhoneNumber, PhoneNumberType, PhoneNumberUtil, Region,
    get_national_significant_number_owned,
};
use zeroize::Zeroizing;

use super::patterns::{fictional, repeated, sequential};
use super::written::Written;
use crate::request::{LONGEST, Phone};
use crate::signals::{LineType, PhoneSignals};
use crate::tables::{Prefixes, Tables};
use crate::{Absent, Listed, Reason, RegionCode, Signal};

/// Which metadata the library carries: that of libphonenumber 9.0.42, as the notes of its
/// pinned version (2.2.15) say.
pub(crate) const PHONE_METADATA: &str = "9.0.42";

/// The numbering plans, as the library carries them.
pub(crate) struct PhonePlan(PhoneNumberUtil);

/// Why there are no numbering plans.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the numbering plans of this build cannot be read: build it anew")]
pub struct PhoneError;

/// What was made of a number.
#[derive(Debug)]
pub(crate) struct ReadPhone(Read);

#[derive(Debug)]
enum Read {
    /// No number at all.
    Unreadable,
    /// A number without a country code, and no region was named.
    NoCountry(Written),
    /// Digits that fit no plan: too few, too many, or a country code that there is not.
    NoPlan(Written),
    /// A number of a plan.
    Number(Box<Planned>),
}

struct Planned {
    written: Written,
    country_code: u16,
    national: Sensitive<String>,
    possible: bool,
    valid: bool,
    region: Option<RegionCode>,
    line_type: LineType,
    example: bool,
}

impl std::fmt::Debug for Planned {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Planned(***)")
    }
}

impl PhonePlan {
    /// The plans of this build.
    pub(crate) fn new() -> Result<Self, PhoneError> {
        PhoneNumberUtil::new().map(Self).map_err(|_| PhoneError)
    }

    /// Reads a number.
    pub(crate) fn read(&self, phone: &Phone) -> ReadPhone {
        let text = phone.number.expose();
        let written = if text.len() <= LONGEST { Written::read(text) } else { None };
        let Some(written) = written else { return ReadPhone(Read::Unreadable) };
        let region = phone.default_region.and_then(|region| Region::try_from(region.as_str()).ok());
        let known = region.filter(|region| self.0.get_country_code_for_region(*region).is_some());
        if !written.is_international() && known.is_none() {
            return ReadPhone(Read::NoCountry(written));
        }
        match self.0.parse(written.dialled.expose(), known) {
            Ok(number) => ReadPhone(self.planned(written, &number)),
            Err(ParseError::NotANumber(_)) => ReadPhone(Read::Unreadable),
            Err(_) => ReadPhone(Read::NoPlan(written)),
        }
    }

    fn planned(&self, written: Written, number: &PhoneNumber) -> Read {
        let Ok(country_code) = u16::try_from(number.country_code) else {
            return Read::NoPlan(written);
        };
        let national = Sensitive::new(get_national_significant_number_owned(number));
        let possible = matches!(
            self.0.is_possible_number_with_reason(number),
            Ok(NumberLengthType::IsPossible)
        );
        let region = self.0.get_region_for_number(number);
        let kind = self.0.get_number_type(number);
        let example = |region: Region| {
            self.0.get_example_number_for_type_and_region(region, kind).is_ok_and(|example| {
                example.country_code == number.country_code
                    && example.national_number == number.national_number
            })
        };
        Read::Number(Box::new(Planned {
            country_code,
            possible,
            valid: self.0.is_valid_number(number),
            region: region.and_then(|region| region.as_region_str().as_str().parse().ok()),
            line_type: line_type(kind),
            example: region.is_some_and(example) || fictional(country_code, national.expose()),
            national,
            written,
        }))
    }
}

fn line_type(of: PhoneNumberType) -> LineType {
    match of {
        PhoneNumberType::FixedLine => LineType::FixedLine,
        PhoneNumberType::Mobile => LineType::Mobile,
        PhoneNumberType::FixedLineOrMobile => LineType::FixedLineOrMobile,
        PhoneNumberType::TollFree => LineType::TollFree,
        PhoneNumberType::PremiumRate => LineType::PremiumRate,
        PhoneNumberType::SharedCost => LineType::SharedCost,
        PhoneNumberType::VoIP => LineType::Voip,
        PhoneNumberType::PersonalNumber => LineType::PersonalNumber,
        PhoneNumberType::Pager => LineType::Pager,
        PhoneNumberType::UAN => LineType::Uan,
        PhoneNumberType::VoiceMail => LineType::Voicemail,
        PhoneNumberType::Unknown => LineType::Unknown,
    }
}

impl ReadPhone {
    /// The number in E.164, if it has a country code.
    pub(crate) fn e164(&self) -> Option<Sensitive<String>> {
        let Read::Number(planned) = &self.0 else { return None };
        let national = planned.national.expose();
        let mut code = planned.country_code.to_string();
        code.insert(0, '+');
        let mut text = Zeroizing::new(String::with_capacity(code.len() + national.len()));
        text.push_str(&code);
        text.push_str(national);
        Some(Sensitive::new(std::mem::take(&mut *text)))
    }

    /// What is known of the number, and why it speaks against it.
    pub(crate) fn signals(&self, tables: &Tables) -> (PhoneSignals, Vec<Reason>) {
        match &self.0 {
            Read::Unreadable => {
                (PhoneSignals::null(Absent::Unreadable), vec![Reason::PhoneUnreadable])
            }
            Read::NoCountry(written) => {
                let mut reasons = Vec::new();
                let mut signals = PhoneSignals::null(Absent::NoCountry);
                written.signals(&mut signals, &mut reasons);
                (signals, reasons)
            }
            Read::NoPlan(written) => {
                let mut reasons = vec![Reason::PhoneImpossible];
                let mut signals = PhoneSignals::null(Absent::NotApplicable);
                written.signals(&mut signals, &mut reasons);
                signals.possible = Signal::Known(false);
                signals.valid = Signal::Known(false);
                (signals, reasons)
            }
            Read::Number(planned) => planned.signals(self.e164().as_ref(), tables),
        }
    }
}

impl Written {
    /// What the way tells in which the number is written.
    fn signals(&self, signals: &mut PhoneSignals, reasons: &mut Vec<Reason>) {
        signals.letters = Signal::Known(self.letters);
        signals.unusual_signs = Signal::Known(self.unusual_signs);
        signals.extension = Signal::Known(self.extension);
        reasons.extend(self.letters.then_some(Reason::PhoneLetters));
        reasons.extend(self.unusual_signs.then_some(Reason::PhoneUnusualSigns));
        reasons.extend(self.extension.then_some(Reason::PhoneExtension));
    }
}

impl Planned {
    fn signals(
        &self,
        e164: Option<&Sensitive<String>>,
        tables: &Tables,
    ) -> (PhoneSignals, Vec<Reason>) {
        let mut signals = PhoneSignals::null(Absent::NotApplicable);
        let mut reasons = Vec::new();
        self.written.signals(&mut signals, &mut reasons);
        let national = self.national.expose();
        let (repeated, sequential) = (repeated(national), sequential(national));
        signals.possible = Signal::Known(self.possible);
        signals.valid = Signal::Known(self.valid);
        signals.country_code = Signal::Known(self.country_code);
        signals.region = Signal::or_null(self.region, Absent::NotInTables);
        signals.line_type = match self.line_type {
            LineType::Unknown => Signal::Null(Absent::NotInTables),
            known => Signal::Known(known),
        };
        signals.example = Signal::Known(self.example);
        signals.repeated_digits = Signal::Known(repeated);
        signals.sequential_digits = Signal::Known(sequential);
        // Of a number that nobody can have, the tables would tell of its neighbours.
        if self.valid {
            let number = e164.and_then(|number| number.expose().strip_prefix('+'));
            let number = number.unwrap_or_default();
            signals.carrier = one(look_up(tables.carriers.as_ref(), number));
            signals.carrier_is_original_assignment = match &signals.carrier {
                Signal::Known(_) => Signal::Known(true),
                Signal::Null(reason) => Signal::Null(*reason),
            };
            signals.area = one(look_up(tables.areas.as_ref(), number));
            signals.time_zones = look_up(tables.phone_time_zones.as_ref(), number);
        }
        reasons.extend(match (self.possible, self.valid) {
            (false, _) => Some(Reason::PhoneImpossible),
            (true, false) => Some(Reason::PhoneInvalid),
            (true, true) => reason_of(self.line_type),
        });
        reasons.extend(self.example.then_some(Reason::PhoneExample));
        reasons.extend(repeated.then_some(Reason::PhoneRepeatedDigits));
        reasons.extend(sequential.then_some(Reason::PhoneSequentialDigits));
        (signals, reasons)
    }
}

/// The names that a table has for a number.
fn look_up(table: Option<&Prefixes>, number: &str) -> Signal<Vec<Listed>> {
    match table {
        None => Signal::Null(Absent::DataNotInstalled),
        Some(table) => {
            let found = table.find(number).map(|names| names.to_vec());
            Signal::or_null(found, Absent::NotInTables)
        }
    }
}

/// The one name of a table that has one a number.
fn one(names: Signal<Vec<Listed>>) -> Signal<Listed> {
    match names {
        Signal::Known(names) => Signal::or_null(names.into_iter().next(), Absent::NotInTables),
        Signal::Null(reason) => Signal::Null(reason),
    }
}

/// What a line of this type gives to think.
fn reason_of(line: LineType) -> Option<Reason> {
    match line {
        LineType::PremiumRate => Some(Reason::PhonePremiumRate),
        LineType::Voip => Some(Reason::PhoneVoip),
        LineType::TollFree
        | LineType::SharedCost
        | LineType::Pager
        | LineType::Uan
        | LineType::Voicemail => Some(Reason::PhoneNoSubscriber),
        LineType::PersonalNumber => Some(Reason::PhonePersonalNumber),
        LineType::FixedLine => Some(Reason::PhoneFixedLine),
        LineType::Mobile | LineType::FixedLineOrMobile | LineType::Unknown => None,
    }
}
