//! What is counted of many verdicts.

use std::collections::BTreeMap;

use bonafide_liveness::{Outcome, Verdict};
use serde::{Serialize, Serializer, ser::SerializeStruct};

use super::recordings::Agreement;
use super::simulated::Cost;
use crate::stats::Proportion;

/// A recording with its truth and its verdict.
#[derive(Clone, Debug)]
pub struct Judged {
    /// `bona_fide` or the attack species.
    pub kind: String,
    /// Its place among those of its kind, or its line in a file, from 0.
    pub number: u64,
    /// Light of the room.
    pub lux: f64,
    /// Skin, from 0 (Fitzpatrick I) to 5 (VI).
    pub skin: f64,
    /// Which extreme, where there is one.
    pub condition: Option<String>,
    /// Whose head.
    pub head: String,
    /// What the verifier said.
    pub verdict: Verdict,
    /// What it said of the same frames where other sequences had been issued.
    pub foreign: Vec<Verdict>,
}

/// Outcomes of some recordings.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Counts {
    /// Recordings.
    pub n: u64,
    /// Called live.
    pub accepted: u64,
    /// Asked again.
    pub non_response: u64,
    /// Refused.
    pub rejected: u64,
    /// How often each reason was given.
    pub reasons: BTreeMap<&'static str, u64>,
}

impl Counts {
    fn add(&mut self, verdict: &Verdict) {
        self.n += 1;
        *match verdict.outcome {
            Outcome::Accepted => &mut self.accepted,
            Outcome::NonResponse => &mut self.non_response,
            Outcome::Rejected => &mut self.rejected,
        } += 1;
        *self.reasons.entry(verdict.reason.name()).or_default() += 1;
    }

    /// Share called live.
    pub fn acceptance(&self) -> Proportion {
        Proportion::new(self.accepted, self.n)
    }

    /// Share refused of those that were not asked again.
    pub fn refusal(&self) -> Proportion {
        Proportion::new(self.rejected, self.n - self.non_response)
    }
}

/// `{"n":…,"accepted":…,"non_response":…,"rejected":…,"accepted_share":{…},"reasons":{…}}`,
/// the share with its 95 % interval.
impl Serialize for Counts {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_struct("Counts", 6)?;
        out.serialize_field("n", &self.n)?;
        out.serialize_field("accepted", &self.accepted)?;
        out.serialize_field("non_response", &self.non_response)?;
        out.serialize_field("rejected", &self.rejected)?;
        out.serialize_field("accepted_share", &self.acceptance())?;
        out.serialize_field("reasons", &self.reasons)?;
        out.end()
    }
}

/// The figures of the protocol.
#[derive(Clone, Debug, Serialize)]
pub struct ReflectFigures {
    /// What the recordings are: never people.
    pub data: String,
    /// People.
    pub bona_fide: Counts,
    /// Share of the people refused, of those who were not asked again.
    pub bpcer: Option<f64>,
    /// The same with its 95 % interval.
    pub bpcer_interval: Proportion,
    /// Share of the people who were asked again.
    pub non_response: Proportion,
    /// Attacks by species: `accepted` of `n` is APCER.
    pub apcer: BTreeMap<String, Counts>,
    /// The species that the method claims to detect, together; creased prints and fitted
    /// masks, which it detects in part, stand apart.
    pub apcer_detectable: Counts,
    /// Recordings of people held against sequences that were not issued for them.
    pub foreign_sequences: Counts,
    /// People by the room's light in lux.
    pub by_lux: BTreeMap<String, Counts>,
    /// People by Fitzpatrick type.
    pub by_skin: BTreeMap<String, Counts>,
    /// People by the extreme of their recording.
    pub by_condition: BTreeMap<String, Counts>,
    /// People by whose head was rendered.
    pub by_head: BTreeMap<String, Counts>,
    /// CPU milliseconds to verify a recording of 75 frames 480 pixels wide; null where no
    /// frames were decoded.
    pub cpu_ms_per_session: Option<f64>,
    /// What that is made of.
    pub cpu: Option<Cost>,
    /// How far the figures are from those that came with the recordings.
    pub agreement: Option<Agreement>,
}

/// Bounds of the classes of light, in lux, with their names.
const LIGHTS: [(f64, &str); 8] = [
    (5.0, "0-5"),
    (20.0, "5-20"),
    (60.0, "20-60"),
    (200.0, "60-200"),
    (500.0, "200-500"),
    (1_000.0, "500-1000"),
    (2_000.0, "1000-2000"),
    (f64::INFINITY, "2000-"),
];
const TONES: [&str; 6] = ["I", "II", "III", "IV", "V", "VI"];
/// What no verifier of light alone tells from a person, or only in part.
const APART: [&str; 4] = ["mask_3d", "inject_perfect", "mask_2d_fitted", "print_crumpled"];
const PEOPLE: &str = "bona_fide";

impl ReflectFigures {
    /// Counts verdicts.
    pub(crate) fn of(data: String, judged: &[Judged]) -> Self {
        let mut out = Self {
            data,
            bona_fide: Counts::default(),
            bpcer: None,
            bpcer_interval: Proportion::default(),
            non_response: Proportion::default(),
            apcer: BTreeMap::new(),
            apcer_detectable: Counts::default(),
            foreign_sequences: Counts::default(),
            by_lux: BTreeMap::new(),
            by_skin: BTreeMap::new(),
            by_condition: BTreeMap::new(),
            by_head: BTreeMap::new(),
            cpu_ms_per_session: None,
            cpu: None,
            agreement: None,
        };
        for one in judged {
            if one.kind != PEOPLE {
                out.apcer.entry(one.kind.clone()).or_default().add(&one.verdict);
                if !APART.contains(&one.kind.as_str()) {
                    out.apcer_detectable.add(&one.verdict);
                }
                continue;
            }
            out.bona_fide.add(&one.verdict);
            one.foreign.iter().for_each(|verdict| out.foreign_sequences.add(verdict));
            let light = LIGHTS.iter().find(|(bound, _)| one.lux <= *bound).map_or("?", |l| l.1);
            let tone = TONES.get(one.skin.clamp(0.0, 5.0).round() as usize).copied();
            let put = |group: &mut BTreeMap<String, Counts>, name: &str| {
                group.entry(name.to_owned()).or_default().add(&one.verdict);
            };
            put(&mut out.by_lux, light);
            put(&mut out.by_skin, tone.unwrap_or("?"));
            put(&mut out.by_head, &one.head);
            if let Some(condition) = &one.condition {
                put(&mut out.by_condition, condition);
            }
        }
        out.bpcer_interval = out.bona_fide.refusal();
        out.bpcer = out.bpcer_interval.share();
        out.non_response = Proportion::new(out.bona_fide.non_response, out.bona_fide.n);
        out
    }
}
