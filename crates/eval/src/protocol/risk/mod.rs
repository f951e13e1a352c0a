//! Risk signals of phone numbers and e-mail addresses against vectors with known
//! truth.

mod invalid;

use std::collections::BTreeMap;
use std::path::Path;

use bonafide_risk::{
    Assessment, DataVersions, Email, LineType, NoDns, NoSources, Phone, Request, Risk, Standing,
    standing,
};
use serde::Serialize;

use crate::input::Table;
use crate::{CpuClock, EvalError, Spread};

/// The figures of the protocol.
#[derive(Clone, Debug, Serialize)]
pub struct RiskFigures {
    /// Numbers that are valid by their plan, with their use.
    pub phone: PhoneFigures,
    /// Numbers that no plan has, by the way in which they are wrong.
    pub invalid_phone: InvalidFigures,
    /// Addresses with a verdict by RFC.
    pub email: EmailFigures,
    /// Domains of throw-away services.
    pub disposable: DisposableFigures,
    /// CPU microseconds of one assessment of a number and an address, no look-ups.
    pub cpu_us: Option<Spread>,
    /// Which tables it was made with.
    pub data_versions: DataVersions,
}

/// How numbers with known use were told.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct PhoneFigures {
    /// How many there are.
    pub numbers: u64,
    /// Share that is called valid.
    pub valid: f64,
    /// Share whose use is told right; where the plan does not tell a mobile telephone
    /// from a line to a place, "either" is right.
    pub line_type: f64,
    /// Share whose region is the table's. Numbers that several regions share (freephone
    /// of North America, most of Jersey's) are told as those of the biggest.
    pub region: f64,
    /// Those called invalid or of another use: region and use.
    pub misses: Vec<String>,
}

/// How numbers that no plan has were told.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct InvalidFigures {
    /// How many there are.
    pub numbers: u64,
    /// Share that is not called valid.
    pub rejected: f64,
    /// The same by the way in which they are wrong.
    pub by_kind: BTreeMap<&'static str, Share>,
}

/// A share and what it rests on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Share {
    /// How many there are.
    pub of: u64,
    /// Share of them.
    pub share: f64,
}

/// How addresses were told.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct EmailFigures {
    /// How many there are.
    pub addresses: u64,
    /// Share whose standing is that of the table (valid, allowed by RFC 5321, with
    /// comments, obsolete, RFC 5322 alone, invalid). What the table judges by looking
    /// the domain up counts as valid: no rule decides it.
    pub standing: f64,
    /// Share of which it is told right whether they are addresses at all.
    pub verdict: f64,
    /// The ids of those told wrong.
    pub misses: Vec<String>,
}

/// How throw-away domains were told.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct DisposableFigures {
    /// How many there are.
    pub domains: u64,
    /// Share that is called a throw-away service's.
    pub recall: f64,
    /// How many of the big providers' domains are wrongly called so.
    pub big_providers_called_disposable: u64,
}

/// Runs the protocol over a folder with `phone_examples.csv`, `email_isemail.csv` and
/// `disposable_domains.txt`.
pub fn run(risk: &Risk, contact: &Path) -> Result<RiskFigures, EvalError> {
    let mut clock = Timed { risk, spans: Vec::new() };
    let phones = Table::open(
        &contact.join("phone_examples.csv"),
        &["region", "country_code", "type", "national_number"],
    )?;
    let emails = Table::open(
        &contact.join("email_isemail.csv"),
        &["id", "address_xml_escaped", "category"],
    )?;
    let path = contact.join("disposable_domains.txt");
    let domains = std::fs::read_to_string(&path).map_err(|reason| EvalError::File {
        doing: "read",
        path,
        reason,
    })?;
    let phone = phone(&mut clock, &phones);
    let invalid_phone = invalid_phone(&mut clock, &phones);
    Ok(RiskFigures {
        phone,
        invalid_phone,
        email: email(&emails)?,
        disposable: disposable(&mut clock, &domains),
        cpu_us: clock.spread(),
        data_versions: risk.versions(),
    })
}

/// Assesses, and takes the time of it.
struct Timed<'r> {
    risk: &'r Risk,
    spans: Vec<f64>,
}

impl Timed<'_> {
    fn assess(&mut self, number: Option<String>, address: Option<String>) -> Assessment {
        let request = Request {
            phone: number.map(|number| Phone::new(number, None)),
            email: address.map(Email::new),
            device: None,
        };
        self.risk.assess(&request, &NoSources, &NoDns)
    }

    /// The time that an assessment of a number and an address takes: each pair once to
    /// fill what is filled at the first use, and once on the clock.
    fn time(&mut self, number: &str, address: &str) {
        self.assess(Some(number.to_owned()), Some(address.to_owned()));
        let clock = CpuClock::thread();
        self.assess(Some(number.to_owned()), Some(address.to_owned()));
        self.spans.push(clock.elapsed().as_secs_f64() * 1e6);
    }

    fn spread(&self) -> Option<Spread> {
        Spread::of(self.spans.iter().copied())
    }
}

fn share(part: u64, of: u64) -> f64 {
    if of == 0 { 0.0 } else { part as f64 / of as f64 }
}

fn phone(clock: &mut Timed<'_>, table: &Table) -> PhoneFigures {
    let mut figures = PhoneFigures::default();
    let (mut valid, mut right, mut placed) = (0, 0, 0);
    for row in table.rows() {
        let number = format!("+{}{}", row.get("country_code"), row.get("national_number"));
        clock.time(&number, "erika.mustermann@example.org");
        let Some(signals) = clock.assess(Some(number), None).signals.phone else { continue };
        let (region, kind) = (row.get("region"), row.get("type"));
        let is_valid = signals.valid.is_true();
        let is_right = signals.line_type.known().is_some_and(|line| is_of(*line, kind));
        let is_placed = signals.region.known().is_some_and(|of| of.as_str() == region);
        figures.numbers += 1;
        valid += u64::from(is_valid);
        right += u64::from(is_right);
        placed += u64::from(is_placed);
        if !(is_valid && is_right) {
            figures.misses.push(format!("{region} {kind}"));
        }
    }
    figures.valid = share(valid, figures.numbers);
    figures.line_type = share(right, figures.numbers);
    figures.region = share(placed, figures.numbers);
    figures
}

/// Whether a use is the one that libphonenumber's metadata call so.
fn is_of(line: LineType, kind: &str) -> bool {
    match line {
        LineType::Mobile => kind == "mobile",
        LineType::FixedLine => kind == "fixedLine",
        LineType::FixedLineOrMobile => matches!(kind, "mobile" | "fixedLine"),
        LineType::Voip => kind == "voip",
        LineType::TollFree => kind == "tollFree",
        LineType::PremiumRate => kind == "premiumRate",
        LineType::SharedCost => kind == "sharedCost",
        LineType::PersonalNumber => kind == "personalNumber",
        LineType::Pager => kind == "pager",
        LineType::Uan => kind == "uan",
        LineType::Voicemail => kind == "voicemail",
        LineType::Unknown => false,
    }
}

fn invalid_phone(clock: &mut Timed<'_>, table: &Table) -> InvalidFigures {
    let mut figures = InvalidFigures::default();
    let mut rejected = 0;
    let mut counts: BTreeMap<&'static str, (u64, u64)> = BTreeMap::new();
    let rows = table.rows().map(|row| (row.get("country_code"), row.get("national_number")));
    for (kind, number) in invalid::numbers(&rows.collect::<Vec<_>>()) {
        let Some(signals) = clock.assess(Some(number), None).signals.phone else { continue };
        let is_rejected = !signals.valid.is_true();
        let count = counts.entry(kind).or_default();
        count.0 += 1;
        count.1 += u64::from(is_rejected);
        figures.numbers += 1;
        rejected += u64::from(is_rejected);
    }
    figures.rejected = share(rejected, figures.numbers);
    let shares =
        counts.into_iter().map(|(kind, (of, part))| (kind, Share { of, share: share(part, of) }));
    figures.by_kind = shares.collect();
    figures
}

fn email(table: &Table) -> Result<EmailFigures, EvalError> {
    let mut figures = EmailFigures::default();
    let (mut standings, mut verdicts) = (0, 0);
    for row in table.rows() {
        let wanted = match row.get("category") {
            "ISEMAIL_VALID_CATEGORY" | "ISEMAIL_DNSWARN" => Standing::Ordinary,
            "ISEMAIL_RFC5321" => Standing::Unusual,
            "ISEMAIL_CFWS" => Standing::Commented,
            "ISEMAIL_DEPREC" => Standing::Obsolete,
            "ISEMAIL_RFC5322" => Standing::HeaderOnly,
            "ISEMAIL_ERR" => Standing::Invalid,
            _ => return Err(row.error("the category is none of is_email's")),
        };
        let found = standing(&unescape(row.exact("address_xml_escaped")));
        figures.addresses += 1;
        standings += u64::from(found == wanted);
        verdicts += u64::from((found == Standing::Invalid) == (wanted == Standing::Invalid));
        if found != wanted {
            figures.misses.push(format!("{}: {found}, not {wanted}", row.get("id")));
        }
    }
    figures.standing = share(standings, figures.addresses);
    figures.verdict = share(verdicts, figures.addresses);
    Ok(figures)
}

/// Character references as they are; pictures of control characters (U+2400 and
/// those behind it) as the characters that they show, as the vectors mean them.
fn unescape(text: &str) -> String {
    let mut rest = text;
    let mut plain = String::new();
    while let Some((before, behind)) = rest.split_once("&#x") {
        let reference = behind.split_once(';').and_then(|(code, after)| {
            let code = u32::from_str_radix(code, 16).ok()?;
            let code = if (0x2400..0x2420).contains(&code) { code - 0x2400 } else { code };
            Some((char::from_u32(code)?, after))
        });
        plain.push_str(before);
        match reference {
            Some((sign, after)) => {
                plain.push(sign);
                rest = after;
            }
            None => {
                plain.push_str("&#x");
                rest = behind;
            }
        }
    }
    plain.push_str(rest);
    plain
}

fn disposable(clock: &mut Timed<'_>, domains: &str) -> DisposableFigures {
    let mut is = |domain: &str| {
        let assessed = clock.assess(None, Some(format!("erika@{domain}")));
        assessed.signals.email.is_some_and(|signals| signals.disposable.is_true())
    };
    let all: Vec<&str> = domains.lines().filter(|line| !line.is_empty()).collect();
    let found = all.iter().filter(|domain| is(domain)).count() as u64;
    let big = bonafide_risk::PROVIDERS.iter().filter(|domain| is(domain)).count() as u64;
    DisposableFigures {
        domains: all.len() as u64,
        recall: share(found, all.len() as u64),
        big_providers_called_disposable: big,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bonafide_risk::{TableName, Tables, Weights};

    #[test]
    fn references_are_read_as_the_vectors_mean_them() {
        assert_eq!(unescape("a&#x2400;b&#xA9;c"), "a\0b\u{a9}c");
        assert_eq!(unescape("a&#xzz;&#x"), "a&#xzz;&#x");
    }

    #[test]
    fn figures_tell_what_is_right_and_what_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let put = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
        put(
            "phone_examples.csv",
            "region,country_code,type,national_number\nGB,44,mobile,7400123456\n\
             GB,44,pager,7400123456\n",
        );
        put(
            "email_isemail.csv",
            "id,address_xml_escaped,category\n1,e@example.org,ISEMAIL_VALID_CATEGORY\n\
             2, e@example.org,ISEMAIL_CFWS\n3,e@example.org,ISEMAIL_ERR\n",
        );
        put("disposable_domains.txt", "thrown.example\nother.example\n");
        let mut tables = Tables::default();
        let list = b"thrown.example\n";
        tables.install(TableName::DisposableDomains, list, "1".to_owned()).unwrap();
        let risk = Risk::new(tables, Weights::built_in().unwrap()).unwrap();
        let figures = run(&risk, folder.path()).unwrap();
        assert_eq!((figures.phone.valid, figures.phone.line_type), (1.0, 0.5));
        assert_eq!(figures.phone.misses, ["GB pager"]);
        assert_eq!(figures.email.addresses, 3);
        assert_eq!(figures.email.misses, ["3: ordinary, not invalid"]);
        assert!((figures.email.standing - 2.0 / 3.0).abs() < 1e-9);
        assert_eq!((figures.disposable.domains, figures.disposable.recall), (2, 0.5));
        assert!(figures.invalid_phone.numbers >= 500);
        put("email_isemail.csv", "id,address_xml_escaped,category\n1,e@f,OTHER\n");
        assert!(run(&risk, folder.path()).is_err());
    }
}
