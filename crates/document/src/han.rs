//! Lines in Han characters and kana, which the usual recognisers do not know.

use bonafide_inference::Role;
use bonafide_media::Picture;

use crate::reader::{DocumentReader, Side};
use crate::text::crop::crop_line;
use crate::types::is_han;
use crate::zone::LongLine;
use crate::{DocumentError, viz::VizLine};

/// A line that the Latin recogniser reads less surely than this may be in
/// another script.
const POOR: f32 = 0.93;
/// So many of the widest poor lines are tried before the rest.
const TRIED: usize = 4;
/// So many lines are asked which way round the page is.
const ASKED: usize = 2;
/// A line of one script is read at least this surely by the one that knows it.
const SURE: f32 = 0.6;

impl DocumentReader {
    /// Reads the poorly read lines of a page again with every character that the
    /// accurate recogniser knows, if the first few of them show such characters:
    /// a page of Latin text costs those few.
    pub(crate) fn read_han(&self, picture: &Picture, side: &mut Side) -> Result<(), DocumentError> {
        let (poor, fair): (Vec<usize>, Vec<usize>) = (0..side.lines.len())
            .partition(|i| side.lines.get(*i).is_some_and(|line| line.confidence < POOR));
        let mut poor = poor;
        let width = |i: &usize| side.lines.get(*i).map_or(0.0, |line| line.quad.width());
        poor.sort_by(|a, b| width(b).total_cmp(&width(a)));
        // A Latin recogniser leaves out what stands between the digits of a date.
        let digits = fair.into_iter().filter(|i| {
            let text = side.lines.get(*i).map_or("", |line| line.text.as_str());
            !text.chars().any(char::is_alphabetic)
        });
        let digits: Vec<usize> = digits.collect();
        let tried_first = poor.len().min(TRIED);
        let mut han = false;
        for (tried, index) in poor.into_iter().chain(digits).enumerate() {
            if tried >= tried_first && !han {
                break;
            }
            if let Some(line) = side.lines.get_mut(index) {
                han |= self.again(picture, line)?;
            }
        }
        Ok(())
    }

    /// How much sense the lines make in Han characters, either way round: mean
    /// probability over the longest, 0 where no such characters are read.
    pub(crate) fn sense_of_han(
        &self,
        picture: &Picture,
        ways: [&[LongLine]; 2],
    ) -> Result<[f32; 2], DocumentError> {
        let mut sense = [0.0; 2];
        for (lines, sense) in ways.into_iter().zip(&mut sense) {
            let mut sum = 0.0;
            let mut longest: Vec<&LongLine> = lines.iter().collect();
            longest.sort_by(|a, b| b.extent.length().total_cmp(&a.extent.length()));
            for line in longest.iter().take(ASKED) {
                let Some(crop) = crop_line(picture, &line.quad, 1.0)? else { continue };
                let read = self.recognizer(Role::TextRecognizerHan)?.text(&crop)?;
                if read.text.chars().any(is_han) {
                    sum += read.confidence;
                }
            }
            *sense = sum / ASKED as f32;
        }
        Ok(sense)
    }

    /// Reads a line again; whether it shows Han characters.
    fn again(&self, picture: &Picture, line: &mut VizLine) -> Result<bool, DocumentError> {
        let Some(crop) = crop_line(picture, &line.quad, 1.0)? else { return Ok(false) };
        let again = self.recognizer(Role::TextRecognizerHan)?.text(&crop)?;
        let han = again.text.chars().any(is_han) && again.confidence >= SURE;
        if han || again.confidence >= line.confidence {
            (line.text, line.confidence) = (again.text, again.confidence);
            line.accurate = true;
        }
        Ok(han)
    }
}
