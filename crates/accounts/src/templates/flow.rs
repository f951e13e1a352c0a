//! From settings, which may leave out, to a flow, which says everything.

use bonafide_document::mrz::is_known_state;
use bonafide_document::{DocumentType, Warning};
use serde::{Deserialize, Serialize};

use super::redirect::{check_address, check_origin, origin};
use super::settings::{
    FlowStep, LivenessMethod, Mode, Retries, SecurityLevel, Theme, VerificationSettings,
};

/// What one verification does: every member said. Kept with the verification,
/// so that it goes on as it began whatever happens to the template.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flow {
    /// What it finds out and tells.
    pub mode: Mode,
    /// The steps in their order.
    pub steps: Vec<FlowStep>,
    /// Kinds of documents let in.
    pub document_types: Vec<DocumentType>,
    /// Whose documents are let in, ISO 3166-1 alpha-2; `None` for anyone's.
    pub jurisdictions: Option<Vec<String>>,
    /// Youngest age let in.
    pub minimum_age: Option<u32>,
    /// Whether the age of consent is asked and has to be proved.
    #[serde(default)]
    pub age_of_consent: bool,
    /// How sure is sure enough.
    pub security_level: SecurityLevel,
    /// How liveness is asked for.
    #[serde(default)]
    pub liveness: LivenessMethod,
    /// Pictures of the document that may be handed in.
    pub document_tries: u32,
    /// Selfies that may be handed in.
    pub liveness_tries: u32,
    /// Seconds from creation until it expires unfinished.
    pub time_limit_seconds: u32,
    /// Warnings that keep it from being approved.
    pub warnings: Vec<Warning>,
    /// Languages of the pages, the preferred first.
    pub languages: Vec<String>,
    /// Whether the pages tell facts of the person's device.
    #[serde(default)]
    pub device_facts: bool,
    /// How the pages look.
    pub theme: Theme,
    /// Where the browser goes afterwards.
    pub redirect_url: Option<String>,
}

/// Which member of the settings cannot be accepted, and why.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{member}`: {problem}")]
pub struct SettingsError {
    /// The member, as a path: `retries.document`.
    pub member: &'static str,
    /// What is wrong with it and what would be right.
    pub problem: &'static str,
}

impl Flow {
    /// Whether documents of this issuer (a code of Doc 9303) are let in.
    pub fn admits_issuer(&self, issuer: &str) -> bool {
        // Germany prints `D` where everyone else prints three letters.
        let long = |code| if code == "D" { "DEU" } else { code };
        self.jurisdictions
            .as_ref()
            .is_none_or(|codes| codes.iter().any(|code| long(code.as_str()) == long(issuer)))
    }

    /// Whether the flow has this step.
    pub fn has(&self, step: FlowStep) -> bool {
        self.steps.contains(&step)
    }
}

impl VerificationSettings {
    /// Checks every member, and that they fit together as far as they are said.
    pub fn check(&self) -> Result<(), SettingsError> {
        if let Some(steps) = &self.steps {
            check_steps(steps, self.mode)?;
        }
        check_list("document_types", self.document_types.as_deref(), 7, |_| None)?;
        check_list("jurisdictions", self.jurisdictions.as_deref(), 300, |code| {
            (!is_known_state(code))
                .then_some("name states by the codes of Doc 9303, like `SGP` or `THA`")
        })?;
        check_number("minimum_age", self.minimum_age, 1..=150, "an age is between 1 and 150")?;
        if let Some(retries) = &self.retries {
            const TRIES: &str = "between 1 and 10 tries can be given";
            check_number("retries.document", retries.document, 1..=10, TRIES)?;
            check_number("retries.liveness", retries.liveness, 1..=10, TRIES)?;
            check_number(
                "retries.time_limit_seconds",
                retries.time_limit_seconds,
                60..=7_200,
                "a verification lasts between 60 and 7200 seconds",
            )?;
        }
        // An empty list is a choice here: no warning matters.
        if self.warnings.as_ref().is_some_and(|warnings| !warnings.is_empty()) {
            check_list("warnings", self.warnings.as_deref(), 11, |_| None)?;
        }
        check_list("languages", self.languages.as_deref(), 20, |tag| {
            (!is_language(tag)).then_some("name languages by BCP 47 tags, like `en` or `zh-Hant`")
        })?;
        if let Some(theme) = &self.theme {
            check_theme(theme)?;
        }
        if let Some(url) = &self.redirect_url {
            check_address(url).map_err(|problem| error("redirect_url", problem))?;
        }
        check_list("redirect_origins", self.redirect_origins.as_deref(), 20, |origin| {
            check_origin(origin).err()
        })
    }

    /// These settings with what `inline` says instead, member by member
    /// (`retries` and `theme` theirs too). `redirect_origins` stays the
    /// template's.
    #[must_use]
    pub fn merge(&self, inline: &Self) -> Self {
        fn pick<T: Clone>(inline: &Option<T>, own: &Option<T>) -> Option<T> {
            inline.clone().or_else(|| own.clone())
        }
        let retries = match (&self.retries, &inline.retries) {
            (Some(own), Some(inline)) => Some(Retries {
                document: inline.document.or(own.document),
                liveness: inline.liveness.or(own.liveness),
                time_limit_seconds: inline.time_limit_seconds.or(own.time_limit_seconds),
            }),
            (own, inline) => inline.or(*own),
        };
        let theme = match (&self.theme, &inline.theme) {
            (Some(own), Some(inline)) => Some(Theme {
                accent: pick(&inline.accent, &own.accent),
                background: pick(&inline.background, &own.background),
                text: pick(&inline.text, &own.text),
                logo: pick(&inline.logo, &own.logo),
            }),
            (own, inline) => pick(inline, own),
        };
        // Whoever asks for another mode asks for its steps, not for those that
        // the template had for its own.
        let steps = match &inline.mode {
            Some(mode) if inline.steps.is_none() && Some(*mode) != self.mode => None,
            _ => pick(&inline.steps, &self.steps),
        };
        Self {
            mode: inline.mode.or(self.mode),
            steps,
            document_types: pick(&inline.document_types, &self.document_types),
            jurisdictions: pick(&inline.jurisdictions, &self.jurisdictions),
            minimum_age: inline.minimum_age.or(self.minimum_age),
            age_of_consent: inline.age_of_consent.or(self.age_of_consent),
            security_level: inline.security_level.or(self.security_level),
            liveness: inline.liveness.or(self.liveness),
            retries,
            warnings: pick(&inline.warnings, &self.warnings),
            languages: pick(&inline.languages, &self.languages),
            device_facts: inline.device_facts.or(self.device_facts),
            theme,
            redirect_url: pick(&inline.redirect_url, &self.redirect_url),
            redirect_origins: self.redirect_origins.clone(),
        }
    }

    /// The flow of a verification: `inline` over `template` over the standard,
    /// checked as a whole.
    pub fn flow(template: Option<&Self>, inline: &Self) -> Result<Flow, SettingsError> {
        if inline.redirect_origins.is_some() {
            return Err(error("redirect_origins", "only a template can say this"));
        }
        inline.check()?;
        let standard = Self::standard();
        let settings = match template {
            Some(template) => {
                template.check()?;
                allowed_redirect(template, inline)?;
                standard.merge(template).merge(inline)
            }
            None => standard.merge(inline),
        };
        settings.into_flow()
    }

    /// The settings as a flow; what is still left out is a member that the
    /// standard says, so that there is nothing left to choose here.
    fn into_flow(self) -> Result<Flow, SettingsError> {
        const UNSAID: &str = "is missing";
        let mode = self.mode.ok_or(error("mode", UNSAID))?;
        let steps = self.steps.unwrap_or_else(|| mode.steps().to_vec());
        check_steps(&steps, Some(mode))?;
        let reads_document = steps.contains(&FlowStep::Document);
        if mode == Mode::AgeCheck && self.minimum_age.is_none() {
            return Err(error("minimum_age", "an age check needs the age to check against"));
        }
        if self.minimum_age.is_some() && !reads_document {
            return Err(error("minimum_age", "an age is read from a document: add its step"));
        }
        let age_of_consent = self.age_of_consent.unwrap_or_default();
        if age_of_consent && !reads_document {
            return Err(error("age_of_consent", "an age is read from a document: add its step"));
        }
        let retries = self.retries.ok_or(error("retries", UNSAID))?;
        Ok(Flow {
            mode,
            steps,
            document_types: self.document_types.ok_or(error("document_types", UNSAID))?,
            jurisdictions: self.jurisdictions,
            minimum_age: self.minimum_age,
            age_of_consent,
            security_level: self.security_level.ok_or(error("security_level", UNSAID))?,
            liveness: self.liveness.unwrap_or_default(),
            document_tries: retries.document.ok_or(error("retries.document", UNSAID))?,
            liveness_tries: retries.liveness.ok_or(error("retries.liveness", UNSAID))?,
            time_limit_seconds: retries
                .time_limit_seconds
                .ok_or(error("retries.time_limit_seconds", UNSAID))?,
            warnings: self.warnings.ok_or(error("warnings", UNSAID))?,
            languages: self.languages.ok_or(error("languages", UNSAID))?,
            device_facts: self.device_facts.unwrap_or_default(),
            theme: self.theme.unwrap_or_default(),
            redirect_url: self.redirect_url,
        })
    }
}

const fn error(member: &'static str, problem: &'static str) -> SettingsError {
    SettingsError { member, problem }
}

/// The steps have to be some that the mode can go with: a comparison needs
/// both that it compares, and comes after them.
fn check_steps(steps: &[FlowStep], mode: Option<Mode>) -> Result<(), SettingsError> {
    use FlowStep::{Compare, Document, Liveness};
    let problem = match (mode, steps) {
        (_, []) => "name at least one step",
        (
            None | Some(Mode::Full | Mode::AgeCheck),
            [Document, Liveness, Compare] | [Liveness, Document, Compare],
        )
        | (None | Some(Mode::DocumentOnly | Mode::AgeCheck), [Document])
        | (None | Some(Mode::LivenessOnly), [Liveness]) => return Ok(()),
        (Some(Mode::Full), _) => {
            "the mode `full` has the steps document, liveness (in either order) and then compare"
        }
        (Some(Mode::DocumentOnly), _) => "the mode `document_only` has the step document",
        (Some(Mode::LivenessOnly), _) => "the mode `liveness_only` has the step liveness",
        (Some(Mode::AgeCheck), _) => {
            "the mode `age_check` has the step document, or all three with compare last"
        }
        (None, _) => "choose document, liveness, or both and then compare",
    };
    Err(error("steps", problem))
}

/// A list that is said is not empty, not too long, and says nothing twice.
fn check_list<T: PartialEq>(
    member: &'static str,
    list: Option<&[T]>,
    max: usize,
    problem: impl Fn(&T) -> Option<&'static str>,
) -> Result<(), SettingsError> {
    let Some(list) = list else { return Ok(()) };
    if list.is_empty() {
        return Err(error(member, "name at least one, or leave the member out"));
    }
    if list.len() > max {
        return Err(error(member, "there are too many"));
    }
    for (at, item) in list.iter().enumerate() {
        if list.iter().take(at).any(|before| before == item) {
            return Err(error(member, "each is named once"));
        }
        if let Some(problem) = problem(item) {
            return Err(error(member, problem));
        }
    }
    Ok(())
}

fn check_number(
    member: &'static str,
    number: Option<u32>,
    range: std::ops::RangeInclusive<u32>,
    problem: &'static str,
) -> Result<(), SettingsError> {
    match number {
        Some(number) if !range.contains(&number) => Err(error(member, problem)),
        _ => Ok(()),
    }
}

fn check_theme(theme: &Theme) -> Result<(), SettingsError> {
    let colours = [
        ("theme.accent", &theme.accent),
        ("theme.background", &theme.background),
        ("theme.text", &theme.text),
    ];
    for (member, colour) in colours {
        if colour.as_ref().is_some_and(|colour| !is_colour(colour)) {
            return Err(error(member, "write a colour as #rrggbb"));
        }
    }
    match &theme.logo {
        Some(logo) if !is_object(logo) => match check_address(logo) {
            Ok(url) if url.scheme() == "https" => Ok(()),
            _ => Err(error("theme.logo", "a logo is an https address or an object `obj_…`")),
        },
        _ => Ok(()),
    }
}

fn is_colour(text: &str) -> bool {
    text.len() == 7
        && text.strip_prefix('#').is_some_and(|rest| rest.bytes().all(|b| b.is_ascii_hexdigit()))
}

fn is_object(text: &str) -> bool {
    text.strip_prefix("obj_").is_some_and(|rest| {
        (1..=64).contains(&rest.len())
            && rest.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
    })
}

/// The form of a BCP 47 tag: a language, then subtags.
fn is_language(tag: &str) -> bool {
    let mut parts = tag.split('-');
    let language = parts.next().unwrap_or("");
    tag.len() <= 35
        && (2..=3).contains(&language.len())
        && language.bytes().all(|b| b.is_ascii_lowercase())
        && parts.all(|part| {
            (2..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric())
        })
}

/// A request may lead the browser only to where its template allows.
fn allowed_redirect(
    template: &VerificationSettings,
    inline: &VerificationSettings,
) -> Result<(), SettingsError> {
    let Some(url) = &inline.redirect_url else { return Ok(()) };
    let of = |address: &String| {
        check_address(address)
            .map(|url| origin(&url))
            .map_err(|problem| error("redirect_url", problem))
    };
    let asked = of(url)?;
    let allowed = match (&template.redirect_origins, &template.redirect_url) {
        (Some(origins), _) => origins.contains(&asked),
        (None, Some(own)) => of(own)? == asked,
        (None, None) => true,
    };
    if allowed {
        Ok(())
    } else {
        Err(error("redirect_url", "the template does not allow this origin"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn settings(json: serde_json::Value) -> VerificationSettings {
        serde_json::from_value(json).unwrap()
    }

    fn flow(inline: serde_json::Value) -> Result<Flow, SettingsError> {
        VerificationSettings::flow(None, &settings(inline))
    }

    #[test]
    fn the_standard_is_a_full_flow_that_lets_anyone_in() {
        let flow = flow(serde_json::json!({})).unwrap();
        assert_eq!(flow.mode, Mode::Full);
        assert_eq!(flow.steps, [FlowStep::Document, FlowStep::Liveness, FlowStep::Compare]);
        assert_eq!((flow.document_tries, flow.liveness_tries), (3, 3));
        assert_eq!(flow.warnings.len(), 11);
        assert!(flow.admits_issuer("UTO"));
    }

    #[test]
    fn unknown_members_are_refused() {
        let read = serde_json::from_value::<VerificationSettings>;
        assert!(read(serde_json::json!({"minimum_ages": 18})).is_err());
        assert!(read(serde_json::json!({"retries": {"documents": 1}})).is_err());
        assert!(read(serde_json::json!({"theme": {"colour": "#000000"}})).is_err());
        assert!(read(serde_json::json!({"document_types": ["library_card"]})).is_err());
    }

    #[test]
    fn a_wrong_member_is_named() {
        let cases = [
            (serde_json::json!({"steps": []}), "steps"),
            (serde_json::json!({"steps": ["compare"]}), "steps"),
            (serde_json::json!({"steps": ["document", "compare"]}), "steps"),
            (serde_json::json!({"steps": ["document", "document"]}), "steps"),
            (serde_json::json!({"mode": "liveness_only", "steps": ["document"]}), "steps"),
            (serde_json::json!({"document_types": []}), "document_types"),
            (serde_json::json!({"document_types": ["visa", "visa"]}), "document_types"),
            (serde_json::json!({"jurisdictions": ["SG"]}), "jurisdictions"),
            (serde_json::json!({"jurisdictions": ["sgp"]}), "jurisdictions"),
            (serde_json::json!({"minimum_age": 0}), "minimum_age"),
            (serde_json::json!({"minimum_age": 151}), "minimum_age"),
            (serde_json::json!({"mode": "age_check"}), "minimum_age"),
            (
                serde_json::json!({"mode": "liveness_only", "age_of_consent": true}),
                "age_of_consent",
            ),
            (serde_json::json!({"mode": "liveness_only", "minimum_age": 18}), "minimum_age"),
            (serde_json::json!({"retries": {"document": 11}}), "retries.document"),
            (serde_json::json!({"retries": {"liveness": 0}}), "retries.liveness"),
            (
                serde_json::json!({"retries": {"time_limit_seconds": 7201}}),
                "retries.time_limit_seconds",
            ),
            (serde_json::json!({"languages": ["english"]}), "languages"),
            (serde_json::json!({"languages": ["en", "en"]}), "languages"),
            (serde_json::json!({"theme": {"accent": "red"}}), "theme.accent"),
            (serde_json::json!({"theme": {"text": "#00000g"}}), "theme.text"),
            (serde_json::json!({"theme": {"logo": "http://shop.example/l.png"}}), "theme.logo"),
            (serde_json::json!({"theme": {"logo": "http://localhost/l.png"}}), "theme.logo"),
            (serde_json::json!({"redirect_url": "http://shop.example/"}), "redirect_url"),
            (serde_json::json!({"redirect_origins": ["https://a.example"]}), "redirect_origins"),
        ];
        for (json, member) in cases {
            assert_eq!(flow(json.clone()).unwrap_err().member, member, "{json}");
        }
    }

    #[test]
    fn inline_settings_override_member_by_member() {
        let template = settings(serde_json::json!({
            "minimum_age": 18, "retries": {"document": 5}, "languages": ["th", "en"],
            "theme": {"accent": "#112233", "logo": "obj_abc"},
            "warnings": [],
        }));
        let inline = settings(serde_json::json!({
            "minimum_age": 21, "retries": {"liveness": 1}, "theme": {"accent": "#445566"},
        }));
        let flow = VerificationSettings::flow(Some(&template), &inline).unwrap();
        assert_eq!(flow.minimum_age, Some(21));
        assert_eq!((flow.document_tries, flow.liveness_tries), (5, 1));
        assert_eq!(flow.time_limit_seconds, 3_600);
        assert_eq!(flow.languages, ["th", "en"]);
        assert_eq!(flow.theme.accent.as_deref(), Some("#445566"));
        assert_eq!(flow.theme.logo.as_deref(), Some("obj_abc"));
        assert!(flow.warnings.is_empty());
    }

    #[test]
    fn another_mode_brings_its_own_steps() {
        let template = settings(serde_json::json!({
            "mode": "full", "steps": ["liveness", "document", "compare"],
        }));
        let inline = settings(serde_json::json!({"mode": "document_only"}));
        let flow = VerificationSettings::flow(Some(&template), &inline).unwrap();
        assert_eq!(flow.steps, [FlowStep::Document]);
    }

    #[test]
    fn a_request_leads_only_where_its_template_allows() {
        let to = |url: &str| settings(serde_json::json!({"redirect_url": url}));
        let try_with = |template: serde_json::Value, url: &str| {
            VerificationSettings::flow(Some(&settings(template)), &to(url)).map(|f| f.redirect_url)
        };
        let listed = serde_json::json!({"redirect_origins": ["https://shop.example"]});
        assert!(try_with(listed.clone(), "https://shop.example/a").is_ok());
        for foreign in [
            "https://evil.example/",
            "https://shop.example.evil.example/",
            "https://shop.example:8443/",
            "https://sub.shop.example/",
        ] {
            let refused = try_with(listed.clone(), foreign).unwrap_err();
            assert_eq!(refused.member, "redirect_url", "{foreign}");
        }
        let own = serde_json::json!({"redirect_url": "https://shop.example/welcome"});
        assert!(try_with(own.clone(), "https://shop.example/other").is_ok());
        assert!(try_with(own, "https://evil.example/").is_err());
        assert!(try_with(serde_json::json!({}), "https://any.example/").is_ok());
    }

    #[test]
    fn issuers_are_compared_as_they_are_printed() {
        let flow = flow(serde_json::json!({"jurisdictions": ["DEU", "SGP"]})).unwrap();
        assert!(flow.admits_issuer("D") && flow.admits_issuer("SGP"));
        assert!(!flow.admits_issuer("FRA") && !flow.admits_issuer(""));
    }

    proptest! {
        #[test]
        fn no_settings_break_it(
            mode in proptest::option::of(0..4usize),
            steps in proptest::option::of(proptest::collection::vec(0..3usize, 0..5)),
            age in proptest::option::of(any::<u32>()),
            tag in proptest::option::of(any::<String>()),
            colour in proptest::option::of(any::<String>()),
        ) {
            let modes = [Mode::Full, Mode::DocumentOnly, Mode::LivenessOnly, Mode::AgeCheck];
            let all = [FlowStep::Document, FlowStep::Liveness, FlowStep::Compare];
            let inline = VerificationSettings {
                mode: mode.map(|at| modes[at]),
                steps: steps.map(|steps| steps.into_iter().map(|at| all[at]).collect()),
                minimum_age: age,
                languages: tag.map(|tag| vec![tag]),
                theme: Some(Theme { accent: colour, ..Theme::default() }),
                ..VerificationSettings::default()
            };
            if let Ok(flow) = VerificationSettings::flow(None, &inline) {
                // A comparison always has both that it compares before it.
                if let Some(at) = flow.steps.iter().position(|s| *s == FlowStep::Compare) {
                    prop_assert_eq!(at, 2);
                }
                prop_assert!(flow.mode != Mode::AgeCheck || flow.minimum_age.is_some());
            }
        }
    }
}
