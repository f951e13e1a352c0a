//! The printed names of fields, in the languages of passports and cards.

use super::fold::{fold, letters_and_digits};
use crate::FieldName;

/// What a line's label says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Label {
    /// The value of this field stands beside or below.
    Field(FieldName),
    /// Holder's full name in one line.
    FullName,
    /// A label whose value is not wanted: never a value itself.
    Other,
}

/// A label found in a line.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Found {
    pub(crate) label: Label,
    /// What stands after the label in the same line, if anything.
    pub(crate) rest: Option<String>,
}

/// Phrases without spaces, most telling first: a line is taken for the first
/// that it holds. English comes first where two languages disagree.
const PHRASES: &[(Label, &[&str])] = &[
    (
        Label::Other,
        &[
            "SIGNATURE",
            "ALTERNATENAME",
            "PASSPORTTYPE",
            "COUNTRYCODE",
            "CODEOFISSUING",
            "ISSUINGSTATE",
            "CATEGORY",
            "RESIDENTSINCE",
            "HEIGHT",
            "EYES",
            "COLOUROFEYES",
            "PROFESSION",
            "ISSUINGPOST",
            "CONTROLNUMBER",
            "ANNOTATION",
            "ENTRIES",
            "RESTRICTIONS",
            "CASENUMBER",
            "VISACLASS",
            "ENDORSEMENT",
            "PLACEOFISSUE",
            "RESIDENCE",
            "REMARKS",
            "MAIDENNAME",
            "NOMDUSAGE",
        ],
    ),
    (
        Label::Field(FieldName::PlaceOfBirth),
        &[
            "PLACEOFBIRTH",
            "LIEUDENAISSANCE",
            "LUGARDENACIMIENTO",
            "GEBURTSORT",
            "LUOGODINASCITA",
            "COUNTRYOFBIRTH",
            "LOCALDENASCIMENTO",
            "MIEJSCEURODZENIA",
            "PLACEDATEOFBIRTH",
            "GEBOORTEPLAATS",
            "VENDLINDJA",
            "MJESTORODENJA",
            "MISTONAROZENI",
        ],
    ),
    (
        Label::Field(FieldName::BirthDate),
        &[
            "DATEOFBIRTH",
            "BIRTHDATE",
            "DATEDENAISSANCE",
            "FECHADENACIMIENTO",
            "GEBURTSTAG",
            "GEBURTSDATUM",
            "DATADINASCITA",
            "DATADENASCIMENTO",
            "DATUMRODENJA",
            "DATAURODZENIA",
            "DATUMNAROZENI",
            "GEBOORTEDATUM",
            "DATEDENAISS",
            "DATELINDJA",
            "SYNTYMAAIKA",
            "FODELSEDATUM",
        ],
    ),
    (
        Label::Field(FieldName::ExpiryDate),
        &[
            "DATEOFEXPIRY",
            "EXPIRYDATE",
            "DATEOFEXPIRATION",
            "EXPIRATIONDATE",
            "DATEDEXPIR",
            "CARDEXPIRES",
            "VALIDUNTIL",
            "VALABLEJUSQU",
            "GULTIGBIS",
            "FECHADECADUCIDAD",
            "DATADISCADENZA",
            "SCADENZA",
            "VRIJEDIDO",
            "EXPIRES",
            "DATEDEXPIRATION",
            "DATAWAZNOSCI",
            "GELDIGTOT",
            "VALIDEZ",
            "PLATNOSTDO",
            "DATAESKADIMIT",
            "EXPIRY",
        ],
    ),
    (
        Label::Field(FieldName::IssueDate),
        &[
            "DATEOFISSUE",
            "ISSUEDATE",
            "DATEDEDELIVRANCE",
            "FECHADEEXPEDICION",
            "AUSSTELLUNGSDATUM",
            "DATADIRILASCIO",
            "DATAWYDANIA",
            "DATUMIZDAVANJA",
            "DATUMVYDANI",
            "ISSUEDON",
            "DATEISSUED",
            "DATAELESHIMIT",
        ],
    ),
    (
        Label::Field(FieldName::Authority),
        &[
            "AUTHORITY",
            "AUTORITE",
            "AUTORIDAD",
            "BEHORDE",
            "AUTORITA",
            "ISSUINGOFFICE",
            "ISSUEDBY",
            "DELIVREPAR",
            "ISSUINGAUTH",
            "AUTORITETI",
        ],
    ),
    (
        Label::Field(FieldName::PersonalNumber),
        &[
            "PERSONALNO",
            "PERSONALNUMBER",
            "NUMEROPERSONNEL",
            "PERSONALIDNUMBER",
            "PERSONALCODE",
            "PERSONALIDENTIFICATION",
            "NRPERSONAL",
            "NUMERPESEL",
            "RODNECISLO",
            "NOPERSONNEL",
        ],
    ),
    (
        Label::Field(FieldName::Number),
        &[
            "PASSPORTNO",
            "PASSPORTNUMBER",
            "DOCUMENTNO",
            "DOCUMENTNUMBER",
            "CARDNO",
            "CARDNUMBER",
            "NODUPASSEPORT",
            "NUMERODEPASSEPORT",
            "PASSEPORTN",
            "NDUDOCUMENT",
            "USCIS",
            "AUSWEISNUMMER",
            "REISEPASSNR",
            "PASSNR",
            "LICENSENO",
            "LICENCENO",
            "BROJOSOBNE",
            "NUMDOCUMENTO",
            "NUMEROPASAPORTE",
            "CARTENATIONALEDIDENTITEN",
            "DLNO",
            "LICNO",
            "IDENTITYCARDNO",
            "NUMPASAPORTE",
            "IDNO",
        ],
    ),
    (
        Label::Field(FieldName::Nationality),
        &[
            "NATIONALITY",
            "NATIONALITE",
            "NACIONALIDAD",
            "CITIZENSHIP",
            "CITTADINANZA",
            "NACIONALIDADE",
            "STAATSANGEH",
            "SHTETESIA",
            "OBYWATELSTWO",
            "DRZAVLJANSTVO",
            "STATNIOBCANSTVI",
            "KANSALAISUUS",
        ],
    ),
    (
        Label::Field(FieldName::GivenNames),
        &[
            "GIVENNAME",
            "FIRSTNAME",
            "FORENAME",
            "PRENOM",
            "SECONDARYIDENTIFIER",
            "VORNAME",
            "VOORNAME",
            "IMIONA",
            "JMENO",
            "ETUNIMET",
            "FORNAMN",
            "FORNAVN",
            "NOMBRES",
        ],
    ),
    (
        Label::Field(FieldName::Surname),
        &[
            "SURNAME",
            "LASTNAME",
            "FAMILYNAME",
            "PRIMARYIDENTIFIER",
            "APELLIDO",
            "COGNOME",
            "NACHNAME",
            "FAMILIENNAME",
            "PREZIME",
            "MBIEMRI",
            "NAZWISKO",
            "ACHTERNAAM",
            "EFTERNAMN",
            "EFTERNAVN",
            "SUKUNIMI",
            "PRIJMENI",
        ],
    ),
    (Label::Field(FieldName::Address), &["PLACEOFRESIDENCE", "DOMICILE", "DOMICILIO"]),
];

/// Short words that are labels only when they stand alone, a line's words
/// being parted by spaces and slashes.
const WORDS: &[(Label, &[&str])] = &[
    (
        Label::Field(FieldName::Sex),
        &[
            "SEX",
            "SEXE",
            "SEXO",
            "SESSO",
            "GENDER",
            "GESCHLECHT",
            "SPOL",
            "GJINIA",
            "PLEC",
            "SUKUPUOLI",
            "POHLAVI",
            "KON",
        ],
    ),
    (Label::Field(FieldName::ExpiryDate), &["EXP", "4BEXP"]),
    (Label::Field(FieldName::IssueDate), &["ISS", "4AISS"]),
    (Label::Field(FieldName::BirthDate), &["DOB", "3DOB", "BORN"]),
    (Label::Field(FieldName::Number), &["LIC#", "4DLIC#", "DLN"]),
    (Label::Field(FieldName::GivenNames), &["IME", "EMRI", "IMIE", "NOME", "NOMBRE"]),
    (Label::FullName, &["NAME", "NAMES"]),
    (Label::Field(FieldName::Surname), &["NOM", "NAAM"]),
    (Label::Other, &["TYPE", "TYP", "TIPO", "CODE", "HGT", "WGT", "CLASS", "DONOR", "PHOTO"]),
];

/// The label that a line is or begins with.
pub(crate) fn find(text: &str) -> Option<Found> {
    let key = letters_and_digits(text);
    if key.len() < 2 || key.len() > 70 {
        return None;
    }
    for (label, phrases) in PHRASES {
        if let Some(phrase) = phrases.iter().find(|phrase| holds(&key, phrase)) {
            return Some(Found { label: *label, rest: rest_after(text, phrase) });
        }
    }
    let folded = fold(text);
    for (label, known) in WORDS {
        // A word in the midst of others is prose, at the front it is a label.
        let front = words(&folded).into_iter().take(3).find(|word| known.contains(word));
        if let Some(word) = front {
            return Some(Found { label: *label, rest: rest_after_word(*label, &folded, word) });
        }
    }
    glued(&folded)
}

fn words(folded: &str) -> Vec<&str> {
    let parts = |c: char| c.is_whitespace() || matches!(c, '/' | ':' | '.' | ',');
    folded.split(parts).filter(|word| !word.is_empty()).collect()
}

/// What stands after a label word in its line. Of names only the label in the
/// next language stands there.
fn rest_after_word(label: Label, folded: &str, word: &str) -> Option<String> {
    if matches!(label, Label::FullName | Label::Field(FieldName::Surname | FieldName::GivenNames)) {
        return None;
    }
    let (_, mut rest) = folded.split_once(word)?;
    let is_label = |word: &str| WORDS.iter().any(|(_, known)| known.contains(&word));
    loop {
        rest = rest.trim_start_matches(|c: char| !c.is_alphanumeric());
        match words(rest).first() {
            Some(next) if is_label(next) => rest = rest.get(next.len()..)?,
            Some(_) => return Some(rest.to_owned()),
            None => return None,
        }
    }
}

/// `3DOB01/06/1958`: the recogniser left out the spaces.
fn glued(folded: &str) -> Option<Found> {
    for (label, known) in WORDS {
        for word in known.iter().filter(|word| word.len() >= 3) {
            for lead in ["", "3", "3 ", "4A", "4A ", "4B", "4B ", "4D", "4D ", "15 "] {
                let rest = folded.strip_prefix(lead).and_then(|f| f.strip_prefix(word));
                if let Some(rest) = rest.filter(|r| r.starts_with(|c: char| c.is_ascii_digit())) {
                    return Some(Found { label: *label, rest: Some(rest.to_owned()) });
                }
            }
        }
    }
    None
}

/// Whether `key` holds the phrase, with one wrong character in seven.
fn holds(key: &str, phrase: &str) -> bool {
    if key.contains(phrase) {
        return true;
    }
    // The commonest misreading of small print.
    if phrase.contains("RN") && key.contains(&phrase.replace("RN", "M")) {
        return true;
    }
    // Nothing tells `PASSPORT NO` from `PASSPORT OFFICE` but its last letters.
    let errors = if phrase.ends_with("NO") { 0 } else { phrase.len() / 7 };
    errors > 0 && best_match(key, phrase).is_some_and(|(cost, _)| cost <= errors)
}

/// Least changes that make some part of `key` the phrase, and where that part
/// ends (Sellers 1980).
fn best_match(key: &str, phrase: &str) -> Option<(usize, usize)> {
    let pattern = phrase.as_bytes();
    let mut column: Vec<usize> = (0..=pattern.len()).collect();
    let mut best: Option<(usize, usize)> = None;
    for (end, c) in key.bytes().enumerate() {
        let mut diagonal = column[0];
        for (i, p) in pattern.iter().enumerate() {
            let left = column[i + 1];
            column[i + 1] = (diagonal + usize::from(c != *p)).min(left + 1).min(column[i] + 1);
            diagonal = left;
        }
        let cost = column.last().copied()?;
        if best.is_none_or(|(least, _)| cost < least) {
            best = Some((cost, end + 1));
        }
    }
    best
}

/// What stands after the phrase in the line as printed, if it has the weight of
/// a value: after a colon, or with a digit in it.
fn rest_after(text: &str, phrase: &str) -> Option<String> {
    if let Some((_, after)) = text.split_once(':') {
        let after = after.trim();
        if !after.is_empty() {
            return Some(after.to_owned());
        }
    }
    let key = letters_and_digits(text);
    let (_, end) = best_match(&key, phrase)?;
    let mut passed = 0;
    for (i, c) in text.char_indices() {
        if passed >= end {
            let rest = text[i..].trim();
            return rest.contains(|c: char| c.is_ascii_digit()).then(|| rest.to_owned());
        }
        passed += letters_and_digits(&c.to_string()).len();
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn field(text: &str) -> Option<FieldName> {
        match find(text)?.label {
            Label::Field(name) => Some(name),
            _ => None,
        }
    }

    #[test]
    fn labels_in_two_languages_and_with_misread_letters() {
        for (text, name) in [
            ("Surname", FieldName::Surname),
            ("Prezime/Surname", FieldName::Surname),
            ("NOM/.Sumame", FieldName::Surname),
            ("NOM / Surname", FieldName::Surname),
            ("Prénoms I Given names", FieldName::GivenNames),
            ("Ime/Name", FieldName::GivenNames),
            ("Dale ofBirth", FieldName::BirthDate),
            ("Datum rodenja", FieldName::BirthDate),
            ("Countryof Birth", FieldName::PlaceOfBirth),
            ("DATE DEXPIR.1Expiy date", FieldName::ExpiryDate),
            ("Card Expires:", FieldName::ExpiryDate),
            ("Date of issue / Date de delivrance", FieldName::IssueDate),
            ("N° DU DOCUMENT L.Document No.", FieldName::Number),
            ("nr. personal/personal no.", FieldName::PersonalNumber),
            ("Sex/ Sexe", FieldName::Sex),
            ("Authority / Autorité", FieldName::Authority),
        ] {
            assert_eq!(field(text), Some(name), "{text}");
        }
    }

    #[test]
    fn values_are_no_labels() {
        for text in [
            "MARTIN",
            "ANNA MARIA",
            "07 JUN 1984",
            "CANBERRA",
            "PASSPORT OFFICE",
            "123456789",
            "F",
            "",
            "SZCZECIN",
        ] {
            assert_eq!(find(text), None, "{text}");
        }
        assert_eq!(find("Name/ Nom").unwrap().label, Label::FullName);
        assert_eq!(find("Signature").unwrap().label, Label::Other);
    }

    #[test]
    fn a_value_in_the_labels_line() {
        assert_eq!(find("3DOB01/06/1958").unwrap().rest.as_deref(), Some("01/06/1958"));
        assert_eq!(find("4b EXP 08/12/2020").unwrap().rest.as_deref(), Some("08/12/2020"));
        assert_eq!(find("15 SEX M").unwrap().rest.as_deref(), Some("M"));
        assert_eq!(find("Surname: MUSTER").unwrap().rest.as_deref(), Some("MUSTER"));
        assert_eq!(find("Date of birth").unwrap().rest, None);
        assert_eq!(find("Ime/Name").unwrap().rest, None);
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "\\PC{0,60}") {
            find(&text);
        }
    }
}
