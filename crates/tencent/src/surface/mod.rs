//! The surface of the interface that this room answers: every action of `faceid`, `ocr`
//! and `iai` with the names and types of what it takes and answers. Requests are held
//! against it before anything else looks at them, and answers in every test, so that a
//! wrong name cannot hide.

mod faceid;
mod iai;
mod ocr;

use serde_json::Value;

/// What an action takes and answers.
#[derive(Debug)]
pub(crate) struct Shape {
    /// Its name, as requests spell it.
    pub(crate) name: &'static str,
    /// What it takes.
    pub(crate) request: Object,
    /// What it answers, beside `RequestId`.
    pub(crate) response: Object,
}

/// The members of an object.
pub(crate) type Object = &'static [Member];

/// A member of an object.
#[derive(Debug)]
pub(crate) struct Member {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    /// A request has to have it.
    pub(crate) needed: bool,
    /// An answer may have `null` here.
    pub(crate) nullable: bool,
}

/// What a value is.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
    Str,
    Int,
    /// 0 or more.
    Uint,
    Float,
    Bool,
    Object(&'static Object),
    List(&'static Kind),
}

/// The actions of a service that have a shape.
pub(crate) fn shapes(service: super::Service) -> &'static [Shape] {
    match service {
        super::Service::Faceid => faceid::ACTIONS,
        super::Service::Ocr => ocr::ACTIONS,
        super::Service::Iai => iai::ACTIONS,
    }
}

impl Shape {
    /// The first thing in an answer that the surface does not have.
    pub(crate) fn amiss(&self, answer: &Value) -> Option<String> {
        amiss_in(self.response, answer, self.name)
    }
}

fn amiss(kind: &Kind, value: &Value, path: &str) -> Option<String> {
    let right = match kind {
        Kind::Str => value.is_string(),
        Kind::Int => value.is_i64(),
        Kind::Uint => value.is_u64(),
        Kind::Float => value.is_number(),
        Kind::Bool => value.is_boolean(),
        Kind::List(of) => {
            let Value::Array(all) = value else { return Some(path.to_owned()) };
            return all.iter().find_map(|one| amiss(of, one, path));
        }
        Kind::Object(members) => return amiss_in(members, value, path),
    };
    (!right).then(|| path.to_owned())
}

fn amiss_in(members: Object, value: &Value, path: &str) -> Option<String> {
    let Value::Object(all) = value else { return Some(path.to_owned()) };
    all.iter().find_map(|(name, value)| {
        let path = format!("{path}.{name}");
        match members.iter().find(|member| member.name == name) {
            None => Some(path),
            Some(member) if value.is_null() && member.nullable => None,
            Some(member) => amiss(&member.kind, value, &path),
        }
    })
}

/// Writes the table of a service: objects, then actions. A type is `str`, `int`, `uint`,
/// `float`, `bool`, an object's name, or a list of one in brackets; `(need T)` has to be
/// there, `(null T)` may be null.
macro_rules! surface {
    (
        objects { $($object:ident { $($name:ident: $kind:tt),* $(,)? })* }
        actions { $($action:ident($($in:ident: $take:tt),* $(,)?)
            -> ($($out:ident: $give:tt),* $(,)?))* }
    ) => {
        $(
            #[expect(non_upper_case_globals, reason = "named as the interface names it")]
            static $object: super::Object = &[$(super::surface!(@member $name $kind)),*];
        )*

        /// The actions of this service.
        pub(crate) static ACTIONS: &[super::Shape] = &[$(
            super::Shape {
                name: stringify!($action),
                request: &[$(super::surface!(@member $in $take)),*],
                response: &[$(super::surface!(@member $out $give)),*],
            },
        )*];
    };
    (@member $name:ident (need $kind:tt)) => { super::surface!(@row $name $kind true false) };
    (@member $name:ident (null $kind:tt)) => { super::surface!(@row $name $kind false true) };
    (@member $name:ident $kind:tt) => { super::surface!(@row $name $kind false false) };
    (@row $name:ident $kind:tt $needed:literal $nullable:literal) => {
        super::Member {
            name: stringify!($name),
            kind: super::surface!(@kind $kind),
            needed: $needed,
            nullable: $nullable,
        }
    };
    (@kind str) => { super::Kind::Str };
    (@kind int) => { super::Kind::Int };
    (@kind uint) => { super::Kind::Uint };
    (@kind float) => { super::Kind::Float };
    (@kind bool) => { super::Kind::Bool };
    (@kind [$kind:tt]) => { super::Kind::List(&super::surface!(@kind $kind)) };
    (@kind $object:ident) => { super::Kind::Object(&$object) };
}
use surface;

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::json;

    use super::*;
    use crate::Service;

    #[test]
    fn every_action_and_member_stands_there_once() {
        for service in Service::ALL {
            let shapes = shapes(service);
            let names: BTreeSet<_> = shapes.iter().map(|shape| shape.name).collect();
            assert_eq!(names.len(), shapes.len(), "{service:?}");
            for shape in shapes {
                for members in [shape.request, shape.response] {
                    let names: BTreeSet<_> = members.iter().map(|member| member.name).collect();
                    assert_eq!(names.len(), members.len(), "{}", shape.name);
                }
            }
        }
        let counts = Service::ALL.map(|service| shapes(service).len());
        assert_eq!(counts, [41, 37, 4]);
    }

    #[test]
    fn a_wrong_name_type_or_null_is_amiss() {
        let shape = shapes(Service::Iai).iter().find(|s| s.name == "DetectFace").unwrap();
        let face = json!({ "X": -1, "Y": 2, "Width": 3, "Height": 4, "FaceQualityInfo": null });
        assert_eq!(shape.amiss(&json!({ "ImageWidth": 1, "FaceInfos": [face] })), None);
        for (answer, path) in [
            (json!({ "ImageWidht": 1 }), "DetectFace.ImageWidht"),
            (json!({ "FaceInfos": [{ "X": 1.5 }] }), "DetectFace.FaceInfos.X"),
            (json!({ "FaceInfos": [{ "X": null }] }), "DetectFace.FaceInfos.X"),
            (json!({ "FaceInfos": [{ "X": "1" }] }), "DetectFace.FaceInfos.X"),
            (json!({ "FaceInfos": {} }), "DetectFace.FaceInfos"),
        ] {
            assert_eq!(shape.amiss(&answer).as_deref(), Some(path));
        }
    }
}
