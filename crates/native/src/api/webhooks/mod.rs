//! `/v1/webhooks`: where an application is told what happened.

pub(crate) mod change;
pub(crate) mod create;
pub(crate) mod delete;
pub(crate) mod deliveries;
pub(crate) mod list;
pub(crate) mod read;
pub(crate) mod resend;
pub(crate) mod rotate;
pub(crate) mod test;

use bonafide_verify::webhooks::Owner;

use crate::frame::Context;

const TAG: &str = "Webhooks";

/// Whose endpoints the caller sees: those of his application.
fn owner(cx: &Context) -> Owner {
    Owner::from(&cx.caller)
}
