//! Which fields may stand in a line or a span.

use std::fmt::{self, Write};
use std::sync::atomic::Ordering;

use bonafide_context::CallId;
use serde::Serialize;
use tracing::field::{Field, Visit};

use super::{FIELDS_DROPPED, image};

/// The names of fields that may be logged, and what each may hold.
const ALLOWED: [(&str, Shape); 43] = [
    ("attempt", Shape::Number),
    ("attempts", Shape::Number),
    ("bytes", Shape::Number),
    ("call", Shape::Call),
    ("call_id", Shape::Call),
    ("calls", Shape::Number),
    ("cause", Shape::Text),
    ("code", Shape::Text),
    ("component", Shape::Text),
    ("count", Shape::Number),
    ("cut_off", Shape::Number),
    ("due", Shape::Number),
    ("duration_ms", Shape::Number),
    ("engine", Shape::Text),
    ("error", Shape::Text),
    ("file", Shape::Text),
    ("interface", Shape::Text),
    ("items", Shape::Number),
    ("kind", Shape::Text),
    ("lag_ms", Shape::Number),
    ("limit", Shape::Number),
    ("line", Shape::Number),
    ("method", Shape::Text),
    ("model", Shape::Text),
    ("outcome", Shape::Text),
    ("pages", Shape::Number),
    ("purpose", Shape::Text),
    ("queue", Shape::Number),
    ("reason", Shape::Text),
    ("retries", Shape::Number),
    ("role", Shape::Text),
    ("rows", Shape::Number),
    ("seconds", Shape::Number),
    ("setting", Shape::Text),
    ("signal", Shape::Number),
    ("size", Shape::Number),
    ("state", Shape::Text),
    ("status", Shape::Number),
    ("step", Shape::Text),
    ("store", Shape::Text),
    ("table", Shape::Text),
    ("version", Shape::Number),
    ("workers", Shape::Number),
];

/// Fields that are read elsewhere and are no loss.
const ELSEWHERE: [&str; 1] = ["traceparent"];

/// Most bytes of one text.
const LONGEST: usize = 400;

/// What stands where something was kept out.
const KEPT_OUT: char = '…';

#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    Text,
    Number,
    Call,
}

/// The value of a field that may be logged.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub(crate) enum Fact {
    Text(String),
    Whole(i64),
    Real(f64),
    Flag(bool),
}

/// Takes the fields of a span or an event, and lets through what may be
/// logged.
#[derive(Debug, Default)]
pub(crate) struct Fence {
    /// The message, with what was filled into it kept out.
    pub(crate) message: Option<String>,
    /// The call that it is about.
    pub(crate) call: Option<CallId>,
    /// Everything else.
    pub(crate) facts: Vec<(&'static str, Fact)>,
}

impl Fence {
    fn put(&mut self, field: &Field, shape: Shape, fact: impl FnOnce() -> Option<Fact>) {
        let name = field.name();
        let allowed = ALLOWED.iter().any(|(allowed, its)| *allowed == name && *its == shape);
        match allowed.then(fact).flatten() {
            Some(fact) => self.facts.push((name, fact)),
            None if ELSEWHERE.contains(&name) => {}
            None => drop_one(),
        }
    }

    fn is_call(field: &Field) -> bool {
        ALLOWED.iter().any(|(name, shape)| *name == field.name() && *shape == Shape::Call)
    }

    fn call(&mut self, text: &str) {
        match text.parse() {
            Ok(call) => self.call = Some(call),
            Err(_) => drop_one(),
        }
    }
}

impl Visit for Fence {
    fn record_u64(&mut self, field: &Field, value: u64) {
        self.put(field, Shape::Number, || i64::try_from(value).ok().map(Fact::Whole));
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.put(field, Shape::Number, || Some(Fact::Whole(value)));
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.put(field, Shape::Number, || value.is_finite().then_some(Fact::Real(value)));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.put(field, Shape::Text, || Some(Fact::Flag(value)));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        if Self::is_call(field) {
            self.call(value);
        } else {
            self.put(field, Shape::Text, || {
                (image::holds(value) && !value.is_empty()).then(|| Fact::Text(value.to_owned()))
            });
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if Self::is_call(field) {
            let mut text = Bounded::<false>::default();
            // The bound ends the writing early; then it is no call id.
            let _ = write!(text, "{value:?}");
            self.call(&text.0);
        } else if field.name() == "message" {
            let text = written(value);
            self.message = (!text.is_empty()).then_some(text);
        } else {
            self.put(field, Shape::Text, || Some(Fact::Text(written(value))));
        }
    }
}

/// Writes a value, keeping out every piece that is not part of the program.
fn written(value: &dyn fmt::Debug) -> String {
    let mut text = Bounded::<true>::default();
    let _ = write!(text, "{value:?}");
    text.0
}

fn drop_one() {
    FIELDS_DROPPED.fetch_add(1, Ordering::Relaxed);
}

/// A text of bounded length, `FENCED` or not.
#[derive(Default)]
struct Bounded<const FENCED: bool>(String);

impl<const FENCED: bool> Write for Bounded<FENCED> {
    fn write_str(&mut self, piece: &str) -> fmt::Result {
        if FENCED && !image::holds(piece) {
            drop_one();
            if !self.0.ends_with(KEPT_OUT) {
                self.0.push(KEPT_OUT);
            }
        } else {
            self.0.push_str(piece);
        }
        if self.0.len() > LONGEST { Err(fmt::Error) } else { Ok(()) }
    }
}
