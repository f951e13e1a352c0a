//! What is known of a witness.

use std::str::FromStr;

use bonafide_context::Timestamp;
use bonafide_vault::Records;
use bonafide_vault::records::{Change, Condition, Direction, Expect, RecordsError, Row, Select};
use serde::Serialize;

use super::tables::WITNESSES;
use crate::Moment;

/// What a witness says of the log that must not be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Alarm {
    /// It has signed for more leaves than there are: the log has gone back.
    RolledBack,
    /// It has signed another history.
    SplitView,
}

impl Alarm {
    /// The name in rows, health and logs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::RolledBack => "rolled_back",
            Self::SplitView => "split_view",
        }
    }
}

impl FromStr for Alarm {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        [Self::RolledBack, Self::SplitView]
            .into_iter()
            .find(|alarm| alarm.as_str() == text)
            .ok_or(())
    }
}

/// How things stand with one witness.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WitnessState {
    /// The name of its key.
    pub name: String,
    /// How many leaves it has signed for last, as far as is known.
    pub seen: u64,
    /// When it last signed.
    pub cosigned_at: Option<Moment>,
    /// What it last signed, with its cosignature.
    pub checkpoint: Option<String>,
    /// Attempts in a row that brought nothing.
    pub failures: u32,
    /// Why the last did not.
    pub failure: Option<String>,
    /// When the next is made.
    #[serde(skip)]
    pub(super) next: Timestamp,
    /// What it says of the log that must not be.
    pub alarm: Option<Alarm>,
    /// Since when.
    pub alarm_at: Option<Moment>,
    /// The size that it spoke of.
    pub alarm_size: Option<u64>,
}

impl WitnessState {
    /// Of a witness that was never asked.
    pub(super) fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            seen: 0,
            cosigned_at: None,
            checkpoint: None,
            failures: 0,
            failure: None,
            next: Timestamp(0),
            alarm: None,
            alarm_at: None,
            alarm_size: None,
        }
    }

    pub(super) async fn find(records: &dyn Records, name: &str) -> Result<Self, RecordsError> {
        let select = Select::from(&WITNESSES).and(Condition::is("name", name));
        let rows = records.select(select).await?;
        rows.first().map_or_else(|| Ok(Self::new(name)), read)
    }

    /// Writes it down, in the place of what was.
    pub(super) async fn keep(&self, records: &dyn Records) -> Result<(), RecordsError> {
        let at = |moment: Option<Moment>| moment.map(|moment| moment.0.0);
        let first = Row::new(&WITNESSES)
            .with("name", self.name.as_str())
            .with("seen", self.seen)
            .with("failures", 0u64)
            .with("next_at", 0u64);
        let set = vec![
            ("seen", self.seen.into()),
            ("cosigned", at(self.cosigned_at).into()),
            ("checkpoint", self.checkpoint.as_deref().into()),
            ("failures", u64::from(self.failures).into()),
            ("failure", self.failure.as_deref().into()),
            ("next_at", self.next.into()),
            ("alarm", self.alarm.map(Alarm::as_str).into()),
            ("alarm_at", at(self.alarm_at).into()),
            ("alarm_size", self.alarm_size.into()),
        ];
        let conditions = vec![Condition::is("name", self.name.as_str())];
        let update = Change::Update { table: &WITNESSES, set, conditions, expect: Expect::One };
        records.commit(vec![Change::InsertIfAbsent(first), update]).await
    }
}

/// Every witness that was ever asked, by name: for evidence.
pub async fn states(records: &dyn Records) -> Result<Vec<WitnessState>, RecordsError> {
    let select = Select::from(&WITNESSES).order("name", Direction::Ascending);
    records.select(select).await?.iter().map(read).collect()
}

fn read(row: &Row) -> Result<WitnessState, RecordsError> {
    let shape = || RecordsError::Shape { table: WITNESSES.name };
    let number = |column| -> Result<Option<u64>, RecordsError> {
        row.optional_integer(column)?.map(u64::try_from).transpose().map_err(|_| shape())
    };
    let moment = |column| Ok::<_, RecordsError>(number(column)?.map(|at| Moment(Timestamp(at))));
    let text = |column| Ok::<_, RecordsError>(row.optional_text(column)?.map(str::to_owned));
    let alarm = row.optional_text("alarm")?.map(str::parse).transpose().map_err(|()| shape())?;
    Ok(WitnessState {
        name: row.text("name")?.to_owned(),
        seen: number("seen")?.ok_or_else(shape)?,
        cosigned_at: moment("cosigned")?,
        checkpoint: text("checkpoint")?,
        failures: u32::try_from(row.integer("failures")?).map_err(|_| shape())?,
        failure: text("failure")?,
        next: row.moment("next_at")?,
        alarm,
        alarm_at: moment("alarm_at")?,
        alarm_size: number("alarm_size")?,
    })
}
