//! To put right what was read wrongly of a person.

use std::collections::BTreeMap;

use bonafide_context::{Date, Sensitive};
use bonafide_document::{FieldName, FieldValue, Source};
use bonafide_ledger::{Call, Facts};
use bonafide_policy::{Category, Family};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::life::answering;
use super::request::{RequestKind, SubjectRequest};
use super::whose::Subject;
use crate::answer::DocumentField;
use crate::verification::held::{self, HeldResult, RESULT};
use crate::verification::{
    EventSource, Refusal, VerificationField, VerificationId, VerificationResult, entry,
};
use crate::{App, Done, UseCaseError};

/// What is to be put right.
#[derive(Clone, Debug)]
pub struct RectifySubject {
    /// In which verification's result.
    pub verification: VerificationId,
    /// The right values.
    pub fields: BTreeMap<FieldName, Sensitive<String>>,
}

/// What was put right.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Rectified {
    /// `sub_…`.
    pub subject: String,
    /// In which verification's result.
    pub verification: String,
    /// Which fields; their former values are gone, and so is the machine-readable
    /// zone, which repeats them.
    pub fields: Vec<FieldName>,
    /// The request, with its deadline.
    pub request: SubjectRequest,
}

/// Puts fields of a result right. The former value goes with its key, and with it
/// the copies of answers that held it; what was decided stays as it was, and the
/// picture of the document shows what it shows until its own deadline.
pub async fn rectify_subject(
    app: &App,
    call: &mut Call,
    whom: Sensitive<String>,
    wanted: RectifySubject,
) -> Result<Done<Rectified>, UseCaseError> {
    rectify(app, call, whom, wanted).await.inspect_err(|error| error.trace(call))
}

async fn rectify(
    app: &App,
    call: &mut Call,
    whom: Sensitive<String>,
    wanted: RectifySubject,
) -> Result<Done<Rectified>, UseCaseError> {
    if wanted.fields.is_empty() {
        return Err(invalid("give one field at least"));
    }
    for (name, value) in &wanted.fields {
        check(*name, value.expose())?;
    }
    let subject = Subject::named(app, call.caller(), whom).await?;
    answering(app.accounts().policy_of(subject.realm.tenant).await?.as_ref())?;
    let records = subject.verifications(app).await?;
    let known_until = subject.known_until(app, &records).await?;
    let record = records.into_iter().find(|record| record.id == wanted.verification);
    let record = record.ok_or(Refusal::NotOfSubject)?;
    let asked = |name| record.fields.has(VerificationField::Document(DocumentField::Field(name)));
    if !wanted.fields.keys().all(|name| asked(*name)) {
        return Err(invalid("a field that was not asked for at creation is not kept"));
    }
    let result =
        held::result(app, call.opener(), &record).await?.ok_or(Refusal::NothingToRectify)?;
    let until = record.data_until.ok_or(Refusal::NothingToRectify)?;
    let names: Vec<FieldName> = wanted.fields.keys().copied().collect();
    let result = put_right(result, wanted.fields).ok_or(Refusal::NothingToRectify)?;
    let request = SubjectRequest::new(app, call, &subject, RequestKind::Rectify).await?;
    let mut changes = vec![request.row(&subject, std::slice::from_ref(&record), known_until)];
    let (realm, owner) = (&record.realm, record.id.as_str());
    let clocks = app.clocks(realm.tenant, Family::Verification).await?;
    let under = clocks.policy().into();
    let held = HeldResult(result);
    changes.extend(app.vault().prepare_value(realm, owner, RESULT, until, under, &held).await?);
    changes.push(entry(app, &record, EventSource::Server, "rectified", &[])?);
    // Sealed copies of answers repeat the former values.
    for item in app.vault().list(realm, owner).await? {
        if item.category == Category::Results && item.name != RESULT {
            changes.extend(app.vault().taken_away(realm, owner, &item.name).await?);
        }
    }
    let codes = names.iter().map(|name| name.name());
    call.step("subject.rectify", "ok", Facts::new().codes("fields", codes));
    let answer = Rectified {
        subject: subject.id.to_string(),
        verification: record.id.to_string(),
        fields: names,
        request,
    };
    Ok(Done { answer, changes })
}

/// The result with the right values; nothing where there is no document in it.
fn put_right(
    mut result: VerificationResult,
    right: BTreeMap<FieldName, Sensitive<String>>,
) -> Option<VerificationResult> {
    let document = result.document.as_mut()?;
    let fields = document.fields.as_mut()?;
    for (name, value) in right {
        let value = value.into_exposed();
        fields.insert(
            name,
            FieldValue { value, source: Source::Rectified, agrees: None, confidence: None },
        );
    }
    // What was checked are the former values.
    if let Some(checks) = &mut document.checks {
        checks.clear();
    }
    if document.mrz.is_some() {
        document.mrz = Some(None);
    }
    Some(result)
}

/// Values are of the same form as those that are read.
fn check(name: FieldName, value: &str) -> Result<(), UseCaseError> {
    let text = || {
        let length = value.chars().count();
        (1..=200).contains(&length) && value.trim() == value && !value.chars().any(char::is_control)
    };
    let fits = match name {
        // Unknown parts may be left out, as they are where they are read.
        FieldName::BirthDate => {
            let day = match value.len() {
                4 => format!("{value}-01-01"),
                7 => format!("{value}-01"),
                _ => value.to_owned(),
            };
            day.parse::<Date>().is_ok()
        }
        FieldName::ExpiryDate | FieldName::IssueDate => value.parse::<Date>().is_ok(),
        FieldName::Sex => ["M", "F", "X"].contains(&value),
        FieldName::Surname
        | FieldName::GivenNames
        | FieldName::Number
        | FieldName::Nationality
        | FieldName::PlaceOfBirth
        | FieldName::Authority
        | FieldName::PersonalNumber
        | FieldName::Optional
        | FieldName::Address
        | FieldName::FullName
        | FieldName::NativeName
        | FieldName::NameCode
        | FieldName::EthnicGroup
        | FieldName::Father
        | FieldName::Mother
        | FieldName::Spouse
        | FieldName::MilitaryService
        | FieldName::MiddleName => text(),
    };
    if fits { Ok(()) } else { Err(invalid("write values as results have them")) }
}

fn invalid(reason: &str) -> UseCaseError {
    UseCaseError::Invalid { member: "fields", reason: reason.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answer::DocumentAnswer;
    use bonafide_document::MrzReading;

    #[test]
    fn values_are_of_the_form_of_their_field() {
        let fits = |name, value| check(name, value).is_ok();
        for date in ["1988-02-29", "1988-02", "1988"] {
            assert!(fits(FieldName::BirthDate, date), "{date}");
        }
        for wrong in ["29.02.1988", "1989-02-29", "", "88"] {
            assert!(!fits(FieldName::BirthDate, wrong), "{wrong}");
        }
        assert!(!fits(FieldName::ExpiryDate, "2030"));
        assert!(fits(FieldName::Sex, "X") && !fits(FieldName::Sex, "x"));
        assert!(fits(FieldName::Surname, "MUSTERMANN-ŻÓŁĆ"));
        for wrong in ["", " A", "A\n", &"A".repeat(201)] {
            assert!(!fits(FieldName::Surname, wrong));
        }
    }

    #[test]
    fn o9_the_former_value_is_nowhere_in_what_was_put_right() {
        let field = |value: &str| FieldValue {
            value: value.to_owned(),
            source: Source::Both,
            confidence: None,
            agrees: Some(true),
        };
        let document = DocumentAnswer {
            mrz: Some(Some(MrzReading {
                format: "TD3".into(),
                lines: vec!["P<UTOWRONG<<NAME".into()],
                valid: true,
                checks: BTreeMap::new(),
            })),
            fields: Some([(FieldName::Surname, field("WRONG"))].into()),
            ..DocumentAnswer::default()
        };
        let result =
            VerificationResult { document: Some(document), ..VerificationResult::default() };
        let right = [(FieldName::Surname, Sensitive::new("RIGHT".to_owned()))].into();
        let right = serde_json::to_string(&put_right(result, right).unwrap()).unwrap();
        assert!(!right.contains("WRONG"), "{right}");
        assert!(right.contains(r#""value":"RIGHT","source":"rectified""#), "{right}");
    }
}
