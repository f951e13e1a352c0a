//! `GET /v1/breaches`.

use axum::http::{Method, StatusCode};
use bonafide_context::Timestamp;
use bonafide_policy::Category;
use bonafide_verify::Moment;
use bonafide_verify::interface;
use bonafide_verify::subject::{
    BreachEntry, BreachPlace, BreachQuery, BreachedData, breached_data,
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::answer::Answer;
use crate::api::page::{Listing, listing_query};
use crate::frame::Context;
use crate::input::query;
use crate::openapi::{query_of, schema_of};
use crate::problem::{Code, Problem};
use crate::route::{Doc, Replay, Route, Takes, Who};

pub(crate) const ROUTE: Route = Route {
    method: Method::GET,
    path: "/v1/breaches",
    interface: &interface::BREACHES_READ,
    who: Who::Key,
    takes: Takes::Nothing,
    replay: Replay::Reads,
    doc: Doc {
        id: "readBreach",
        tag: super::TAG,
        summary: "Ask whose data was kept in a period",
        description: "The question that follows a breach: whose data, of which kinds, between \
                      when, also where it is gone by now. The first page adds up all of it; the \
                      pages list it, in the order in which keeping began. Of tenant, environment \
                      and region of the key; with `everywhere=true` of everybody whose data rests \
                      on this server, for a key of the operator with the scope `admin` too.",
        query: Some(query_of::<Query>),
        request: None,
        example: "",
        answer: (StatusCode::OK, "A page of the answer.", Some(schema_of::<Page>)),
        problems: &[Code::InvalidCursor, Code::PolicyForbids],
    },
    handler: |cx| Box::pin(handle(cx)),
};

listing_query! {
    Query {
        /// What was kept at this moment or later; from the beginning if left out.
        #[serde(default, deserialize_with = "query::parsed_optional")]
        #[param(value_type = Option<String>, nullable = false, required = false, format = DateTime)]
        from: Option<Moment>,
        /// What was kept before this moment; until now if left out.
        #[serde(default, deserialize_with = "query::parsed_optional")]
        #[param(value_type = Option<String>, nullable = false, required = false, format = DateTime)]
        until: Option<Moment>,
        /// Data of this kind only, such as `face_media`.
        #[serde(default, deserialize_with = "query::parsed_optional")]
        #[param(value_type = Option<String>, nullable = false, required = false, pattern = "^(face_media|document_media|results|identification|device|consent|guardian)$")]
        category: Option<Category>,
        /// Of everybody whose data rests on this server; for the operator.
        #[serde(default, deserialize_with = "query::parsed_optional")]
        #[param(value_type = Option<bool>, nullable = false, required = false)]
        everywhere: Option<bool>,
    }
}

/// A page of the answer.
#[derive(Serialize, ToSchema)]
#[schema(as = BreachPage)]
struct Page {
    /// The whole of it; `null` on every page but the first.
    data: Option<BreachedData>,
    /// One by one.
    entries: Vec<BreachEntry>,
    /// What to ask the next page with; `null` if this was the last.
    next: Option<String>,
}

async fn handle(cx: &mut Context) -> Result<Answer, Problem> {
    let mut query: Query = cx.query()?;
    let page = query.page();
    let from = query.from.map_or(Timestamp(0), |moment| moment.0);
    // Fixed by the question, so that its pages fit together.
    let until = query.until.map_or(Timestamp(i64::MAX.unsigned_abs()), |moment| moment.0);
    let category = query.category.map_or("", Category::as_str);
    let everywhere = query.everywhere.unwrap_or(false);
    let name = format!("breaches\n{} {}\n{category}\n{everywhere}", from.0, until.0);
    let listing = Listing::asked(cx, page, name).await?;
    let after = listing.after.as_deref().map(place).transpose()?;
    let (category, limit) = (query.category, listing.limit);
    let asked = BreachQuery { from, until, category, everywhere, after, limit };
    let done = breached_data(&cx.app(), &mut cx.call, asked).await?;
    let page = cx.done(done);
    let place =
        page.next.map(|(begins, owner, category)| format!("{} {owner} {category}", begins.0));
    let next = listing.next(cx, place).await?;
    Answer::ok(&Page { data: page.data, entries: page.entries, next })
}

/// Where the page before ended. It is authenticated, so what does not read is from
/// another version of this server.
fn place(text: &str) -> Result<BreachPlace, Problem> {
    let read = || {
        let mut parts = text.split(' ');
        let begins = Timestamp(parts.next()?.parse().ok()?);
        Some((begins, parts.next()?.to_owned(), parts.next()?.parse().ok()?))
    };
    read().ok_or_else(|| Problem::new(Code::InvalidCursor, "begin with the first page again"))
}
