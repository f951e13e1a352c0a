//! Restriction of processing (article 18 GDPR): data of a person is neither
//! processed nor read; nothing is deleted, and deadlines go on.

use bonafide_context::{Keeper, Realm, Timestamp};
use bonafide_vault::records::{Change, Condition, Expect, Row, Select};
use bonafide_vault::{Event, RestrictionAct, Whose};

use super::RESTRICTIONS;
use crate::{App, UseCaseError};

/// A restriction in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Restriction {
    /// Why: a code of `RestrictionGround`.
    pub(crate) ground: String,
    pub(crate) since: Timestamp,
}

/// Whether processing is restricted for the person of this reference.
pub(crate) async fn is_restricted(
    app: &App,
    realm: &Realm,
    reference: Option<&str>,
) -> Result<bool, UseCaseError> {
    match reference {
        Some(reference) if Keeper::Restriction.works() => {
            Ok(find_restriction(app, realm, reference).await?.is_some())
        }
        _ => Ok(false),
    }
}

/// The restriction in force for a person, if there is one.
pub(crate) async fn find_restriction(
    app: &App,
    realm: &Realm,
    reference: &str,
) -> Result<Option<Restriction>, UseCaseError> {
    let mut select = Select::from(&RESTRICTIONS);
    select.conditions = of(realm, reference);
    let rows = app.records().select(select).await?;
    let Some(row) = rows.first() else { return Ok(None) };
    if row.moment("remove")? <= app.clock().now() {
        return Ok(None);
    }
    Ok(Some(Restriction { ground: row.text("ground")?.to_owned(), since: row.moment("since")? }))
}

/// The changes that put a restriction in force; one that is in force already keeps
/// its beginning and gets this ground and end.
pub(crate) fn placed(
    realm: &Realm,
    reference: &str,
    new: &Restriction,
    remove: Timestamp,
) -> Vec<Change> {
    let row = Row::new(&RESTRICTIONS)
        .with("realm", realm.to_string())
        .with("reference", reference)
        .with("ground", new.ground.as_str())
        .with("since", new.since)
        .with("remove", remove);
    vec![
        Change::InsertIfAbsent(row),
        Change::Update {
            table: &RESTRICTIONS,
            set: vec![("ground", new.ground.as_str().into()), ("remove", remove.into())],
            conditions: of(realm, reference),
            expect: Expect::One,
        },
    ]
}

/// The change that lifts a restriction.
pub(crate) fn lifted(realm: &Realm, reference: &str) -> Change {
    Change::Delete { table: &RESTRICTIONS, conditions: of(realm, reference), expect: Expect::Any }
}

/// The event that the transparency log takes of a restriction, a hold, or its end.
pub(crate) fn logged(
    app: &App,
    realm: &Realm,
    reference: &str,
    act: RestrictionAct,
    basis: &str,
) -> Result<Vec<Change>, UseCaseError> {
    let whose = Whose { realm, owner: reference, until: None };
    Ok(app.vault().event(&whose, &Event::Restriction { act, basis })?)
}

fn of(realm: &Realm, reference: &str) -> Vec<Condition> {
    vec![Condition::is("realm", realm.to_string()), Condition::is("reference", reference)]
}
