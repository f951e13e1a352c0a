//! What a person's life says, line by line.

use askama::Template;
use bonafide_context::Timestamp;
use bonafide_verify::Moment;
use bonafide_verify::subject::{
    HeldEntry, HeldFor, ReadEntry, SubjectConsent, SubjectDeletion, SubjectGrant, SubjectLife,
    SubjectRequest, SubjectVerification,
};

use crate::words;

/// What is told of a life.
pub(super) struct Told {
    /// What holds for all of it: a restriction, a legal hold.
    pub(super) notes: Vec<String>,
    /// What is held.
    pub(super) held: Lines,
    /// The rest, part by part.
    pub(super) sections: Vec<Section>,
}

/// A part of a life.
pub(super) struct Section {
    pub(super) title: &'static str,
    /// What is said to be lacking where there are no lines.
    pub(super) none: &'static str,
    pub(super) lines: Lines,
}

/// A list of which the first lines are shown, and the rest when asked for.
#[derive(Template)]
#[template(path = "review/lines.html")]
pub(super) struct Lines {
    first: Vec<Line>,
    rest: Vec<Line>,
}

/// So many lines of a list are seen at once.
const FIRST: usize = 8;

impl Lines {
    fn of(lines: impl Iterator<Item = Line>) -> Self {
        let mut first: Vec<Line> = lines.collect();
        // Of one line more nobody is made to ask.
        let keep = if first.len() > FIRST + 1 { FIRST } else { first.len() };
        let rest = first.split_off(keep);
        Self { first, rest }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.first.is_empty()
    }
}

/// One thing, with what there is to say of it.
struct Line {
    title: String,
    tag: Option<String>,
    facts: Vec<String>,
    /// The name by which programs know it.
    id: Option<String>,
    /// A text to copy, with its name.
    text: Option<(&'static str, String)>,
}

impl Line {
    fn new(title: impl Into<String>, facts: impl IntoIterator<Item = Option<String>>) -> Self {
        let facts = facts.into_iter().flatten().collect();
        Self { title: title.into(), tag: None, facts, id: None, text: None }
    }

    fn named(mut self, id: Option<String>) -> Self {
        self.id = id;
        self
    }

    fn tagged(mut self, tag: impl Into<String>) -> Self {
        self.tag = Some(tag.into());
        self
    }
}

pub(super) fn lines_of(life: &SubjectLife, now: Timestamp) -> Told {
    let mut notes = Vec::new();
    if let Some(restriction) = &life.restriction {
        let (ground, since) = (words::code(&restriction.ground), words::day(restriction.since));
        notes.push(format!("Restricted since {since}: {ground}. Nothing is processed or read."));
    }
    if let Some(hold) = &life.hold {
        let (basis, until) = (words::code(&hold.basis), words::day(hold.until));
        notes.push(format!("Under a legal hold until {until}: {basis}. Nothing of it is deleted."));
    }
    let section = |title, none, lines| Section { title, none, lines };
    let sections = vec![
        section(
            "Verifications",
            "verifications",
            Lines::of(life.verifications.iter().map(verification)),
        ),
        section("Consents", "consents", Lines::of(life.consents.iter().map(consent))),
        section("Who read it", "reads", Lines::of(life.reads.iter().map(read))),
        section("Grants", "grants", Lines::of(life.grants.iter().map(|one| grant(one, now)))),
        section("What was asked for", "requests", Lines::of(life.requests.iter().map(request))),
        section(
            "What was destroyed",
            "deletions",
            Lines::of(life.deletions.iter().rev().map(deletion)),
        ),
    ];
    let held = Lines::of(life.held.iter().map(|one| held(one, now)));
    Told { notes, held, sections }
}

fn held(one: &HeldEntry, now: Timestamp) -> Line {
    let why = match one.purposes.as_slice() {
        [] => "Kept for no purpose that the policy names any more".to_owned(),
        all => format!("For {}", all.iter().map(purpose).collect::<Vec<_>>().join(", ")),
    };
    let of = one.verification.as_ref().or(one.consent.as_ref());
    Line::new(
        words::item(&one.name),
        [
            Some(format!(
                "Until {} ({} left)",
                words::moment(one.until),
                words::left(now, one.until)
            )),
            Some(why),
            Some(format!("Since {}, {}", words::moment(one.since), words::size(one.bytes))),
        ],
    )
    .named(of.cloned())
    .tagged(words::code(&one.category))
}

fn purpose(one: &HeldFor) -> String {
    format!("{} ({})", plain(&one.purpose), plain(&one.basis))
}

/// `legal-obligation` as `legal obligation`.
fn plain(name: &str) -> String {
    name.replace(['-', '_'], " ")
}

fn verification(one: &SubjectVerification) -> Line {
    let until = |at| format!("Pictures and result until {}", words::moment(at));
    Line::new(
        words::code(&one.state),
        [
            Some(format!("Begun {}", words::moment(one.created_at))),
            one.data_expires_at.map(until),
            Some(format!("Known until {}", words::day(one.known_until))),
        ],
    )
    .named(Some(one.id.clone()))
}

fn consent(one: &SubjectConsent) -> Line {
    let purposes: Vec<String> =
        one.purposes.iter().map(|one| plain(&words::code_of(one))).collect();
    let line = Line::new(
        format!("To {}", purposes.join(", ")),
        [
            Some(format!("Given {}", words::moment(one.given_at))),
            one.withdrawn_at.map(|at| format!("Taken back {}", words::moment(at))),
            one.guardian.then(|| "By a guardian".to_owned()),
            Some(format!("Known until {}", words::day(one.known_until))),
        ],
    )
    .named(Some(one.id.clone()));
    if one.withdrawn_at.is_some() { line.tagged("Taken back") } else { line }
}

fn read(one: &ReadEntry) -> Line {
    let items = if one.items == 1 { "1 item".to_owned() } else { format!("{} items", one.items) };
    Line::new(
        words::capital(&plain(&one.role)),
        [
            Some(words::moment(one.at)),
            Some(format!("{items} of {}, for {}", plain(&one.category), plain(&one.purpose))),
            Some(format!("{}, under {}", one.reader, one.under)),
        ],
    )
    .named(Some(one.verification.clone()).filter(|of| !of.starts_with("sub_")))
}

fn grant(one: &SubjectGrant, now: Timestamp) -> Line {
    let over = one.expires_at.0 <= now;
    let until = if over { "Over since" } else { "Open until" };
    let state = match (one.state.as_str(), over) {
        ("given", true) => "Over".to_owned(),
        (state, _) => words::capital(state),
    };
    let of = one.verification.clone().unwrap_or_else(|| "Of all that is held".to_owned());
    Line::new(
        words::code(&one.reason),
        [
            Some(format!("Asked for {} by {}", words::moment(one.requested_at), one.requested_by)),
            one.decided_by.as_ref().map(|by| format!("Decided by {by}")),
            (one.state == "given").then(|| format!("{until} {}", words::moment(one.expires_at))),
            Some(of),
        ],
    )
    .tagged(state)
}

fn request(one: &SubjectRequest) -> Line {
    let open = |by: Moment| format!("Answer by {}", words::day(by));
    let answered = one.answered_at.map(|at| format!("Answered {}", words::moment(at)));
    let line = Line::new(
        words::code(&one.kind),
        [
            Some(format!("Received {}", words::moment(one.received_at))),
            Some(answered.unwrap_or_else(|| open(one.answer_by))),
        ],
    )
    .named(Some(one.id.clone()));
    match &one.outcome {
        Some(outcome) => line.tagged(words::code(outcome)),
        None => line.tagged("Open"),
    }
}

fn deletion(one: &SubjectDeletion) -> Line {
    let what: Vec<String> = one
        .deletion
        .what
        .iter()
        .map(|amount| {
            format!("{} × {}, {}", amount.items, plain(&amount.category), words::size(amount.bytes))
        })
        .collect();
    let mut line = Line::new(
        words::cause(one.deletion.cause),
        [
            Some(words::moment(one.deletion.at)),
            Some(what.join("; ")).filter(|what| !what.is_empty()),
            Some(format!("By {}", one.deletion.policy)),
        ],
    )
    .named(Some(one.verification.clone()));
    match &one.deletion.receipt {
        Some(receipt) => line.text = Some(("Receipt", receipt.clone())),
        None => line.facts.push("Its receipt follows within two minutes".to_owned()),
    }
    line
}
