//! A route: everything about it in one value, from which the router, the
//! OpenAPI document and the denial matrix are made.

use std::future::Future;
use std::pin::Pin;

use axum::http::{Method, StatusCode};
use bonafide_ledger::Interface;
use utoipa::openapi::path::Parameter;

use crate::answer::Answer;
use crate::frame::Context;
use crate::openapi::SchemaOf;
use crate::problem::{Code, Problem};

/// One method on one path.
pub(crate) struct Route {
    /// The method.
    pub(crate) method: Method,
    /// The path, with `{name}` for what varies.
    pub(crate) path: &'static str,
    /// What the call is in monitoring and prices; its scope is what a key needs.
    pub(crate) interface: &'static Interface,
    /// Who may call it.
    pub(crate) who: Who,
    /// What body it takes.
    pub(crate) takes: Takes,
    /// What a repeated request with an idempotency key is answered with.
    pub(crate) replay: Replay,
    /// What a person reads about it.
    pub(crate) doc: Doc,
    /// What it does.
    pub(crate) handler: Handler,
}

/// Who may call a route. A key always needs the interface's scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Who {
    /// An application, with its key.
    Key,
    /// The operator, with the key of his own tenant.
    Operator,
    /// An application, or the end user whose token is of the verification that
    /// the path names as `id`; of a challenge likewise.
    KeyOrToken,
    /// An application, or the end user with the token of any verification: what is done
    /// belongs to that one.
    KeyOrPerson,
}

impl Route {
    /// Whether what is sent is to be nowhere once it is answered: what identifies a
    /// person whom somebody asks about (rows R8, O20).
    pub(crate) fn forgets(&self) -> bool {
        self.interface.family == "risk"
    }
}

/// What body a route takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Takes {
    /// None.
    Nothing,
    /// JSON.
    Json,
    /// JSON with a list of things that are asked about together.
    Batch,
    /// JSON or parts, with so many pictures at most.
    Pictures(usize),
    /// A file as it is.
    File(FileKind),
}

/// A file that is a whole body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FileKind {
    /// A part of the capture package.
    CapturePart,
    /// A small picture.
    SmallPicture,
    /// A set of identifiers.
    RiskSet,
}

impl FileKind {
    /// The content types that it is sent as.
    pub(crate) const fn media_types(self) -> &'static [&'static str] {
        match self {
            Self::CapturePart | Self::RiskSet => &["application/octet-stream"],
            Self::SmallPicture => &["image/jpeg", "image/webp"],
        }
    }
}

/// What a repeated request with an idempotency key is answered with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Replay {
    /// Nothing: reading changes nothing, and is simply done again.
    Reads,
    /// The first answer, which the vault keeps sealed under the clock of
    /// results, as long as the thing that it speaks of is kept.
    Sealed,
    /// `answer_gone`: the answer holds a secret that is shown once.
    Once,
}

/// What a person reads about a route.
pub(crate) struct Doc {
    /// Names the operation in clients made from the document.
    pub(crate) id: &'static str,
    /// The group it is listed in.
    pub(crate) tag: &'static str,
    /// In a few words.
    pub(crate) summary: &'static str,
    /// In full.
    pub(crate) description: &'static str,
    /// Members of the query string.
    pub(crate) query: Option<fn() -> Vec<Parameter>>,
    /// The body that it takes.
    pub(crate) request: Option<SchemaOf>,
    /// A body that it takes, as JSON; empty if it takes none. Stands in the
    /// document, and is what the denial matrix sends.
    pub(crate) example: &'static str,
    /// What it answers when all is well; no schema, no body.
    pub(crate) answer: (StatusCode, &'static str, Option<SchemaOf>),
    /// The refusals that are its own, beside those that every route has.
    pub(crate) problems: &'static [Code],
}

/// What a route does.
pub(crate) type Handler =
    for<'a> fn(
        &'a mut Context,
    ) -> Pin<Box<dyn Future<Output = Result<Answer, Problem>> + Send + 'a>>;
