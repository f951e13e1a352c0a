//! How long a page of a listing may be.

use serde::Deserialize;
use utoipa::IntoParams;

use crate::frame::Context;
use crate::problem::{Code, Problem};

/// How many where nothing is said.
const DEFAULT: u32 = 50;
/// How many at most.
const MOST: u32 = 200;

/// The limit that a query asks for.
pub(super) fn limit(asked: Option<u32>) -> Result<u32, Problem> {
    match asked.unwrap_or(DEFAULT) {
        limit @ 1..=MOST => Ok(limit),
        _ => Err(Problem::new(Code::InvalidQuery, format!("`limit` is 1 to {MOST}"))),
    }
}

/// What a listing is asked that knows no filters.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(super) struct PageQuery {
    /// `next` of the page before.
    #[serde(default)]
    #[param(nullable = false, max_length = 1024)]
    pub(super) cursor: Option<String>,
    /// At most so many; 50 if left out.
    #[serde(default)]
    #[param(nullable = false, minimum = 1, maximum = 199)]
    pub(super) limit: Option<u32>,
}

/// How many are asked for, and behind which one.
pub(super) async fn asked(
    cx: &Context,
    query: PageQuery,
    listing: &str,
) -> Result<(u32, Option<String>), Problem> {
    // One more is read than shown, to know whether there are more: so the most
    // that a page shows is one less than the room below gives.
    let limit = limit(query.limit)?.min(MOST - 1);
    let after = match query.cursor {
        None => None,
        Some(cursor) => Some(cx.cursors(listing).open(&cursor).await?),
    };
    Ok((limit, after))
}

/// The cursor behind the last one that is shown, if there are more; what is
/// beyond the page is taken away.
pub(super) async fn next<T>(
    cx: &Context,
    listing: &str,
    found: &mut Vec<T>,
    limit: u32,
    place: impl Fn(&T) -> String,
) -> Result<Option<String>, Problem> {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    if found.len() <= limit {
        return Ok(None);
    }
    found.truncate(limit);
    match found.last() {
        None => Ok(None),
        Some(last) => {
            let place = place(last);
            Ok(Some(cx.cursors(listing).make(&place).await?))
        }
    }
}
