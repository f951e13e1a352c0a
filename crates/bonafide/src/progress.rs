//! How far a long command has come.

use bonafide_eval::Progress;
use indicatif::{ProgressBar, ProgressStyle};

/// A progress bar on a terminal; nothing elsewhere.
pub(crate) struct Bar(ProgressBar);

impl Bar {
    pub(crate) fn new() -> Self {
        let style = ProgressStyle::with_template("{msg:12} {wide_bar} {pos}/{len} {eta}")
            .unwrap_or_else(|_| ProgressStyle::default_bar());
        Self(ProgressBar::new(0).with_style(style))
    }

    pub(crate) fn show(&self, progress: Progress) {
        self.0.set_length(progress.of as u64);
        self.0.set_message(progress.doing);
        self.0.set_position(progress.done as u64);
    }

    pub(crate) fn clear(&self) {
        self.0.finish_and_clear();
    }
}
