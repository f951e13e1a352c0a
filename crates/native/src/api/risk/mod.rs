//! Endpoints for signals and scores of what identifies a person: nothing of it is
//! kept.

pub(super) mod assess;
mod batch;
pub(super) mod device;
pub(super) mod email;
pub(super) mod phone;
pub(super) mod sets;

use bonafide_context::CallId;
use bonafide_verify::risk::{RiskAnswer, RiskItem, assess_risk};
use serde::Serialize;
use utoipa::ToSchema;

use crate::answer::Answer;
use crate::frame::Context;
use crate::problem::Problem;

const TAG: &str = "Risk";

/// What was found out, in the order of the request.
#[derive(Serialize, ToSchema)]
#[schema(as = RiskAnswers)]
struct Assessed {
    #[schema(value_type = String)]
    call_id: CallId,
    #[schema(min_items = 1, max_items = 100)]
    results: Vec<RiskAnswer>,
}

/// Assesses what was sent; nothing of it is left in what the call leaves behind.
async fn assess_all(cx: &mut Context, items: Vec<RiskItem>) -> Result<Answer, Problem> {
    let done = assess_risk(&cx.app(), &mut cx.call, items).await?;
    Answer::ok(&Assessed { call_id: cx.call.id(), results: cx.done(done) })
}

/// What every one of these endpoints says of itself.
macro_rules! about {
    ($what:literal) => {
        concat!(
            $what,
            " Nothing that is sent is kept, written down or used for anything else; it is \
             overwritten in memory when it is answered, and a connection over HTTP/2 is renewed \
             for it. What could not be found out is `null` with a reason, never `false`, and \
             lowers the coverage. Signals and reasons are told where your policy names them, \
             sources and scores always. Sending it again assesses it again: an idempotency key \
             is not looked at. Up to 100 at once as `{\"batch\": […]}`."
        )
    };
}
use about;
