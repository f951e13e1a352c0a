//! Fictitious people.

use bonafide_context::{Date, Random};
use bonafide_document::mrz::{Fields, PartialDate, Sex};

use crate::Kind;

/// A person who does not exist, and the data of one document.
#[derive(Clone, PartialEq, Eq)]
pub struct Holder {
    /// Surname as the visual zone prints it, diacritics and all.
    pub surname: String,
    /// Given names, likewise.
    pub given_names: String,
    /// Document number; letters and digits.
    pub number: String,
    /// Issuing state, a code of three letters.
    pub issuer: String,
    /// Nationality, a code of three letters.
    pub nationality: String,
    /// Date of birth, perhaps in part unknown.
    pub birth: PartialDate,
    /// Sex.
    pub sex: Sex,
    /// Date of issue.
    pub issued: Date,
    /// Date of expiry.
    pub expires: Date,
    /// Place of birth.
    pub place_of_birth: String,
    /// Issuing authority.
    pub authority: String,
    /// Personal number, perhaps empty.
    pub personal_number: String,
}

/// Personal values are not printed, even where the person is made up.
impl std::fmt::Debug for Holder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Holder").finish_non_exhaustive()
    }
}

/// Surnames: plain, with diacritics, in several words, and one that no zone
/// has room for together with given names.
const SURNAMES: [&str; 16] = [
    "Eriksson",
    "Müller",
    "Nováková",
    "Żółkiewska",
    "O'Connor",
    "García-López",
    "Van der Muelen",
    "Åström",
    "Şahin",
    "Đurić",
    "Martin",
    "Bennelong Wooloomooloo",
    "Papandropoulous",
    "Þorsteinsdóttir",
    "Quispe",
    "Featherstonehaugh-Cholmondeley",
];

const GIVEN: [(&str, Sex); 14] = [
    ("Anna Maria", Sex::Female),
    ("Zoë", Sex::Female),
    ("Chloé Aurélie", Sex::Female),
    ("Małgorzata", Sex::Female),
    ("Ingrid Sofia", Sex::Female),
    ("Ayşe", Sex::Female),
    ("Wilhelmina Alexandrina Carolina", Sex::Female),
    ("Johannes", Sex::Male),
    ("Çelal", Sex::Male),
    ("José Luís", Sex::Male),
    ("Søren", Sex::Male),
    ("Jean-Baptiste", Sex::Male),
    ("Václav", Sex::Male),
    ("Kim", Sex::Unspecified),
];

const PLACES: [&str; 8] = [
    "Amaurote",
    "Zenith",
    "Port Anyder",
    "Nova Éspera",
    "Castle Rörvik",
    "Saint-Élan",
    "Lindenau",
    "Abraxa",
];

const AUTHORITIES: [&str; 4] = [
    "Ministry of the Interior",
    "Passport Office Amaurote",
    "Prefecture of Abraxa",
    "City of Zenith",
];

/// Letters that documents use in numbers: none that is taken for a digit.
const NUMBER_LETTERS: &[u8] = b"CFGHJKLMNPRTVWXYZ";

/// The layout of the French card is told from that of TD2 by its issuer alone,
/// so here the zone cannot name a state that does not exist.
const FRANCE: &str = "FRA";

impl Holder {
    /// A person and a document that is valid at least a year after `today`.
    /// One in twenty does not know the day of birth, as happens.
    pub fn generate(today: Date, random: &mut dyn Random) -> Self {
        let (given_names, sex) = pick(&GIVEN, random);
        let birth = Date::from_days(today.days() - between(18 * 366, 85 * 365, random));
        let unknown_day = random.below(20) == 0;
        let day = (!unknown_day).then(|| birth.day());
        let issued = Date::from_days(today.days() - between(30, 8 * 365, random));
        // Ten years, less a day; the leap days do not matter here.
        let expires = Date::from_days(issued.days() + 3_651);
        Self {
            surname: pick(&SURNAMES, random).to_owned(),
            given_names: given_names.to_owned(),
            number: number(random),
            issuer: "UTO".to_owned(),
            nationality: "UTO".to_owned(),
            birth: PartialDate::new(Some(birth.year()), Some(birth.month()), day)
                .unwrap_or_else(|_| birth.into()),
            sex,
            issued,
            expires,
            place_of_birth: pick(&PLACES, random).to_owned(),
            authority: pick(&AUTHORITIES, random).to_owned(),
            personal_number: if random.below(2) == 0 { String::new() } else { number(random) },
        }
    }

    /// What the zone of `kind` says.
    pub(crate) fn mrz_fields(&self, kind: Kind) -> Fields {
        let french = kind == Kind::FrenchCard;
        let td1 = matches!(kind, Kind::IdCardFront | Kind::IdCardBack);
        let visa = matches!(kind, Kind::VisaA | Kind::VisaB);
        let small = kind == Kind::LargeCard;
        Fields {
            document_code: kind.document_code().to_owned(),
            issuer: if french { FRANCE.to_owned() } else { self.issuer.clone() },
            number: if french { self.french_number() } else { self.number.clone() },
            nationality: if french { String::new() } else { self.nationality.clone() },
            birth: self.birth,
            sex: self.sex,
            expiry: (!french).then(|| self.expires.into()),
            surname: self.surname.clone(),
            given_names: self.given_names.clone(),
            optional: if french || visa || small || td1 {
                String::new()
            } else {
                self.personal_number.clone()
            },
            optional_2: if french { "751001".to_owned() } else { String::new() },
        }
    }

    /// What the visual zone of `kind` gives as nationality.
    pub(crate) fn shown_nationality(&self, kind: Kind) -> String {
        if kind == Kind::FrenchCard { FRANCE.to_owned() } else { self.nationality.clone() }
    }

    /// Year and month of issue, department, serial number.
    pub(crate) fn french_number(&self) -> String {
        let serial: u32 = self.number.bytes().fold(0, |sum, b| (sum * 31 + u32::from(b)) % 100_000);
        format!("{:02}{:02}751{serial:05}", self.issued.year().rem_euclid(100), self.issued.month())
    }
}

fn pick<T: Copy>(list: &[T], random: &mut dyn Random) -> T {
    list[random.below(list.len() as u64) as usize]
}

fn between(low: i32, high: i32, random: &mut dyn Random) -> i32 {
    low + random.below((high - low).max(1) as u64) as i32
}

/// Two letters and seven digits.
fn number(random: &mut dyn Random) -> String {
    let letter = |random: &mut dyn Random| char::from(pick(NUMBER_LETTERS, random));
    let mut text = String::from_iter([letter(random), letter(random)]);
    text.extend((0..7).map(|_| char::from(b'0' + random.below(10) as u8)));
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use bonafide_context::Seeded;
    use bonafide_document::mrz;

    #[test]
    fn every_holder_fits_every_document_and_reads_back_valid() {
        let today = Date::new(2026, 11, 22).unwrap();
        for seed in 0..300 {
            let holder = Holder::generate(today, &mut Seeded::new(seed));
            for kind in Kind::ALL {
                let lines = mrz::write(kind.format(), &holder.mrz_fields(kind)).unwrap();
                let read = mrz::parse(&lines, today).unwrap();
                assert!(read.valid(), "seed {seed} {kind:?}: {:?}", read.issues);
            }
        }
    }
}
