//! An action: everything about it in one value, from which the dispatcher and the table
//! of `docs/tencent.md` are made.

use std::fmt::Write;
use std::future::Future;
use std::pin::Pin;

use bonafide_ledger::Interface;
use serde_json::{Map, Value};

use crate::actions;
use crate::code::Code;
use crate::context::Context;
use crate::fault::Fault;
use crate::input::Parameters;
use crate::surface::{Shape, shapes};

/// A service of the interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Service {
    /// Verification of faces and identities.
    Faceid,
    /// Reading of documents.
    Ocr,
    /// Faces in pictures.
    Iai,
}

impl Service {
    /// Every one of them.
    pub const ALL: [Self; 3] = [Self::Faceid, Self::Ocr, Self::Iai];

    /// Its name, which is the first label of its host.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Faceid => "faceid",
            Self::Ocr => "ocr",
            Self::Iai => "iai",
        }
    }

    /// The version of its interface.
    pub const fn version(self) -> &'static str {
        match self {
            Self::Faceid => "2018-03-01",
            Self::Ocr => "2018-11-19",
            Self::Iai => "2020-03-03",
        }
    }
}

/// An action.
pub(crate) struct Action {
    pub(crate) service: Service,
    pub(crate) name: &'static str,
    pub(crate) support: Support,
}

/// What stands behind an action.
#[derive(Clone, Copy)]
pub(crate) enum Support {
    /// A use case.
    Works {
        /// What the call is in monitoring and prices; its scope is what a key needs.
        interface: &'static Interface,
        /// What it does.
        handler: Handler,
        /// What of it this server does not do, and refuses.
        limits: &'static str,
    },
    /// An outside authority that no provider is registered for.
    Provider,
    /// Nothing.
    Nothing,
}

/// What an action does.
pub(crate) type Handler =
    for<'a> fn(
        &'a mut Context,
        Parameters,
    ) -> Pin<Box<dyn Future<Output = Result<Map<String, Value>, Fault>> + Send + 'a>>;

impl Action {
    /// The action that a request names.
    pub(crate) fn named(name: &str, version: &str) -> Result<&'static Self, Fault> {
        if !Service::ALL.iter().any(|service| service.version() == version) {
            let versions = Service::ALL.map(|s| format!("{} ({})", s.version(), s.name()));
            let say = format!("there is no such version: use {}", versions.join(", "));
            return Err(Fault::new(Code::NoSuchVersion, say));
        }
        let same = |action: &&Self| action.name == name && action.service.version() == version;
        actions::all().find(same).ok_or_else(|| {
            let say = "this version has no such action: see docs/tencent.md for those it has";
            Fault::new(Code::InvalidAction, say)
        })
    }

    /// What it takes and answers, where that is known.
    pub(crate) fn shape(&self) -> Option<&'static Shape> {
        shapes(self.service).iter().find(|shape| shape.name == self.name)
    }
}

/// The table of all actions for `docs/tencent.md`.
pub fn document() -> String {
    let mut text = String::new();
    for service in Service::ALL {
        let _ = write!(
            text,
            "\n### {} ({})\n\n| action | here | what it does not do |\n|---|---|---|\n",
            service.name(),
            service.version(),
        );
        for action in actions::all().filter(|action| action.service == service) {
            let (here, limits) = match action.support {
                Support::Works { limits, .. } => ("works", limits),
                Support::Provider => ("provider needed", ""),
                Support::Nothing => ("not supported", ""),
            };
            let _ = writeln!(text, "| `{}` | {here} | {limits} |", action.name);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_action_of_the_surface_is_in_the_table_once() {
        for service in Service::ALL {
            let named = || actions::all().filter(|action| action.service == service);
            let names: BTreeSet<_> = named().map(|action| action.name).collect();
            assert_eq!(names.len(), named().count(), "{service:?}");
            assert!(shapes(service).iter().all(|shape| names.contains(shape.name)));
        }
    }

    #[test]
    fn what_works_has_a_shape() {
        let works = |action: &&Action| matches!(action.support, Support::Works { .. });
        assert!(actions::all().filter(works).all(|action| action.shape().is_some()));
        assert!(actions::all().filter(works).count() >= 4);
    }

    #[test]
    fn actions_are_chosen_by_name_and_version() {
        let named = |name, version| Action::named(name, version).map_err(|f| f.code);
        assert!(named("CompareFace", "2020-03-03").is_ok());
        assert_eq!(named("CompareFace", "2018-03-01").err(), Some(Code::InvalidAction));
        assert_eq!(named("compareface", "2020-03-03").err(), Some(Code::InvalidAction));
        assert_eq!(named("CompareFace", "2020-03-04").err(), Some(Code::NoSuchVersion));
    }

    #[test]
    fn the_documentation_has_the_table_of_this_program() {
        let page = include_str!("../../../docs/tencent.md");
        let (_, rest) = page.split_once("<!-- actions -->").unwrap();
        let (table, _) = rest.split_once("<!-- /actions -->").unwrap();
        assert_eq!(table.trim(), document().trim(), "put this table in:\n{}", document());
    }
}
