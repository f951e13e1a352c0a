//! The barcode of driving licences and identity cards of the USA and Canada: AAMVA
//! DL/ID card design standard, versions 1 (2000) to 10 (2020), annex D.

use bonafide_context::Date;

use super::{Holder, MOST_TEXT, Order, PayloadError, day, some};
use crate::mrz::Sex;
use crate::number::{Verdict, licence_of};

/// What a barcode says.
#[derive(Clone, PartialEq, Eq)]
pub struct Licence {
    /// Version of the standard, 0 for what was there before the first.
    pub version: u8,
    /// Who issued it: the number of AAMVA's list (`636014`).
    pub issuer: String,
    /// Whether it is an identity card instead of a licence.
    pub identity_card: bool,
    /// State or province of the address (`CA`), which issued it.
    pub region: Option<String>,
    /// The state: `USA` or `CAN`, if it is said.
    pub country: Option<String>,
    /// Who holds it.
    pub holder: Holder,
}

impl Licence {
    /// What the number's form says for this region.
    pub fn number_verdict(&self) -> Verdict {
        match (&self.region, &self.holder.number) {
            (Some(region), Some(number)) => licence_of(region, number),
            _ => Verdict::Unknown,
        }
    }
}

/// Values are personal.
impl std::fmt::Debug for Licence {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Licence(version {}, {})", self.version, self.issuer)
    }
}

/// Reads the text of a barcode.
pub fn parse(text: &str) -> Result<Licence, PayloadError> {
    if text.len() > MOST_TEXT {
        return Err(PayloadError::TooLong);
    }
    let header = Header::read(text)?;
    let body = header.licence(text)?;
    let mut elements = Elements::default();
    for line in body.split(['\n', '\r', '\u{1e}', '\u{1d}', '\0']) {
        elements.take(line);
    }
    let country = elements.get("DCG").filter(|c| c.len() == 3).map(str::to_owned);
    // Canada and the first version write the year first, the others the month. Years
    // begin with 19 or 20, which is no month, so one reading at most is a day.
    let date = |id: &str| -> Option<Date> {
        let text = elements.get(id)?;
        [Order::Month, Order::Year].into_iter().find_map(|order| day(text, order))
    };
    let (surname, given_names) = elements.names();
    let holder = Holder {
        number: elements.get("DAQ").map(|number| number.replace([' ', '-'], "")),
        surname,
        given_names,
        birth: date("DBB"),
        sex: elements.get("DBC").and_then(sex),
        issue: date("DBD"),
        expiry: date("DBA"),
        address: elements.address(),
    };
    if holder.number.is_none() && holder.birth.is_none() && holder.surname.is_none() {
        return Err(PayloadError::Garbled);
    }
    Ok(Licence {
        version: header.version,
        issuer: header.issuer,
        identity_card: header.identity_card,
        region: elements.get("DAJ").filter(|region| region.len() == 2).map(str::to_owned),
        country,
        holder,
    })
}

fn sex(text: &str) -> Option<Sex> {
    match text {
        "1" | "M" => Some(Sex::Male),
        "2" | "F" => Some(Sex::Female),
        "9" | "X" => Some(Sex::Unspecified),
        _ => None,
    }
}

/// Name of the standard, issuer, version, and where the parts lie.
struct Header {
    version: u8,
    issuer: String,
    identity_card: bool,
    /// Where the designators begin.
    designators: usize,
    /// Where the barcode begins in the text.
    start: usize,
}

impl Header {
    fn read(text: &str) -> Result<Self, PayloadError> {
        // `@`, separators, `ANSI ` or `AAMVA`; some scanners lose what cannot be printed.
        let start = text.find('@').ok_or(PayloadError::Foreign)?;
        let (name, found) = ["ANSI ", "ANSI", "AAMVA"]
            .iter()
            .filter_map(|name| Some((name, text[start..].find(name)? + start)))
            .min_by_key(|(name, at)| (*at, std::cmp::Reverse(name.len())))
            .ok_or(PayloadError::Foreign)?;
        if found - start > 8 {
            return Err(PayloadError::Foreign);
        }
        let at = found + name.len();
        let digits = |range: std::ops::Range<usize>| {
            text.get(range).filter(|t| t.bytes().all(|b| b.is_ascii_digit()))
        };
        let issuer = digits(at..at + 6).ok_or(PayloadError::Garbled)?.to_owned();
        let version = digits(at + 6..at + 8).and_then(|t| t.parse().ok());
        let version: u8 = version.ok_or(PayloadError::Garbled)?;
        // The issuer's own version stands there since the second version.
        let designators = at + if version >= 2 { 12 } else { 10 };
        let kind = text.get(designators..designators + 2);
        Ok(Self { version, issuer, identity_card: kind == Some("ID"), designators, start })
    }

    /// The part of the licence: where its designator says, or else behind the last
    /// designator, since issuers count differently.
    fn licence<'a>(&self, text: &'a str) -> Result<&'a str, PayloadError> {
        let mark = if self.identity_card { "ID" } else { "DL" };
        let designator = text.get(self.designators..self.designators + 10);
        let place = designator.filter(|d| d.starts_with(mark)).and_then(|d| {
            let number = |range: std::ops::Range<usize>| d.get(range)?.parse::<usize>().ok();
            Some((self.start + number(2..6)?, number(6..10)?))
        });
        if let Some((offset, length)) = place {
            let part = text.get(offset..(offset + length).min(text.len()));
            if let Some(part) = part.and_then(|part| part.strip_prefix(mark)) {
                return Ok(part);
            }
        }
        let tail = text.get(self.designators..).ok_or(PayloadError::Garbled)?;
        // The first designator is the mark as well; the part is the next one that is
        // followed by an element.
        tail.match_indices(mark)
            .map(|(at, _)| &tail[at + mark.len()..])
            .find(|part| part.get(..3).is_some_and(|id| ELEMENTS.contains(&id)))
            .ok_or(PayloadError::Garbled)
    }
}

/// The elements that are read, by their identifiers.
const ELEMENTS: &[&str] = &[
    "DAA", "DAB", "DAC", "DAD", "DAE", "DAG", "DAH", "DAI", "DAJ", "DAK", "DAL", "DAM", "DAN",
    "DAO", "DAP", "DAQ", "DAR", "DAS", "DAT", "DAU", "DAV", "DAW", "DAX", "DAY", "DAZ", "DBA",
    "DBB", "DBC", "DBD", "DBE", "DBF", "DBG", "DBH", "DBI", "DBJ", "DBK", "DBL", "DBM", "DBN",
    "DBO", "DBP", "DBQ", "DBR", "DBS", "DCA", "DCB", "DCD", "DCE", "DCF", "DCG", "DCH", "DCI",
    "DCJ", "DCK", "DCL", "DCM", "DCN", "DCO", "DCP", "DCQ", "DCR", "DCS", "DCT", "DCU", "DDA",
    "DDB", "DDC", "DDD", "DDE", "DDF", "DDG", "DDH", "DDI", "DDJ", "DDK", "DDL",
];

/// The elements of a barcode.
#[derive(Default)]
struct Elements<'a>(Vec<(&'a str, &'a str)>);

impl<'a> Elements<'a> {
    /// The element of a line, if it is one of those and was not there before.
    fn take(&mut self, line: &'a str) {
        let Some((id, value)) = line.split_at_checked(3) else {
            return;
        };
        let value = value.trim();
        let nothing = matches!(value, "" | "NONE" | "UNAVL" | "unavl" | "none");
        if ELEMENTS.contains(&id) && !nothing && self.get(id).is_none() {
            self.0.push((id, value));
        }
    }

    fn get(&self, id: &str) -> Option<&'a str> {
        self.0.iter().find(|(known, _)| *known == id).map(|(_, value)| *value)
    }

    /// Surname and given names, which every few versions wrote in another way.
    fn names(&self) -> (Option<String>, Option<String>) {
        if let Some(surname) = self.get("DCS").or(self.get("DAB")) {
            let first = self.get("DAC").or(self.get("DCT"));
            let given: Vec<&str> = first
                .into_iter()
                .flat_map(|first| first.split(','))
                .chain(self.get("DAD"))
                .map(str::trim)
                .filter(|part| !part.is_empty())
                .collect();
            return (some(&surname.replace(',', " ")), some(&given.join(" ")));
        }
        // All in one, surname first.
        let Some(whole) = self.get("DAA") else {
            return (None, None);
        };
        let mut parts = whole.split([',', '$']).map(str::trim).filter(|part| !part.is_empty());
        let surname = parts.next().and_then(some);
        (surname, some(&parts.collect::<Vec<_>>().join(" ")))
    }

    fn address(&self) -> Option<String> {
        let parts = ["DAG", "DAH", "DAI", "DAJ", "DAK"].map(|id| self.get(id));
        let old = ["DAL", "DAM", "DAN", "DAO", "DAP"].map(|id| self.get(id));
        let parts = if parts.iter().any(Option::is_some) { parts } else { old };
        some(&parts.into_iter().flatten().collect::<Vec<_>>().join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const CALIFORNIA: &str = "@\n\u{1e}\rANSI 636014040002DL00410288ZC03290015DLDAQI1234562\nDCSSAMPLE\nDDEN\nDACJOHN\nDDFN\nDADMICHAEL\nDDGN\nDCAC\nDCBNONE\nDCDNONE\nDBD08222019\nDBB01151990\nDBA08222031\nDBC1\nDAU070 in\nDAYBRO\nDAG123 MAIN ST\nDAIANYTOWN\nDAJCA\nDAK902230000  \nDCF00/00/0000NNNAN/ANFD/YY\nDCGUSA\n";
    const ONTARIO: &str = "@\n\u{1e}\rANSI 636012030001DL00000000DLDCSTREMBLAY\nDCTJEAN,PIERRE\nDAQT12345678901234\nDBB19850529\nDBA20300915\nDBD20250915\nDBC1\nDAG12 RUE X\nDAITORONTO\nDAJON\nDAKM5V2T6     \nDCGCAN\nDCFABC123\n";
    const FIRST: &str = "@\n\u{1e}\rAAMVA6360000102DL00390187ZV02260032DLDAAPUBLIC,JOHN,Q\nDAG2345 ANYWHERE STREET\nDAIYOUR CITY\nDAJVA\nDAK123456789\nDAQA12345678\nDBA20301231\nDBB19600101\nDBC1\n";

    #[test]
    fn a_licence_of_version_four() {
        let licence = parse(CALIFORNIA).unwrap();
        assert_eq!((licence.version, licence.issuer.as_str()), (4, "636014"));
        assert_eq!(licence.region.as_deref(), Some("CA"));
        assert!(!licence.identity_card && licence.number_verdict().decoded().is_some());
        let holder = licence.holder;
        assert_eq!(holder.number.as_deref(), Some("I1234562"));
        assert_eq!(holder.surname.as_deref(), Some("SAMPLE"));
        assert_eq!(holder.given_names.as_deref(), Some("JOHN MICHAEL"));
        assert_eq!(holder.birth, Date::new(1990, 1, 15).ok());
        assert_eq!(holder.issue, Date::new(2019, 8, 22).ok());
        assert_eq!(holder.expiry, Date::new(2031, 8, 22).ok());
        assert_eq!(holder.sex, Some(Sex::Male));
        assert_eq!(holder.address.as_deref(), Some("123 MAIN ST, ANYTOWN, CA, 902230000"));
    }

    #[test]
    fn canada_writes_the_year_first() {
        let licence = parse(ONTARIO).unwrap();
        assert_eq!(licence.country.as_deref(), Some("CAN"));
        assert_eq!(licence.holder.birth, Date::new(1985, 5, 29).ok());
        assert_eq!(licence.holder.given_names.as_deref(), Some("JEAN PIERRE"));
        assert!(licence.number_verdict().decoded().is_some());
        let silent = ONTARIO.replace("DCGCAN\n", "");
        assert_eq!(parse(&silent).unwrap().holder.expiry, Date::new(2030, 9, 15).ok());
    }

    #[test]
    fn the_first_version_has_one_name() {
        let holder = parse(FIRST).unwrap().holder;
        assert_eq!(holder.surname.as_deref(), Some("PUBLIC"));
        assert_eq!(holder.given_names.as_deref(), Some("JOHN Q"));
        assert_eq!(holder.birth, Date::new(1960, 1, 1).ok());
        assert_eq!(holder.number.as_deref(), Some("A12345678"));
    }

    #[test]
    fn every_version_is_read() {
        for version in 2..=10 {
            let header = format!("@\n\u{1e}\rANSI 636014{version:02}0001ID00310000ID");
            let text = format!(
                "{header}DAQI1234562\nDCSSAMPLE\nDACJOHN\nDBB01151990\nDBC2\nDAJCA\nDCGUSA\r"
            );
            let licence = parse(&text).unwrap();
            assert_eq!(licence.version, version);
            assert!(licence.identity_card);
            assert_eq!(licence.holder.birth, Date::new(1990, 1, 15).ok());
            assert_eq!(licence.holder.sex, Some(Sex::Female));
        }
    }

    #[test]
    fn what_is_none() {
        assert_eq!(parse("").unwrap_err(), PayloadError::Foreign);
        assert_eq!(parse("https://example.org/@ANSI").unwrap_err(), PayloadError::Garbled);
        assert_eq!(parse("@ANSI 63601404").unwrap_err(), PayloadError::Garbled);
        let long = format!("{CALIFORNIA}{}", "X".repeat(100_000));
        assert_eq!(parse(&long).unwrap_err(), PayloadError::TooLong);
    }

    proptest! {
        #[test]
        fn no_text_panics(head in "@[\\n\\x1e\\r]{0,3}(ANSI |AAMVA)[0-9]{0,20}(DL|ID)?[0-9]{0,8}", tail in "\\PC{0,60}") {
            let _ = parse(&tail);
            let _ = parse(&format!("{head}{tail}"));
            let _ = parse(&format!("{head}DLDAQ{tail}\nDBB{tail}"));
        }

        #[test]
        fn a_licence_cut_short_says_nothing_else(at in 0..CALIFORNIA.len()) {
            if let Ok(licence) = parse(&CALIFORNIA[..at]) {
                let whole = parse(CALIFORNIA).unwrap().holder;
                prop_assert!(licence.holder.birth.is_none() || licence.holder.birth == whole.birth);
            }
        }
    }
}
