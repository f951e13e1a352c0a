//! Parameters held against the surface.
//!
//! A body of JSON has types; a query or a form has texts alone, with the way to a value
//! in its name (`A.B`, `A.0.C`), and is read by the types that the surface declares.
//! Both come out as the same JSON. What is told of a wrong parameter is its name as the
//! surface has it: what was sent is not repeated.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde_json::{Map, Number, Value};

use super::Pairs;
use crate::code::Code;
use crate::fault::Fault;
use crate::signature::COMMON;
use crate::surface::{Kind, Object, Shape};

/// Elements of one list at most.
const LONGEST_LIST: usize = 1_000;

/// Parameters that are as the surface has them.
pub(crate) struct Parameters(Map<String, Value>);

impl Parameters {
    /// The parameters in a body of JSON.
    pub(crate) fn of_json(body: &[u8], shape: &Shape) -> Result<Self, Fault> {
        let read = serde_json::from_slice::<Value>(body);
        let Ok(Value::Object(all)) = read else {
            let say =
                "the body is not an object of JSON: send one, `{}` if there is nothing to say";
            return Err(Fault::new(Code::InvalidRequest, say));
        };
        object(all, shape.request, "").map(Self)
    }

    /// The parameters of a query or a form.
    pub(crate) fn of_pairs(pairs: &Pairs, shape: &Shape) -> Result<Self, Fault> {
        if pairs.repeats() {
            let say = "a parameter is there twice: send each once";
            return Err(Fault::new(Code::InvalidParameter, say));
        }
        let mut tree = Tree::default();
        for (name, value) in pairs.iter().filter(|(name, _)| !COMMON.contains(name)) {
            tree.put(name.split('.'), value).ok_or_else(unknown)?;
        }
        let Tree::Branch(branches) = tree else { return Err(unknown()) };
        let all = typed_object(branches, shape.request, "")?;
        object(all, shape.request, "").map(Self)
    }

    /// As the action's own type.
    pub(crate) fn into<T: DeserializeOwned>(self) -> Result<T, Fault> {
        serde_json::from_value(Value::Object(self.0)).map_err(|_| {
            // The types are those of the surface: what is left is a number out of range.
            Fault::new(Code::InvalidParameterValue, "a parameter is out of its range")
        })
    }
}

/// Holds an object against its members. `null` is the same as nothing.
fn object(
    all: Map<String, Value>,
    members: Object,
    path: &str,
) -> Result<Map<String, Value>, Fault> {
    let mut known = Map::new();
    for (name, value) in all {
        let member = members.iter().find(|member| member.name == name).ok_or_else(unknown)?;
        if !value.is_null() {
            let path = join(path, member.name);
            known.insert(name, checked(value, &member.kind, &path)?);
        }
    }
    match members.iter().find(|member| member.needed && !known.contains_key(member.name)) {
        None => Ok(known),
        Some(missing) => {
            let say = format!("`{}` is missing", join(path, missing.name));
            Err(Fault::new(Code::MissingParameter, say))
        }
    }
}

fn checked(value: Value, kind: &Kind, path: &str) -> Result<Value, Fault> {
    match (kind, value) {
        (Kind::Object(members), Value::Object(all)) => {
            object(all, members, path).map(Value::Object)
        }
        (Kind::List(of), Value::Array(all)) if all.len() <= LONGEST_LIST => {
            let all = all.into_iter().map(|one| checked(one, of, path));
            all.collect::<Result<_, _>>().map(Value::Array)
        }
        (Kind::Str, value @ Value::String(_)) | (Kind::Bool, value @ Value::Bool(_)) => Ok(value),
        // As official samples have it.
        (Kind::Bool, Value::String(text)) => {
            flag(&text).map(Value::Bool).ok_or_else(|| wrong(kind, path))
        }
        (Kind::Int, Value::Number(n)) if n.is_i64() => Ok(n.into()),
        (Kind::Uint, Value::Number(n)) if n.is_u64() => Ok(n.into()),
        (Kind::Float, Value::Number(n)) => Ok(n.into()),
        _ => Err(wrong(kind, path)),
    }
}

/// Texts by the way to them.
enum Tree<'a> {
    Leaf(&'a str),
    Branch(BTreeMap<&'a str, Self>),
}

impl Default for Tree<'_> {
    fn default() -> Self {
        Self::Branch(BTreeMap::new())
    }
}

/// No object of the surface lies deeper.
const DEEPEST: usize = 8;

impl<'a> Tree<'a> {
    /// Puts a text where its name says; `None` if that is no place, or taken.
    fn put(&mut self, way: impl Iterator<Item = &'a str>, value: &'a str) -> Option<()> {
        let mut place = self;
        let mut steps = 0;
        for step in way {
            steps += 1;
            let Self::Branch(branches) = place else { return None };
            place = branches.entry(step).or_default();
        }
        let free = matches!(place, Self::Branch(branches) if branches.is_empty());
        (free && steps <= DEEPEST).then(|| *place = Self::Leaf(value))
    }
}

fn typed_object(
    branches: BTreeMap<&str, Tree<'_>>,
    members: Object,
    path: &str,
) -> Result<Map<String, Value>, Fault> {
    let mut all = Map::new();
    for (name, tree) in branches {
        let member = members.iter().find(|member| member.name == name).ok_or_else(unknown)?;
        let value = typed(tree, &member.kind, &join(path, name))?;
        all.insert(name.to_owned(), value);
    }
    Ok(all)
}

fn typed(tree: Tree<'_>, kind: &Kind, path: &str) -> Result<Value, Fault> {
    let read = match (kind, tree) {
        (Kind::Object(members), Tree::Branch(branches)) => {
            return typed_object(branches, members, path).map(Value::Object);
        }
        (Kind::List(of), Tree::Branch(branches)) => {
            return list(branches, of, path).map(Value::Array);
        }
        (Kind::Str, Tree::Leaf(text)) => Some(Value::from(text)),
        (Kind::Bool, Tree::Leaf(text)) => flag(text).map(Value::Bool),
        (Kind::Int, Tree::Leaf(text)) => text.parse::<i64>().ok().map(Value::from),
        (Kind::Uint, Tree::Leaf(text)) => text.parse::<u64>().ok().map(Value::from),
        (Kind::Float, Tree::Leaf(text)) => {
            text.parse::<f64>().ok().and_then(Number::from_f64).map(Value::from)
        }
        _ => None,
    };
    read.ok_or_else(|| wrong(kind, path))
}

/// A flag as a text, in the spelling of two languages.
fn flag(text: &str) -> Option<bool> {
    match text {
        "true" | "True" => Some(true),
        "false" | "False" => Some(false),
        _ => None,
    }
}

/// Elements `0`, `1`, … without a gap.
fn list(branches: BTreeMap<&str, Tree<'_>>, of: &Kind, path: &str) -> Result<Vec<Value>, Fault> {
    let mut all = BTreeMap::new();
    for (index, tree) in branches {
        let at: usize = index.parse().ok().filter(|at| *at < LONGEST_LIST).ok_or_else(unknown)?;
        if at.to_string() != index {
            return Err(unknown());
        }
        all.insert(at, typed(tree, of, path)?);
    }
    if !all.keys().copied().eq(0..all.len()) {
        let say = format!("`{path}` has a gap: number its elements from 0");
        return Err(Fault::new(Code::InvalidParameter, say));
    }
    Ok(all.into_values().collect())
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

fn unknown() -> Fault {
    Fault::new(
        Code::UnknownParameter,
        "a parameter is not one of this action: compare the names with its documentation",
    )
}

fn wrong(kind: &Kind, path: &str) -> Fault {
    let what = match kind {
        Kind::Str => "a text",
        Kind::Int => "a whole number",
        Kind::Uint => "a whole number from 0",
        Kind::Float => "a number",
        Kind::Bool => "true or false",
        Kind::Object(_) => "an object",
        Kind::List(_) => "a list of at most 1000 elements",
    };
    Fault::new(Code::InvalidParameter, format!("`{path}` has to be {what}"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::surface::Member;

    static INNER: Object = &[member("Name", Kind::Str, true), member("Flag", Kind::Bool, false)];
    static SHAPE: Shape = Shape {
        name: "Test",
        request: &[
            member("Text", Kind::Str, true),
            member("Count", Kind::Uint, false),
            member("Shift", Kind::Int, false),
            member("Share", Kind::Float, false),
            member("On", Kind::Bool, false),
            member("Codes", Kind::List(&Kind::Int), false),
            member("Inner", Kind::Object(&INNER), false),
            member("All", Kind::List(&Kind::Object(&INNER)), false),
        ],
        response: &[],
    };

    const fn member(name: &'static str, kind: Kind, needed: bool) -> Member {
        Member { name, kind, needed, nullable: false }
    }

    fn by_json(value: &Value) -> Result<Value, (&'static str, String)> {
        let read = Parameters::of_json(value.to_string().as_bytes(), &SHAPE);
        read.map(|read| Value::Object(read.0)).map_err(|f| (f.code.as_str(), f.message.into()))
    }

    fn by_pairs(text: &str) -> Result<Value, &'static str> {
        let read = Parameters::of_pairs(&Pairs::read(text.as_bytes()), &SHAPE);
        read.map(|read| Value::Object(read.0)).map_err(|fault| fault.code.as_str())
    }

    #[test]
    fn json_is_held_against_the_surface() {
        let all = json!({
            "Text": "a", "Count": 3, "Shift": -3, "Share": 0.5, "On": true, "Codes": [1, -2],
            "Inner": { "Name": "b", "Flag": false }, "All": [{ "Name": "c" }],
        });
        assert_eq!(by_json(&all), Ok(all.clone()));
        assert_eq!(by_json(&json!({ "Text": "a", "Count": null })), Ok(json!({ "Text": "a" })));
        let flag = json!({ "Text": "a", "On": "true" });
        assert_eq!(by_json(&flag), Ok(json!({ "Text": "a", "On": true })));
        for (value, code, said) in [
            (json!({}), "MissingParameter", "`Text` is missing"),
            (json!({ "Text": null }), "MissingParameter", "`Text` is missing"),
            (json!({ "Text": 1 }), "InvalidParameter", "`Text` has to be a text"),
            (json!({ "Text": "", "Count": -1 }), "InvalidParameter", "whole number from 0"),
            (json!({ "Text": "", "Count": 1.5 }), "InvalidParameter", "`Count`"),
            (json!({ "Text": "", "On": "yes" }), "InvalidParameter", "`On`"),
            (json!({ "Text": "", "Codes": ["x"] }), "InvalidParameter", "`Codes`"),
            (json!({ "Text": "", "Inner": {} }), "MissingParameter", "`Inner.Name`"),
            (json!({ "Text": "", "ERIKSSON": 1 }), "UnknownParameter", "not one of this action"),
            (json!([]), "InvalidRequest", "object of JSON"),
        ] {
            let (told, message) = by_json(&value).unwrap_err();
            assert_eq!(told, code, "{value}");
            assert!(message.contains(said) && !message.contains("ERIKSSON"), "{message}");
        }
    }

    #[test]
    fn texts_are_read_by_the_declared_types() {
        let all = "Text=a%2Bb&Count=3&Shift=-3&Share=0.5&On=True&Codes.0=1&Codes.1=-2\
                   &Inner.Name=b&Inner.Flag=false&All.0.Name=c&Action=Test&Nonce=1";
        let expected = json!({
            "Text": "a+b", "Count": 3, "Shift": -3, "Share": 0.5, "On": true, "Codes": [1, -2],
            "Inner": { "Name": "b", "Flag": false }, "All": [{ "Name": "c" }],
        });
        assert_eq!(by_pairs(all), Ok(expected));
        for (text, code) in [
            ("", "MissingParameter"),
            ("Text=a&Text=b", "InvalidParameter"),
            ("Text=a&Count=x", "InvalidParameter"),
            ("Text=a&Share=nan", "InvalidParameter"),
            ("Text=a&On=1", "InvalidParameter"),
            ("Text.0=a", "InvalidParameter"),
            ("Text=a&Codes=1", "InvalidParameter"),
            ("Text=a&Codes.1=1", "InvalidParameter"),
            ("Text=a&Codes.01=1", "UnknownParameter"),
            ("Text=a&Codes.9999=1", "UnknownParameter"),
            ("Text=a&Text.b=1", "UnknownParameter"),
            ("Text=a&Inner.Else=1", "UnknownParameter"),
            ("Text=a&a.b.c.d.e.f.g.h.i=1", "UnknownParameter"),
        ] {
            assert_eq!(by_pairs(text), Err(code), "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_break_it(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            crate::input::fuzz(&bytes);
        }

        #[test]
        fn whatever_is_taken_is_as_the_surface_has_it(
            text in "(Text|Count|On|Codes|Inner|All)?[.=&a-zA-Z0-9]{0,60}",
        ) {
            if let Ok(Value::Object(all)) = by_pairs(&format!("Text=x&{text}")) {
                let shape = Shape { name: "Test", request: &[], response: SHAPE.request };
                prop_assert_eq!(shape.amiss(&Value::Object(all)), None);
            }
        }
    }
}
