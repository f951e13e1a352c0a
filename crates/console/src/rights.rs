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
use crate::spoken::{Other, Spoken};
use crate::trouble::Trouble;

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
    let say = asked.spoken(&policy);
    let answer_by = say.date(received.answer_by.0.date());
    let forwarded_to = received.forwarded.then(|| say.customer(&policy));
    let authority = policy.file().contact.authority.as_deref();
    let done = DonePage {
        say,
        operator: operator(&policy),
        query: asked.query(),
        id: received.id.to_string(),
        taken: say.taken(forwarded_to.as_deref(), &answer_by),
        answer_by,
        authority: authority.map(|authority| say.authority(authority)),
    };
    Ok(page(NAME, StatusCode::OK, &done))
}

/// `?topic=…`, so that a link can choose.
fn asked_for(request: &Request, topic: Topic) -> bool {
    let query = request.uri().query().unwrap_or_default();
    query.split('&').any(|pair| pair.strip_prefix("topic=") == Some(topic.as_str()))
}

#[derive(Template)]
#[template(path = "rights.html")]
struct FormPage {
    say: &'static Spoken,
    operator: String,
    query: String,
    languages: Vec<Other>,
    lead: String,
    /// Who answers where the server works for somebody else.
    processor: Option<String>,
    privacy: Option<String>,
    privacy_link: Option<String>,
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
        let say = asked.spoken(policy);
        let problem = |field: &str| {
            wrong.iter().find(|error| error.field() == field).map(|error| say.wrong(*error))
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
        let (lead, processor) = match policy.role(Purpose::Service) {
            DataRole::Processor => {
                let (lead, more) = say.of_processor(&say.customer(policy), &operator(policy));
                (lead, Some(more))
            }
            _ => (say.lead(policy.answer_days()), None),
        };
        let contact = &policy.file().contact;
        let link = contact
            .privacy
            .as_ref()
            .map(|to| if to.contains("://") { to.clone() } else { format!("mailto:{to}") });
        Self {
            say,
            operator: operator(policy),
            query: asked.query(),
            languages: asked.other_languages(policy),
            lead,
            processor,
            privacy: contact.privacy.clone(),
            privacy_link: link,
            keep: say.kept(policy),
            topics: say.topics().map(|(one, said)| (one.as_str(), said, one == topic)).collect(),
            fields: vec![
                field("name", say.name, "text", "name", true, 100, letter.name),
                field("email", say.email, "email", "email", true, 190, letter.email),
                field("phone", say.phone, "tel", "tel", false, 40, letter.phone),
                field("company", say.company, "text", "organization", false, 100, letter.company),
                field("country", say.country, "text", "country-name", false, 60, letter.country),
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
    say: &'static Spoken,
    operator: String,
    query: String,
    id: String,
    taken: String,
    answer_by: String,
    authority: Option<String>,
}
