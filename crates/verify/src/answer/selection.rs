//! What of an answer was asked for.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use bonafide_context::Keeper;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A closed list of members that can be asked for one by one.
pub trait Selectable: Copy + Ord + fmt::Debug + 'static {
    /// Every one of them, in order.
    const ALL: &'static [Self];

    /// The name in requests and answers.
    fn name(self) -> &'static str;
}

/// The members that were asked for: what is not in here is neither returned
/// nor stored, logged or sent. Written as names with commas between them, or
/// as a JSON array of names; left out, it is all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Selection<F> {
    /// Everything.
    #[default]
    All,
    /// These only; none is possible.
    Only(BTreeSet<F>),
}

impl<F: Selectable> Selection<F> {
    /// The members of these names.
    pub fn from_names<'a>(names: impl IntoIterator<Item = &'a str>) -> Result<Self, UnknownField> {
        let find = |name: &str| F::ALL.iter().copied().find(|field| field.name() == name);
        names
            .into_iter()
            .map(|name| find(name).ok_or_else(|| UnknownField::of::<F>()))
            .collect::<Result<_, _>>()
            .map(Self::Only)
    }

    /// Whether this was asked for.
    pub fn has(&self, field: F) -> bool {
        match self {
            Self::All => true,
            Self::Only(fields) => fields.contains(&field) || !Keeper::FieldSelection.works(),
        }
    }

    /// What both ask for.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        match (self, other) {
            (Self::All, selection) | (selection, Self::All) => selection.clone(),
            (Self::Only(a), Self::Only(b)) => Self::Only(a & b),
        }
    }

    /// The value, if it was asked for.
    pub(super) fn pick<T>(&self, field: F, value: T) -> Option<T> {
        self.has(field).then_some(value)
    }
}

impl<F: Selectable> FromStr for Selection<F> {
    type Err = UnknownField;

    fn from_str(text: &str) -> Result<Self, UnknownField> {
        Self::from_names(text.split(',').map(str::trim).filter(|name| !name.is_empty()))
    }
}

impl<F: Selectable> Serialize for Selection<F> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::All => serializer.serialize_none(),
            Self::Only(fields) => serializer.collect_seq(fields.iter().map(|field| field.name())),
        }
    }
}

impl<'de, F: Selectable> Deserialize<'de> for Selection<F> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let names = Option::<Vec<String>>::deserialize(deserializer)?;
        names.map_or(Ok(Self::All), |names| {
            Self::from_names(names.iter().map(String::as_str)).map_err(serde::de::Error::custom)
        })
    }
}

/// A member that the answer does not have.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no such field: choose from {known}")]
pub struct UnknownField {
    /// Those that there are.
    pub known: String,
}

impl UnknownField {
    fn of<F: Selectable>() -> Self {
        let names: Vec<&str> = F::ALL.iter().map(|field| field.name()).collect();
        Self { known: names.join(", ") }
    }
}

#[cfg(test)]
mod tests {
    use super::super::LivenessField;
    use super::*;

    #[test]
    fn names_are_read_and_written() {
        let some: Selection<LivenessField> = "score, decision".parse().unwrap();
        assert!(some.has(LivenessField::Score) && !some.has(LivenessField::Reasons));
        let json = serde_json::to_value(&some).unwrap();
        assert_eq!(json, serde_json::json!(["score", "decision"]));
        assert_eq!(serde_json::from_value::<Selection<LivenessField>>(json).unwrap(), some);
        let all: Selection<LivenessField> = serde_json::from_str("null").unwrap();
        assert_eq!(all, Selection::All);
        let none: Selection<LivenessField> = "".parse().unwrap();
        assert!(LivenessField::ALL.iter().all(|&field| !none.has(field)));
    }

    #[test]
    fn an_unknown_name_is_refused_without_repeating_it() {
        let error = "score,ERIKSSON".parse::<Selection<LivenessField>>().unwrap_err();
        assert!(error.to_string().contains("score, decision"), "{error}");
        assert!(!error.to_string().contains("ERIKSSON"));
    }

    #[test]
    fn a_narrower_selection_never_widens() {
        let a: Selection<LivenessField> = "score,decision".parse().unwrap();
        let b: Selection<LivenessField> = "decision,reasons".parse().unwrap();
        assert_eq!(a.and(&b), "decision".parse().unwrap());
        assert_eq!(a.and(&Selection::All), a);
        assert_eq!(Selection::All.and(&b), b);
    }
}
