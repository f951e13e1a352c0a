//! Figures for Prometheus.

/// Who knows the figures of the rooms below: queue, workers, journal.
pub trait Figures: Send + Sync {
    /// The figures as they are now. Must not block: it is called on a thread
    /// that speaks with clients.
    fn read(&self) -> Vec<Figure>;
}

/// One figure. It has no labels, so that it can say nothing of a person.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Figure {
    /// Its name, without the prefix `bonafide_`: lower-case letters and `_`.
    pub name: &'static str,
    /// What it means, in one sentence.
    pub help: &'static str,
    /// How it moves.
    pub kind: Kind,
    /// Its value.
    pub value: f64,
}

/// How a figure moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Only up, from the start of the process.
    Counter,
    /// Up and down.
    Gauge,
}
