//! Listings that are read page by page.

use std::fmt::Display;
use std::str::FromStr;

use bonafide_context::Timestamp;
use bonafide_verify::Moment;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::frame::Context;
use crate::problem::{Code, Problem};

/// How many where nothing is said.
const DEFAULT: u32 = 50;
/// How many at most.
const MOST: u32 = 200;

/// The query of a listing: its own filters, and what all listings have.
macro_rules! listing_query {
    ($(#[$about:meta])* $name:ident { $($(#[$of:meta])* $filter:ident: $kind:ty,)* }) => {
        $(#[$about])*
        #[derive(serde::Deserialize, utoipa::IntoParams)]
        #[serde(deny_unknown_fields)]
        struct $name {
            $($(#[$of])* $filter: $kind,)*
            /// `next` of the page before.
            #[serde(default)]
            #[param(nullable = false, max_length = 1024)]
            cursor: Option<String>,
            /// At most so many; 50 if left out.
            #[serde(default)]
            #[param(nullable = false, minimum = 1, maximum = 200)]
            limit: Option<u32>,
        }

        impl $name {
            /// Which page; the filters stay.
            fn page(&mut self) -> $crate::api::page::PageQuery {
                $crate::api::page::PageQuery { cursor: self.cursor.take(), limit: self.limit.take() }
            }
        }
    };
}
pub(super) use listing_query;

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
    #[param(nullable = false, minimum = 1, maximum = 200)]
    pub(super) limit: Option<u32>,
}

/// One page of a listing.
pub(super) struct Listing {
    /// The listing and its filters: a cursor is good for no other.
    name: String,
    /// At most so many.
    pub(super) limit: u32,
    /// Where the page before ended.
    pub(super) after: Option<String>,
}

impl Listing {
    /// The page that is asked for.
    pub(super) async fn asked(
        cx: &Context,
        query: PageQuery,
        name: String,
    ) -> Result<Self, Problem> {
        let limit = query.limit.unwrap_or(DEFAULT);
        if !(1..=MOST).contains(&limit) {
            return Err(Problem::new(Code::InvalidQuery, format!("`limit` is 1 to {MOST}")));
        }
        let after = match query.cursor {
            None => None,
            Some(cursor) => Some(cx.cursors(&name).open(&cursor).await?),
        };
        Ok(Self { name, limit, after })
    }

    /// The page as accounts take it: one more is read than is shown, to know
    /// whether there are more.
    pub(super) fn one_more(&self) -> bonafide_accounts::Page {
        bonafide_accounts::Page { after: self.after.clone(), limit: Some(self.limit + 1) }
    }

    /// Takes away what is beyond the page; where it ends, if there are more.
    pub(super) fn cut<T>(
        &self,
        found: &mut Vec<T>,
        place: impl Fn(&T) -> String,
    ) -> Option<String> {
        let limit = usize::try_from(self.limit).unwrap_or(usize::MAX);
        if found.len() <= limit {
            return None;
        }
        found.truncate(limit);
        found.last().map(place)
    }

    /// Where the page before ended, of a listing in the order of time: a moment and an
    /// id. It is authenticated, so what does not read is from another version of this
    /// server.
    pub(super) fn place<Id: FromStr>(&self) -> Result<Option<(Timestamp, Id)>, Problem> {
        let Some(text) = &self.after else { return Ok(None) };
        let read = || {
            let (at, id) = text.split_once(' ')?;
            Some((Timestamp(at.parse().ok()?), id.parse().ok()?))
        };
        let again = || Problem::new(Code::InvalidCursor, "begin with the first page again");
        read().map(Some).ok_or_else(again)
    }

    /// As [`Listing::next`], of such a listing.
    pub(super) async fn next_after(
        &self,
        cx: &Context,
        place: Option<(Moment, impl Display)>,
    ) -> Result<Option<String>, Problem> {
        self.next(cx, place.map(|(at, id)| format!("{} {id}", at.0.0))).await
    }

    /// What the next page is asked with, if this one ends at a place and not
    /// with the listing.
    pub(super) async fn next(
        &self,
        cx: &Context,
        place: Option<String>,
    ) -> Result<Option<String>, Problem> {
        match place {
            None => Ok(None),
            Some(place) => Ok(Some(cx.cursors(&self.name).make(&place).await?)),
        }
    }
}
