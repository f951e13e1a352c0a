//! Characters of one text line with PP-OCR recognition.

use std::sync::Arc;

use bonafide_inference::{Model, Role, Tensor};
use bonafide_media::Picture;
use bonafide_media::tensor::{Planes, planes};

use super::alphabet::{SYMBOLS, symbols_of};
use crate::DocumentError;

/// A recogniser with its dictionary.
pub(crate) struct Recognizer {
    model: Arc<Model>,
    /// The characters of classes 1, 2, …; class 0 is the CTC blank and the
    /// class after the last one is the space.
    dictionary: Vec<String>,
    /// Which class counts as which MRZ symbol.
    mrz_classes: Vec<(usize, usize)>,
}

impl Recognizer {
    /// Wraps a loaded model, whose metadata hold the dictionary.
    pub(crate) fn new(model: Arc<Model>) -> Result<Self, DocumentError> {
        let listed = model.metadata("character")?.ok_or(DocumentError::Dictionary(model.role()))?;
        let dictionary: Vec<String> = listed.lines().map(str::to_owned).collect();
        let mrz_classes = dictionary
            .iter()
            .enumerate()
            .flat_map(|(i, text)| symbols_of(text).map(move |symbol| (i + 1, symbol)))
            .collect();
        Ok(Self { model, dictionary, mrz_classes })
    }

    /// How much wider than it is OCR-B should be drawn: the fast network loses
    /// fillers that stand close.
    pub(crate) fn mrz_stretch(&self) -> f32 {
        if self.model.role() == Role::TextRecognizerFast { 1.25 } else { 1.0 }
    }

    /// Reads a line cut by `crop_line` as text.
    pub(crate) fn text(&self, line: &Picture) -> Result<Reading, DocumentError> {
        self.run(line, |posteriors| self.decode(posteriors))
    }

    /// Reads a line cut by `crop_line` as text and as MRZ.
    pub(crate) fn text_and_mrz(
        &self,
        line: &Picture,
    ) -> Result<(Reading, Vec<MrzStep>), DocumentError> {
        self.run(line, |posteriors| (self.decode(posteriors), self.mrz_steps(posteriors)))
    }

    fn run<T>(
        &self,
        line: &Picture,
        decode: impl FnOnce(&Posteriors<'_>) -> T,
    ) -> Result<T, DocumentError> {
        let (width, height) = (line.width(), line.height());
        let input = planes(line, width, height, Planes::Bgr, 127.5, 1.0 / 127.5);
        let shape = [1, 3, height as usize, width as usize];
        let outputs = self.model.run(&Tensor::new(&shape, input))?;
        let found = outputs.first()?;
        let (steps, classes) = match found.shape[..] {
            [.., steps, classes] if classes > 0 => (steps, classes),
            _ => (0, 1),
        };
        Ok(decode(&Posteriors { steps, classes, values: &found.data }))
    }

    /// The most probable text, greedily: the best class of every step, repeats
    /// and blanks dropped.
    fn decode(&self, posteriors: &Posteriors<'_>) -> Reading {
        let mut reading = Reading::default();
        let (mut last, mut sum, mut count) = (0, 0.0, 0);
        for row in posteriors.rows() {
            // Two passes: the maximum alone is found many classes at a time.
            let best = row.iter().copied().fold(f32::MIN, f32::max);
            let Some(class) = row.iter().position(|p| *p >= best) else {
                continue;
            };
            if class != 0 && class != last {
                reading.text.push_str(self.character(class, posteriors.classes));
                sum += best;
                count += 1;
            }
            last = class;
        }
        reading.confidence = if count > 0 { sum / count as f32 } else { 0.0 };
        reading
    }

    /// The probabilities of the MRZ symbols and the blank, step by step,
    /// everything else left out.
    fn mrz_steps(&self, posteriors: &Posteriors<'_>) -> Vec<MrzStep> {
        posteriors
            .rows()
            .map(|row| {
                let blank = row.first().copied().unwrap_or(0.0).max(0.0);
                let mut step = MrzStep { blank, symbols: [0.0; SYMBOLS] };
                for &(class, symbol) in &self.mrz_classes {
                    if let Some(p) = row.get(class) {
                        step.symbols[symbol] += p.max(0.0);
                    }
                }
                step
            })
            .collect()
    }

    fn character(&self, class: usize, classes: usize) -> &str {
        if class + 1 == classes {
            return " ";
        }
        self.dictionary.get(class - 1).map_or("", String::as_str)
    }
}

/// Class probabilities of a line, step by step from left to right.
struct Posteriors<'a> {
    steps: usize,
    classes: usize,
    values: &'a [f32],
}

impl Posteriors<'_> {
    fn rows(&self) -> impl Iterator<Item = &[f32]> {
        self.values.chunks_exact(self.classes).take(self.steps)
    }
}

/// What a line says.
#[derive(Clone, Default, PartialEq)]
pub(crate) struct Reading {
    /// The characters.
    pub(crate) text: String,
    /// Mean probability of the characters, 0 to 1; 0 for no character.
    pub(crate) confidence: f32,
}

/// One step of a line, seen as MRZ.
#[derive(Clone, Copy, Debug)]
pub(crate) struct MrzStep {
    /// Probability of no character.
    pub(crate) blank: f32,
    /// Probability of each symbol, in the order of the alphabet.
    pub(crate) symbols: [f32; SYMBOLS],
}
