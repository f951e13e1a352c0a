//! What a handler has at hand.

use std::sync::Arc;

use axum::http::Uri;
use bonafide_accounts::{Action, ChangedKeys, Planned};
use bonafide_context::Sensitive;
use bonafide_ledger::{Call, Caller};
use bonafide_vault::records::Change;
use bonafide_verify::webhooks::Webhooks;
use bonafide_verify::{App, Done, SideFiles};
use bytes::Bytes;
use serde::de::DeserializeOwned;

use super::Native;
use super::idempotency::Claim;
use crate::cursor::Cursors;
use crate::input::{Input, SentPicture, SentPictures, query};
use crate::problem::{Code, Problem};

/// A request that has been let in, and what it has led to so far.
pub(crate) struct Context {
    pub(super) native: Arc<Native>,
    /// The call that it is.
    pub(crate) call: Call,
    /// Who asks.
    pub(crate) caller: Caller,
    /// To be committed together with the call's trace.
    pub(crate) changes: Vec<Change>,
    /// The keys that those change.
    pub(super) keys: ChangedKeys,
    pub(super) claim: Option<Claim>,
    pub(super) input: Input,
    parameters: Option<Vec<(String, String)>>,
    pub(super) uri: Uri,
}

impl Context {
    pub(super) fn new(
        native: Arc<Native>,
        call: Call,
        caller: Caller,
        parameters: Option<Vec<(String, String)>>,
        uri: Uri,
    ) -> Self {
        let input = Input::Empty;
        Self {
            native,
            call,
            caller,
            changes: Vec::new(),
            keys: ChangedKeys::None,
            claim: None,
            input,
            parameters,
            uri,
        }
    }

    /// The rooms below.
    pub(crate) fn app(&self) -> Arc<App> {
        self.native.app.clone()
    }

    /// Webhooks, where this server has them.
    pub(crate) fn webhooks(&self) -> Result<Arc<Webhooks>, Problem> {
        self.native.app.webhooks().cloned().ok_or_else(|| {
            Problem::new(Code::NotPossible, "this server sends no webhooks: ask its operator")
        })
    }

    /// The body as the endpoint's type.
    pub(crate) fn body<T: DeserializeOwned>(&mut self) -> Result<T, Problem> {
        // A picture's bytes are held once: what was read is let go.
        std::mem::replace(&mut self.input, Input::Empty).decode()
    }

    /// The body as it is.
    pub(crate) fn file(&mut self) -> Sensitive<Bytes> {
        Sensitive::new(std::mem::replace(&mut self.input, Input::Empty).into_file())
    }

    /// A picture of the body, if it is not too large.
    pub(crate) fn picture(
        &self,
        part: &str,
        sent: SentPicture,
    ) -> Result<Sensitive<Bytes>, Problem> {
        sent.within(part, self.native.settings.picture_bytes)
    }

    /// Pictures of one thing, if none is too large.
    pub(crate) fn pictures(&self, part: &str, sent: SentPictures) -> Result<SideFiles, Problem> {
        sent.within(part, self.native.settings.picture_bytes)
    }

    /// The query as the endpoint's type.
    pub(crate) fn query<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        query::decode(&self.uri)
    }

    /// The text that the path has for a name.
    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        let all = self.parameters.as_ref()?;
        all.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// What the path names, read by its own grammar; what is not of it does not
    /// exist.
    pub(crate) fn named<T: std::str::FromStr>(&self, name: &str) -> Result<T, Problem> {
        self.parameter(name).and_then(|text| text.parse().ok()).ok_or_else(Problem::not_found)
    }

    /// What a use case gave: its changes are noted, its answer is returned.
    pub(crate) fn done<A>(&mut self, done: Done<A>) -> A {
        self.changes.extend(done.changes);
        done.answer
    }

    /// What is to become of the accounts: its changes are noted, what there will
    /// be is returned.
    pub(crate) fn planned<T>(&mut self, planned: Planned<T>) -> T {
        self.changes.extend(planned.changes);
        self.keys = planned.keys;
        planned.made
    }

    /// Notes that the caller changed configuration which other rooms than the
    /// accounts keep.
    pub(crate) fn audit(&mut self, action: Action, subject: &str) {
        let row = self.native.app.accounts().done_by(&self.caller, action, subject);
        self.changes.push(row);
    }

    /// The cursors of a listing.
    pub(crate) fn cursors<'a>(&'a self, listing: &'a str) -> Cursors<'a> {
        Cursors { vault: self.native.app.vault(), caller: &self.caller, listing }
    }
}
