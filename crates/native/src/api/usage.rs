//! `GET /v1/usage`.

use axum::http::{Method, StatusCode};
use bonafide_context::{Date, Keeper};
use bonafide_ledger::{ApplicationId, Usage, UsageLine, UsageQuery};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::{IntoParams, ToSchema};

use super::interface;
use crate::answer::Answer;
use crate::frame::Context;
use crate::input::query;
use crate::openapi::{query_of, schema_of};
use crate::problem::{Code, Problem};
use crate::route::{Doc, Replay, Route, Takes, Who};

pub(crate) const ROUTE: Route = Route {
    method: Method::GET,
    path: "/v1/usage",
    interface: &interface::USAGE_READ,
    who: Who::Key,
    takes: Takes::Nothing,
    replay: Replay::Reads,
    doc: Doc {
        id: "readUsage",
        tag: "Usage and log",
        summary: "Count calls and fees",
        description: "Calls and fees by interface and day. A key sees its own application, a key \
                      with the scope `admin` those of its tenant in the same environment.",
        query: Some(query_of::<Query>),
        request: None,
        example: "",
        answer: (StatusCode::OK, "Calls and fees.", Some(schema_of::<Counted>)),
        problems: &[Code::NotFound],
    },
    handler: |cx| Box::pin(handle(cx)),
};

/// Days of usage at most in one answer.
const MOST_DAYS: i32 = 366;

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct Query {
    /// From this day in UTC; 30 days ago if left out.
    #[serde(default, deserialize_with = "query::parsed_optional")]
    #[param(value_type = Option<String>, nullable = false, required = false, format = Date, example = "2026-11-01")]
    from: Option<Date>,
    /// To this day in UTC, included; today if left out.
    #[serde(default, deserialize_with = "query::parsed_optional")]
    #[param(value_type = Option<String>, nullable = false, required = false, format = Date, example = "2026-11-30")]
    to: Option<Date>,
    /// Of this application only.
    #[serde(default, deserialize_with = "query::parsed_optional")]
    #[param(value_type = Option<String>, nullable = false, required = false, pattern = "^app_[a-z2-7]{26}$")]
    application: Option<ApplicationId>,
    /// Of this interface only, such as `documents.read`.
    #[serde(default)]
    #[param(nullable = false, max_length = 64)]
    interface: Option<String>,
}

/// Calls and fees.
#[derive(Serialize, ToSchema)]
#[schema(as = Usage)]
struct Counted {
    /// The currency of the fees, three letters; empty if everything is free.
    currency: String,
    /// All calls of the lines.
    calls: u64,
    /// All fees of the lines, in millionths of the currency.
    fees: u64,
    /// By day and interface, in this order.
    lines: Vec<Line>,
}

/// Calls and fees of one interface on one day.
#[derive(Serialize, ToSchema)]
#[schema(as = UsageLine)]
struct Line {
    /// The day in UTC on which the calls started.
    #[schema(value_type = String, format = Date)]
    day: Date,
    /// The interface.
    interface: String,
    /// How many calls.
    calls: u64,
    /// What they cost, in millionths of the currency.
    fees: u64,
    /// How many calls by result.
    results: BTreeMap<String, u64>,
}

async fn handle(cx: &mut Context) -> Result<Answer, Problem> {
    let Query { from, to, application, interface } = cx.query()?;
    let app = cx.app();
    let to = to.unwrap_or_else(|| app.clock().today());
    let from = from.unwrap_or_else(|| Date::from_days(to.days() - 30));
    if from > to || to.days() - from.days() >= MOST_DAYS {
        let say = format!("`from` lies before `to`, by fewer than {MOST_DAYS} days");
        return Err(Problem::new(Code::InvalidQuery, say));
    }
    let view = super::calls::view(cx, application.clone())?;
    let query = UsageQuery { from, to, application, interface };
    let usage = app.ledger().usage(&view, &query).await?;
    if !Keeper::Statistics.works() {
        let (usage, caller) = (Counted::from(usage), &cx.caller.application);
        return Answer::ok(&serde_json::json!({ "usage": usage, "caller": caller.as_str() }));
    }
    Answer::ok(&Counted::from(usage))
}

impl From<Usage> for Counted {
    fn from(usage: Usage) -> Self {
        let Usage { currency, calls, fees, lines } = usage;
        Self { currency, calls, fees, lines: lines.into_iter().map(Line::from).collect() }
    }
}

impl From<UsageLine> for Line {
    fn from(line: UsageLine) -> Self {
        let UsageLine { day, interface, calls, fees, results } = line;
        Self { day, interface, calls, fees, results }
    }
}
