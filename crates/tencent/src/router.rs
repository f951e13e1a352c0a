//! The router.

use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use bonafide_verify::App;

use crate::action::Support;
use crate::actions::{self, OTHER};
use crate::context::Dialect;
use crate::frame::serve;
use crate::settings::Settings;

/// The dialect over the rooms below: it takes every path that no other router has, and
/// of those only what is signed as its interface has it. Every request needs a
/// [`bonafide_context::ClientAddress`] in its extensions; one that also has a call id
/// there is answered under that name.
pub fn routes(app: Arc<App>) -> Router {
    routes_with(app, Settings::default())
}

/// [`routes`] under other limits.
pub fn routes_with(app: Arc<App>, settings: Settings) -> Router {
    let dialect = Arc::new(Dialect { app, settings });
    Router::new().fallback(move |request: Request| serve(dialect.clone(), request))
}

/// The names of the interfaces that can be called here, for prices and limits.
pub fn interfaces() -> impl Iterator<Item = &'static str> {
    let works = actions::all().filter_map(|action| match action.support {
        Support::Works { interface, .. } => Some(interface.name),
        Support::Provider | Support::Nothing => None,
    });
    works.chain([OTHER.name])
}
