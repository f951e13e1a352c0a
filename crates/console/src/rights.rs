//! `/rights`: the form by which a person asks, or exercises a right (rows D18,
//! O7, O8, O9).

use std::sync::Arc;

use askama::Template;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{Response, StatusCode};
use bonafide_accounts::OPERATOR_TENANT;
use bonafide_context::ClientAddress;
use bonafide_policy::{DataRole, Effective, Purpose};
use bonafide_verify::requests::{Letter, LetterError, Submission, Topic, submit_request};

use crate::Console;
use crate::form::Form;
use crate::page::page;
use crate::privacy::{Asked, operator, policy_of};
use crate::trouble::Trouble;
use crate::words;

/// What the pages are counted as.
const NAME: &str = "rights";

/// `GET /rights`
pub(crate) async fn form(State(console): State<Arc<Console>>, request: Request) -> Response<Body> {
    let shown = async move {
        let asked = Asked::read(request.uri())?;
        let policy = policy_of(&console, asked.tenant).await?;
        let topics = Topic::ALL.into_iter().find(|topic| asked_for(&request, *topic));
        Ok(FormPage::new(&policy, &asked, Letter::empty(), topics.unwrap_or(Topic::Access), &[]))
    };
    match shown.await {
        Ok(shown) => page(NAME, StatusCode::OK, &shown),
        Err(trouble) => Trouble::page(trouble, NAME),
    }
}

/// `POST /rights`
pub(crate) async fn send(State(console): State<Arc<Console>>, request: Request) -> Response<Body> {
    match taken(&console, request).await {
        Ok(response) => response,
        Err(trouble) => trouble.page(NAME),
    }
}

async fn taken(console: &Console, request: Request) -> Result<Response<Body>, Trouble> {
    let address = request.extensions().get::<ClientAddress>().copied().ok_or(Trouble::Ours)?;
    console.app.accounts().admit_address(address.0)?;
    let asked = Asked::read(request.uri())?;
    let policy = policy_of(console, asked.tenant).await?;
    let form = Form::read(request).await?;
    let topic: Topic = form.text("topic").parse().map_err(|_| Trouble::Unreadable)?;
    let letter = Letter {
        name: form.text("name").to_owned(),
        email: form.text("email").to_owned(),
        phone: form.text("phone").to_owned(),
        company: form.text("company").to_owned(),
        country: form.text("country").to_owned(),
        message: form.text("message").to_owned(),
    };
    let checked = match letter.clone().checked() {
        Ok(checked) => checked,
        Err(wrong) => {
            let again = FormPage::new(&policy, &asked, letter, topic, &wrong);
            return Ok(page(NAME, StatusCode::UNPROCESSABLE_ENTITY, &again));
        }
    };
    let submission = Submission {
        tenant: asked.tenant.unwrap_or(OPERATOR_TENANT),
        region: console.settings.region.clone(),
        topic,
        letter: checked,
    };
    let received = submit_request(&console.app, submission).await?;
    let done = DonePage {
        operator: operator(&policy),
        query: asked.query(),
        id: received.id.to_string(),
        answer_by: words::day(received.answer_by),
        forwarded: received.forwarded,
        customer: customer(&policy),
        authority: policy.file().contact.authority.clone(),
    };
    Ok(page(NAME, StatusCode::OK, &done))
}

/// `?topic=…`, so that a link can choose.
fn asked_for(request: &Request, topic: Topic) -> bool {
    let query = request.uri().query().unwrap_or_default();
    query.split('&').any(|pair| pair.strip_prefix("topic=") == Some(topic.as_str()))
}

fn customer(policy: &Effective) -> String {
    let named = policy.file().contact.customer.clone();
    named.unwrap_or_else(|| "the company that asked you to be checked".to_owned())
}

#[derive(Template)]
#[template(path = "rights.html")]
struct FormPage {
    operator: String,
    query: String,
    /// Who answers where the server works for somebody else.
    customer: Option<String>,
    privacy: Option<String>,
    privacy_link: Option<String>,
    days: u32,
    keep: String,
    topics: Vec<(&'static str, &'static str, bool)>,
    fields: Vec<Field>,
    message: String,
    message_wrong: Option<String>,
    any_wrong: bool,
}

/// One line of the form.
struct Field {
    name: &'static str,
    label: &'static str,
    kind: &'static str,
    complete: &'static str,
    needed: bool,
    most: usize,
    value: String,
    wrong: Option<String>,
}

impl FormPage {
    fn new(
        policy: &Effective,
        asked: &Asked,
        letter: Letter,
        topic: Topic,
        wrong: &[LetterError],
    ) -> Self {
        let problem = |field: &str| {
            let found = wrong.iter().find(|error| error.field() == field)?;
            Some(words::capital(&found.to_string()))
        };
        let field = |name, label, kind, complete, needed, most, value| Field {
            name,
            label,
            kind,
            complete,
            needed,
            most,
            value,
            wrong: problem(name),
        };
        let processor = policy.role(Purpose::Service) == DataRole::Processor;
        let contact = &policy.file().contact;
        let link = contact
            .privacy
            .as_ref()
            .map(|to| if to.contains("://") { to.clone() } else { format!("mailto:{to}") });
        Self {
            operator: operator(policy),
            query: asked.query(),
            customer: processor.then(|| customer(policy)),
            privacy: contact.privacy.clone(),
            privacy_link: link,
            days: policy.answer_days(),
            keep: words::kept_for(policy),
            topics: Topic::ALL
                .into_iter()
                .map(|one| (one.as_str(), words::topic(one), one == topic))
                .collect(),
            fields: vec![
                field("name", "Your name", "text", "name", true, 100, letter.name),
                field("email", "E-mail address", "email", "email", true, 190, letter.email),
                field("phone", "Phone", "tel", "tel", false, 40, letter.phone),
                field("company", "Company", "text", "organization", false, 100, letter.company),
                field("country", "Country", "text", "country-name", false, 60, letter.country),
            ],
            message: letter.message,
            message_wrong: problem("message"),
            any_wrong: !wrong.is_empty(),
        }
    }
}

#[derive(Template)]
#[template(path = "rights_done.html")]
struct DonePage {
    operator: String,
    query: String,
    id: String,
    answer_by: String,
    forwarded: bool,
    customer: String,
    authority: Option<String>,
}
