//! `bonafide policy render`.

use std::path::PathBuf;

use bonafide_context::{Region, TenantId};
use bonafide_policy::render::{DocumentKind, render};
use bonafide_policy::{Effective, Language};
use clap::{Args, ValueEnum};
use serde_json::json;

use super::source::Folder;
use crate::command::Site;
use crate::failure::Failure;
use crate::house::House;
use crate::output::Answer;

#[derive(Args)]
pub(super) struct Arguments {
    /// Which document.
    #[arg(long, value_enum, default_value = "notice")]
    document: Which,
    /// In which form.
    #[arg(long, value_enum, default_value = "md")]
    format: Form,
    /// In which language; it has to be one of the policy's own.
    #[arg(long, value_parser = language)]
    language: Option<Language>,
    /// Name of a policy, or a policy file.
    #[arg(long, value_name = "POLICY", default_value = bonafide_policy::DEFAULT_POLICY)]
    policy: String,
    /// The version before it, as a name or a file: the document says what changed.
    #[arg(long, value_name = "POLICY")]
    since: Option<String>,
    /// AppID of a tenant of this server: the document is written from the policy
    /// that holds for it now.
    #[arg(long, value_name = "APP_ID", conflicts_with_all = ["policy", "since", "policies"])]
    tenant: Option<TenantId>,
    /// With `--tenant`: the configuration file of the server.
    #[arg(long, value_name = "FILE", requires = "tenant")]
    config: Option<PathBuf>,
    /// With `--tenant`: the data directory of the server.
    #[arg(long, value_name = "DIR", requires = "tenant")]
    data: Option<PathBuf>,
    /// With `--tenant`: the region that is meant, where regions have stores of their own.
    #[arg(long, value_name = "REGION", requires = "tenant")]
    region: Option<Region>,
    #[command(flatten)]
    folder: Folder,
}

#[derive(Clone, Copy, ValueEnum)]
enum Which {
    /// Privacy notice.
    Notice,
    /// Data processing terms.
    Terms,
    /// Record of processing (Art. 30 GDPR).
    Record,
    /// Transfer register.
    Transfers,
    /// Draft of an impact assessment (Art. 35 GDPR).
    Dpia,
}

#[derive(Clone, Copy, ValueEnum)]
enum Form {
    /// One page that needs nothing else.
    Html,
    /// Markdown.
    Md,
}

fn language(text: &str) -> Result<Language, String> {
    let known: Vec<&str> = Language::ALL.iter().map(|one| one.as_str()).collect();
    text.parse().map_err(|_| format!("it is one of {}", known.join(", ")))
}

pub(super) fn run(arguments: &Arguments) -> Result<Answer, Failure> {
    let Some(tenant) = arguments.tenant else {
        let policy = arguments.folder.effective(&arguments.policy)?;
        let since = arguments.since.as_deref().map(|name| arguments.folder.effective(name));
        return written(arguments, &policy, since.transpose()?.as_ref());
    };
    let site = Site {
        config: arguments.config.clone(),
        data: arguments.data.clone(),
        region: arguments.region.clone(),
    };
    House::visit(&site, async |house| {
        let policy = house.accounts.policy_of(tenant).await?;
        written(arguments, &policy, None)
    })
}

fn written(
    arguments: &Arguments,
    policy: &Effective,
    since: Option<&Effective>,
) -> Result<Answer, Failure> {
    let kind = match arguments.document {
        Which::Notice => DocumentKind::PrivacyNotice,
        Which::Terms => DocumentKind::ProcessingTerms,
        Which::Record => DocumentKind::RecordOfProcessing,
        Which::Transfers => DocumentKind::TransferRegister,
        Which::Dpia => DocumentKind::ImpactAssessment,
    };
    let language = match arguments.language {
        None => policy.languages().first().copied().unwrap_or(Language::English),
        Some(language) if policy.languages().contains(&language) => language,
        Some(language) => {
            let message = format!("policy `{}` has no documents in `{language}`", policy.name());
            return Err(Failure::caller("no_language", message));
        }
    };
    let document = render(kind, policy, since, language);
    let text = match arguments.format {
        Form::Html => document.html(),
        Form::Md => document.markdown(),
    };
    let unset = policy.unset_contacts();
    let json = json!({
        "document": kind.as_str(),
        "policy": policy.name(),
        "version": policy.version(),
        "effective_from": policy.effective_from().to_string(),
        "id": policy.id().as_str(),
        "language": language.as_str(),
        // What has to be set before the document is published.
        "unset": unset,
        "text": text,
    });
    Answer::new(&json, text)
}
