//! `/v1/templates`: named, versioned settings of verifications.

pub(crate) mod close;
pub(crate) mod create;
pub(crate) mod list;
pub(crate) mod read;
pub(crate) mod version;
pub(crate) mod versions;

use bonafide_accounts::{Template, TemplateId, VerificationSettings};
use bonafide_verify::Moment;
use serde::Serialize;
use utoipa::ToSchema;

use crate::frame::Context;
use crate::problem::Problem;

const TAG: &str = "Templates";

/// One version of a template.
#[derive(Serialize, ToSchema)]
#[schema(as = Template)]
pub(crate) struct ShownTemplate {
    /// `tpl_…`.
    id: String,
    /// Its name, unique in the environment and region.
    name: String,
    /// 1, 2, 3 …; a version never changes.
    version: u32,
    /// What the version says.
    settings: VerificationSettings,
    /// When this version was made.
    created_at: Moment,
    /// When the template was closed to new verifications.
    closed_at: Option<Moment>,
}

impl From<Template> for ShownTemplate {
    fn from(template: Template) -> Self {
        Self {
            id: template.id.to_string(),
            name: template.name,
            version: template.version,
            settings: template.settings,
            created_at: template.created.into(),
            closed_at: template.closed.map(Moment::from),
        }
    }
}

/// The template that the path names.
fn named(cx: &Context) -> Result<TemplateId, Problem> {
    cx.named("id")
}
