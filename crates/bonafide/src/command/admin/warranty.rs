//! `bonafide admin app warranty`.

use std::fmt::Write as _;

use bonafide_accounts::{Actor, NewWarranty, Warranty};
use bonafide_context::Sensitive;
use bonafide_ledger::ApplicationId;
use bonafide_verify::Moment;
use clap::Subcommand;
use serde_json::{Value, json};

use crate::failure::Failure;
use crate::house::House;
use crate::output::Answer;

#[derive(Subcommand)]
pub(super) enum What {
    /// Record a signed warranty; one that held before ends.
    Sign {
        /// `app_…`
        application: ApplicationId,
        /// Which version of the text was signed.
        #[arg(long, value_name = "V")]
        text_version: String,
        /// Who signed for the customer.
        #[arg(long, value_name = "N")]
        signatory: String,
    },
    /// Show every warranty of an application.
    List {
        /// `app_…`
        application: ApplicationId,
    },
    /// End the warranty: from then on only receipts count.
    End {
        /// `app_…`
        application: ApplicationId,
    },
}

pub(super) async fn run(what: &What, house: &House) -> Result<Answer, Failure> {
    let (accounts, actor) = (&house.accounts, Actor::cli());
    match what {
        What::Sign { application, text_version, signatory } => {
            let new = NewWarranty {
                text_version: text_version.clone(),
                signatory: Sensitive::new(signatory.clone()),
            };
            let made = accounts.commit(accounts.sign_warranty(&actor, application, new)).await?;
            let text = format!("recorded warranty {} of {application}", made.number);
            Answer::new(&facts(&made), text)
        }
        What::List { application } => {
            let warranties = accounts.warranties(&actor, application).await?;
            let mut text = String::new();
            for w in &warranties {
                let ended = if w.ended.is_some() { "  ended" } else { "" };
                let (signed, by) = (Moment(w.signed), w.signatory.expose());
                let _ = writeln!(text, "{}  {}  {signed}  {by}{ended}", w.number, w.text_version);
            }
            let rows: Vec<Value> = warranties.iter().map(facts).collect();
            Answer::new(&json!({ "warranties": rows }), text)
        }
        What::End { application } => {
            accounts.commit(accounts.end_warranty(&actor, application)).await?;
            let json = json!({ "application": application.to_string(), "ended": true });
            Answer::new(&json, format!("ended the warranty of {application}"))
        }
    }
}

fn facts(warranty: &Warranty) -> Value {
    json!({
        "application": warranty.application.to_string(),
        "number": warranty.number,
        "text_version": warranty.text_version,
        "signatory": warranty.signatory.expose(),
        "recorded_by": warranty.actor,
        "signed": warranty.signed.0,
        "ended": warranty.ended.map(|at| at.0),
    })
}
