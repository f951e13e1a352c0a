//! Plots as inline SVG. They take their colours from the page's style sheet,
//! and say in words what they show.

use std::fmt::Write;

use super::format::{interval, percent};
use super::html::{Markup, escape};
use crate::stats::{Histogram, OperatingPoint, Proportion, normal_deviate};

/// Size of the drawing, in the units of its coordinates (CSS pixels on a phone).
const WIDTH: f64 = 380.0;
const HEIGHT: f64 = 300.0;
/// Free space for labels.
const LEFT: f64 = 58.0;
const RIGHT: f64 = 14.0;
const TOP: f64 = 34.0;
const BOTTOM: f64 = 46.0;

/// A detection error trade-off plot: each curve with its name. Both axes show
/// rates by their normal deviates, so that scores which are normally
/// distributed give a straight line.
pub(super) fn det(curves: &[(&str, &[OperatingPoint])]) -> Markup {
    let rates = |p: &OperatingPoint| Some((p.fmr.share()?, p.fnmr.share()?));
    let drawn = |points: &[OperatingPoint]| -> Vec<(f64, f64)> {
        // A rate of zero has no place on such an axis.
        points.iter().filter_map(rates).filter(|(x, y)| *x > 0.0 && *y > 0.0).collect()
    };
    let all: Vec<(f64, f64)> = curves.iter().flat_map(|(_, points)| drawn(points)).collect();
    let least = |values: &mut dyn Iterator<Item = f64>| values.fold(0.01, f64::min);
    let x = Axis::rates(least(&mut all.iter().map(|p| p.0))).across();
    let y = Axis::rates(least(&mut all.iter().map(|p| p.1))).up();
    let mut svg = Svg::new(
        "Detection error trade-off",
        "False non-match rate against false match rate, on normal deviate axes.",
    );
    svg.axes(&x, &y, "false match rate", "FNMR");
    for (i, (_, points)) in curves.iter().enumerate() {
        let path: Vec<(f64, f64)> = drawn(points)
            .into_iter()
            .filter(|(fmr, fnmr)| fmr.max(*fnmr) <= HIGHEST_RATE)
            .map(|(fmr, fnmr)| (x.at(normal_deviate(fmr)), y.at(normal_deviate(fnmr))))
            .collect();
        svg.path(&path, "curve", i, false);
    }
    svg.legend(curves.iter().map(|(name, _)| *name));
    svg.done()
}

/// Histograms over each other, each scaled to its own number of scores, with a
/// threshold as a dotted line.
pub(super) fn histograms(groups: &[(&str, &Histogram)], threshold: Option<f32>) -> Markup {
    let bounds = groups.first().map_or((0.0, 1.0), |(_, h)| (f64::from(h.low), f64::from(h.high)));
    let x = Axis::linear(bounds.0, bounds.1).across();
    let highest = groups.iter().flat_map(|(_, h)| h.shares()).fold(0.0, f64::max);
    let y = Axis::shares(highest).up();
    let mut svg = Svg::new("Score histograms", "Share of the scores of each kind in each bin.");
    svg.axes(&x, &y, "score", "share of scores");
    for (i, (_, histogram)) in groups.iter().enumerate() {
        let width = (bounds.1 - bounds.0) / histogram.bins.len().max(1) as f64;
        let mut path = vec![(x.at(bounds.0), y.at(0.0))];
        for (bin, share) in histogram.shares().into_iter().enumerate() {
            let left = bounds.0 + bin as f64 * width;
            path.push((x.at(left), y.at(share)));
            path.push((x.at(left + width), y.at(share)));
        }
        path.push((x.at(bounds.1), y.at(0.0)));
        svg.path(&path, "area", i, true);
    }
    if let Some(threshold) = threshold.map(f64::from).filter(|t| (x.low..=x.high).contains(t)) {
        svg.vertical(x.at(threshold), &format!("{threshold:.3}"));
    }
    svg.legend(groups.iter().map(|(name, _)| *name));
    svg.done()
}

/// Shares as horizontal bars with their 95 % intervals. `colour` chooses each
/// bar's from its name.
pub(super) fn bars(
    title: &str,
    rows: &[(String, Proportion)],
    colour: impl Fn(&str) -> usize,
) -> Markup {
    const ROW: f64 = 46.0;
    let ends = |p: &Proportion| p.interval().map_or(0.0, |i| i.high);
    // A scale of its own only where all bars are short.
    let most = rows.iter().map(|(_, p)| ends(p)).fold(0.0, f64::max);
    let scale = [0.05, 0.1, 0.2, 0.5].into_iter().find(|s| most <= *s).unwrap_or(1.0);
    let bottom = 12.0 + rows.len() as f64 * ROW;
    let mut svg = Svg::new(title, "Shares as bars; the lines are their 95 % intervals.");
    svg.height = bottom + 30.0;
    let (left, right) = (10.0, WIDTH - 16.0);
    let x = |share: f64| left + share / scale * (right - left);
    for tick in 0..=4 {
        let share = scale * f64::from(tick) / 4.0;
        let anchor = ["start", "middle", "middle", "middle", "end"][tick as usize];
        svg.line((x(share), 8.0), (x(share), bottom), "grid");
        svg.text((x(share), bottom + 18.0), anchor, "", &percent(Some(share)));
    }
    for (i, (name, p)) in rows.iter().enumerate() {
        let top = 12.0 + i as f64 * ROW;
        svg.text((left, top + 13.0), "start", "value", name);
        let figures = format!("{} ({})", percent(p.share()), interval(*p));
        svg.text((right, top + 13.0), "end", "", &figures);
        let end = x(p.share().unwrap_or(0.0));
        svg.rectangle((left, top + 20.0), (end, top + 34.0), colour(name));
        if let Some(i) = p.interval() {
            let (low, high, middle) = (x(i.low), x(i.high), top + 27.0);
            let _ = writeln!(
                svg.body,
                "<path class=\"whisker\" d=\"M{low:.1} {0:.1}v8M{low:.1} {middle:.1}H{high:.1}\
                 M{high:.1} {0:.1}v8\"/>",
                middle - 4.0
            );
        }
    }
    svg.done()
}

/// Above this rate a DET plot says nothing.
const HIGHEST_RATE: f64 = 0.5;

struct Axis {
    low: f64,
    high: f64,
    ticks: Vec<(f64, String)>,
    /// Where `low` and `high` lie in the drawing.
    from: f64,
    to: f64,
}

impl Axis {
    /// Rates from the power of ten below `least` to one half, as deviates.
    fn rates(least: f64) -> Self {
        const RATES: [f64; 12] =
            [1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 0.01, 0.02, 0.05, 0.1, 0.2, 0.4, HIGHEST_RATE];
        let low = RATES.into_iter().rev().find(|r| *r <= least).unwrap_or(1e-7);
        let named = |r: &f64| *r >= low && *r < HIGHEST_RATE && *r != 0.02 && *r != 0.2;
        let tick = |r: f64| (normal_deviate(r), percent(Some(r)));
        Self {
            low: normal_deviate(low),
            high: normal_deviate(HIGHEST_RATE),
            ticks: RATES.into_iter().filter(named).map(tick).collect(),
            from: 0.0,
            to: 1.0,
        }
    }

    /// A plain axis with round ticks.
    fn linear(low: f64, high: f64) -> Self {
        let high = if high > low { high } else { low + 1.0 };
        let step = [0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0]
            .into_iter()
            .find(|step| (high - low) / step <= 8.0)
            .unwrap_or((high - low) / 4.0);
        let first = (low / step).ceil() as i64;
        let ticks = (first..first + 10)
            .map(|i| i as f64 * step)
            .filter(|v| *v <= high + 1e-9)
            .map(|v| (v, format!("{}", (v * 1e6).round() / 1e6)))
            .collect();
        Self { low, high, ticks, from: 0.0, to: 1.0 }
    }

    /// Shares from zero to a little above `highest`.
    fn shares(highest: f64) -> Self {
        let top = [0.02, 0.04, 0.08, 0.2, 0.4, 0.8, 1.0].into_iter().find(|t| highest <= *t);
        let top = top.unwrap_or(1.0);
        let ticks = (0..=4).map(|i| top * f64::from(i) / 4.0);
        let ticks = ticks.map(|share| (share, percent(Some(share)))).collect();
        Self { low: 0.0, high: top, ticks, from: 0.0, to: 1.0 }
    }

    /// Laid from left to right.
    fn across(self) -> Self {
        Self { from: LEFT, to: WIDTH - RIGHT, ..self }
    }

    /// Laid from the bottom up.
    fn up(self) -> Self {
        Self { from: HEIGHT - BOTTOM, to: TOP, ..self }
    }

    /// Where a value lies in the drawing.
    fn at(&self, value: f64) -> f64 {
        let part = ((value - self.low) / (self.high - self.low)).clamp(0.0, 1.0);
        self.from + part * (self.to - self.from)
    }
}

/// About the width of some words in the drawing, since it cannot be measured
/// here.
fn words(text: &str) -> f64 {
    text.chars().count() as f64 * 6.1
}

struct Svg {
    title: String,
    description: &'static str,
    height: f64,
    body: String,
}

impl Svg {
    fn new(title: &str, description: &'static str) -> Self {
        Self { title: title.to_owned(), description, height: HEIGHT, body: String::new() }
    }

    fn axes(&mut self, x: &Axis, y: &Axis, x_name: &str, y_name: &str) {
        let (bottom, right) = (HEIGHT - BOTTOM, WIDTH - RIGHT);
        let mut free_from = 0.0;
        for (value, name) in &x.ticks {
            let at = x.at(*value);
            self.line((at, TOP), (at, bottom), "grid");
            // A name that would touch the one before it is left out.
            let half = words(name) / 2.0;
            if at - half >= free_from {
                self.text((at, bottom + 17.0), "middle", "", name);
                free_from = at + half + 6.0;
            }
        }
        for (value, name) in &y.ticks {
            let at = y.at(*value);
            self.line((LEFT, at), (right, at), "grid");
            self.text((LEFT - 7.0, at + 4.0), "end", "", name);
        }
        self.line((LEFT, bottom), (right, bottom), "axis");
        self.text((right, HEIGHT - 8.0), "end", "value", x_name);
        self.text((4.0, 14.0), "start", "value", y_name);
    }

    fn line(&mut self, from: (f64, f64), to: (f64, f64), class: &str) {
        let _ = writeln!(
            self.body,
            "<line class=\"{class}\" x1=\"{:.1}\" y1=\"{:.1}\" x2=\"{:.1}\" y2=\"{:.1}\"/>",
            from.0, from.1, to.0, to.1
        );
    }

    fn text(&mut self, at: (f64, f64), anchor: &str, class: &str, text: &str) {
        let _ = writeln!(
            self.body,
            "<text class=\"{class}\" x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"{anchor}\">{}</text>",
            at.0,
            at.1,
            escape(text)
        );
    }

    fn rectangle(&mut self, from: (f64, f64), to: (f64, f64), colour: usize) {
        let _ = writeln!(
            self.body,
            "<rect class=\"bar c{}\" x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{:.1}\" rx=\"2\"/>",
            colour % 4,
            from.0,
            from.1,
            (to.0 - from.0).max(0.0),
            (to.1 - from.1).max(0.0)
        );
    }

    fn path(&mut self, points: &[(f64, f64)], class: &str, colour: usize, closed: bool) {
        let Some((first, rest)) = points.split_first() else { return };
        let mut d = format!("M{:.1} {:.1}", first.0, first.1);
        for (x, y) in rest {
            let _ = write!(d, "L{x:.1} {y:.1}");
        }
        let end = if closed { "Z" } else { "" };
        let _ = writeln!(self.body, "<path class=\"{class} c{}\" d=\"{d}{end}\"/>", colour % 4);
    }

    fn vertical(&mut self, x: f64, name: &str) {
        self.line((x, TOP), (x, HEIGHT - BOTTOM), "limit");
        let (anchor, shift) = if x > WIDTH * 0.8 { ("end", -4.0) } else { ("start", 4.0) };
        self.text((x + shift, TOP + 12.0), anchor, "value", name);
    }

    /// Names of the colours, in a row at the top right.
    fn legend<'a>(&mut self, names: impl DoubleEndedIterator<Item = &'a str> + ExactSizeIterator) {
        let mut right = WIDTH - RIGHT;
        let last = names.len();
        for (i, name) in names.rev().enumerate() {
            let colour = last - 1 - i;
            self.text((right, 14.0), "end", "value", name);
            let start = right - words(name) - 22.0;
            self.path(&[(start, 10.0), (start + 18.0, 10.0)], "curve", colour, false);
            right = start - 12.0;
        }
    }

    fn done(self) -> Markup {
        Markup(format!(
            "<svg viewBox=\"0 0 {WIDTH} {:.0}\" role=\"img\">\n<title>{}</title>\n\
             <desc>{}</desc>\n{}</svg>\n",
            self.height,
            escape(&self.title),
            self.description,
            self.body
        ))
    }
}
