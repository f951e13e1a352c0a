//! Decoding of a differentiable-binarisation map (Liao et al. 2020, as PP-OCR
//! uses it): text probability per pixel to rotated boxes.

use bonafide_media::geometry::{Point, Quad};

/// One text region, upright in its own direction.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct TextBox {
    /// Corners in reading order, if the text runs within 45 degrees of the x
    /// axis from left to right; in the pixels of the decoded map's picture.
    pub(crate) quad: Quad,
    /// Mean text probability inside, 0 to 1.
    pub(crate) score: f32,
}

/// The probability map of one picture.
pub(crate) struct ProbabilityMap<'a> {
    /// Columns.
    pub(crate) width: usize,
    /// Rows.
    pub(crate) height: usize,
    /// `width * height` probabilities.
    pub(crate) values: &'a [f32],
}

/// A pixel belongs to text from this probability on.
const THRESHOLD: f32 = 0.3;
/// A region is text from this mean probability on.
const MIN_SCORE: f32 = 0.5;
/// Regions narrower than this many map pixels are noise.
const MIN_SIDE: f32 = 2.5;
/// The network is trained on shrunk regions: grow by area x this / perimeter.
const UNCLIP: f32 = 1.6;
/// Most regions kept, the largest first: bounds the work on a page of noise.
const MAX_BOXES: usize = 240;

/// The text boxes of a map, in map pixels, largest first.
pub(crate) fn decode(map: &ProbabilityMap<'_>) -> Vec<TextBox> {
    if map.width == 0 || map.height == 0 || map.values.len() != map.width * map.height {
        return Vec::new();
    }
    let mut boxes: Vec<TextBox> = components(map).iter().filter_map(Component::to_box).collect();
    boxes.sort_by(|a, b| area(&b.quad).total_cmp(&area(&a.quad)));
    boxes.truncate(MAX_BOXES);
    boxes
}

fn area(quad: &Quad) -> f32 {
    quad.width() * quad.height()
}

/// A connected region of text pixels.
#[derive(Default)]
struct Component {
    /// Leftmost and rightmost pixel of each of its rows: its convex hull needs
    /// no other pixel.
    extremes: Vec<Point>,
    sum: f32,
    count: usize,
}

impl Component {
    fn to_box(&self) -> Option<TextBox> {
        let score = self.sum / self.count.max(1) as f32;
        if score < MIN_SCORE {
            return None;
        }
        let (centre, along, (w, h)) = min_area_rect(&convex_hull(&self.extremes))?;
        // Pixel centres: the region is one pixel wider than their distance.
        let (w, h) = (w + 1.0, h + 1.0);
        if w.min(h) < MIN_SIDE {
            return None;
        }
        let grow = w * h * UNCLIP / (2.0 * (w + h));
        let quad = oriented(centre, along, w / 2.0 + grow, h / 2.0 + grow);
        Some(TextBox { quad, score })
    }
}

/// The regions of the thresholded map, dilated by one pixel to the right and
/// down so that letters of one word hold together.
fn components(map: &ProbabilityMap<'_>) -> Vec<Component> {
    let (w, h) = (map.width, map.height);
    let mut open = vec![false; w * h];
    for (i, p) in map.values.iter().enumerate() {
        if *p > THRESHOLD {
            let (x, y) = (i % w, i / w);
            for (nx, ny) in [(x, y), (x + 1, y), (x, y + 1), (x + 1, y + 1)] {
                if nx < w && ny < h {
                    open[ny * w + nx] = true;
                }
            }
        }
    }
    let mut found = Vec::new();
    let mut stack = Vec::new();
    for start in 0..w * h {
        if !open[start] {
            continue;
        }
        let mut rows: std::collections::BTreeMap<usize, (usize, usize)> = Default::default();
        let mut component = Component::default();
        open[start] = false;
        stack.push(start);
        while let Some(i) = stack.pop() {
            let (x, y) = (i % w, i / w);
            component.sum += map.values[i];
            component.count += 1;
            let row = rows.entry(y).or_insert((x, x));
            *row = (row.0.min(x), row.1.max(x));
            for ny in y.saturating_sub(1)..(y + 2).min(h) {
                for nx in x.saturating_sub(1)..(x + 2).min(w) {
                    let j = ny * w + nx;
                    if open[j] {
                        open[j] = false;
                        stack.push(j);
                    }
                }
            }
        }
        for (y, (left, right)) in rows {
            component.extremes.push(Point::new(left as f32, y as f32));
            component.extremes.push(Point::new(right as f32, y as f32));
        }
        found.push(component);
    }
    found
}

/// Andrew's monotone chain, anticlockwise in a y-up frame.
pub(crate) fn convex_hull(points: &[Point]) -> Vec<Point> {
    let mut sorted: Vec<Point> = points.to_vec();
    sorted.sort_by(|a, b| a.x.total_cmp(&b.x).then(a.y.total_cmp(&b.y)));
    sorted.dedup();
    if sorted.len() < 3 {
        return sorted;
    }
    let cross =
        |o: Point, a: Point, b: Point| (a.x - o.x) * (b.y - o.y) - (a.y - o.y) * (b.x - o.x);
    let chain = |points: &mut dyn Iterator<Item = Point>| {
        let mut hull: Vec<Point> = Vec::new();
        for p in points {
            while let [.., o, a] = hull[..] {
                if cross(o, a, p) > 0.0 {
                    break;
                }
                hull.pop();
            }
            hull.push(p);
        }
        hull.pop();
        hull
    };
    let mut hull = chain(&mut sorted.iter().copied());
    hull.extend(chain(&mut sorted.iter().rev().copied()));
    hull
}

/// Centre, direction of the first side and both side lengths of the smallest
/// rectangle around a convex polygon: one of its sides lies on a polygon edge.
pub(crate) fn min_area_rect(hull: &[Point]) -> Option<(Point, Point, (f32, f32))> {
    let single = match hull {
        [] => return None,
        [p] => Some((*p, Point::new(1.0, 0.0), (0.0, 0.0))),
        _ => None,
    };
    if single.is_some() {
        return single;
    }
    let mut best: Option<(f32, Point, Point, (f32, f32))> = None;
    for (i, a) in hull.iter().enumerate() {
        let b = hull[(i + 1) % hull.len()];
        let length = a.distance(b);
        if length < 1e-6 {
            continue;
        }
        let along = Point::new((b.x - a.x) / length, (b.y - a.y) / length);
        let (mut low, mut high) = ([f32::MAX; 2], [f32::MIN; 2]);
        for p in hull {
            let (u, v) = (p.x * along.x + p.y * along.y, p.y * along.x - p.x * along.y);
            low = [low[0].min(u), low[1].min(v)];
            high = [high[0].max(u), high[1].max(v)];
        }
        let size = (high[0] - low[0], high[1] - low[1]);
        let (u, v) = ((low[0] + high[0]) / 2.0, (low[1] + high[1]) / 2.0);
        let centre = Point::new(u * along.x - v * along.y, u * along.y + v * along.x);
        // A sliver has area 0 in every direction: prefer the shorter outline.
        let cost = size.0 * size.1 + 1e-3 * (size.0 + size.1);
        if best.is_none_or(|(least, ..)| cost < least) {
            best = Some((cost, centre, along, size));
        }
    }
    best.map(|(_, centre, along, size)| (centre, along, size))
}

/// The rectangle's corners in reading order. `half_w` goes along `along`. The
/// reading direction is the long side, turned to point right; for a nearly
/// square region the side closer to the x axis.
fn oriented(centre: Point, along: Point, half_w: f32, half_h: f32) -> Quad {
    let across = Point::new(-along.y, along.x);
    let long_first = half_w >= half_h;
    let square = half_w.max(half_h) < 1.5 * half_w.min(half_h);
    let first = if square { along.x.abs() >= along.y.abs() } else { long_first };
    let (mut dir, reach, rise) =
        if first { (along, half_w, half_h) } else { (across, half_h, half_w) };
    // Straight up counts as "right": upward text is read after a turn.
    if dir.x < -1e-3 || (dir.x.abs() <= 1e-3 && dir.y > 0.0) {
        dir = dir.scaled(-1.0);
    }
    let down = Point::new(-dir.y, dir.x);
    let corner = |u: f32, v: f32| {
        Point::new(centre.x + dir.x * u + down.x * v, centre.y + dir.y * u + down.y * v)
    };
    Quad([corner(-reach, -rise), corner(reach, -rise), corner(reach, rise), corner(-reach, rise)])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn painted(width: usize, height: usize, inside: impl Fn(f32, f32) -> bool) -> Vec<f32> {
        (0..width * height)
            .map(|i| if inside((i % width) as f32, (i / width) as f32) { 0.9 } else { 0.05 })
            .collect()
    }

    #[test]
    fn a_level_bar_is_found_and_grown() {
        let values =
            painted(100, 60, |x, y| (20.0..=79.0).contains(&x) && (30.0..=35.0).contains(&y));
        let boxes = decode(&ProbabilityMap { width: 100, height: 60, values: &values });
        assert_eq!(boxes.len(), 1);
        let quad = boxes[0].quad;
        assert!(quad.angle().abs() < 0.01);
        // 61 x 7 after the dilation, grown by 61*7*1.6/136 = 5.0 on each side.
        assert!((quad.width() - 71.0).abs() < 1.0, "{}", quad.width());
        assert!((quad.height() - 17.0).abs() < 1.0, "{}", quad.height());
        assert!(quad.0[0].x < quad.0[1].x && quad.0[0].y < quad.0[3].y);
    }

    #[test]
    fn a_tilted_bar_keeps_its_angle() {
        let (sin, cos) = 0.3f32.sin_cos();
        let values = painted(200, 120, |x, y| {
            let (dx, dy) = (x - 100.0, y - 60.0);
            (dx * cos + dy * sin).abs() < 70.0 && (dy * cos - dx * sin).abs() < 5.0
        });
        let boxes = decode(&ProbabilityMap { width: 200, height: 120, values: &values });
        assert_eq!(boxes.len(), 1);
        assert!((boxes[0].quad.angle() - 0.3).abs() < 0.03, "{}", boxes[0].quad.angle());
        assert!(boxes[0].quad.center().distance(Point::new(100.5, 60.5)) < 1.5);
    }

    #[test]
    fn two_bars_are_two_boxes_and_specks_none() {
        let values = painted(100, 60, |x, y| {
            (10.0..90.0).contains(&x) && ((10.0..16.0).contains(&y) || (30.0..36.0).contains(&y))
                || (x == 50.0 && y == 50.0)
        });
        let boxes = decode(&ProbabilityMap { width: 100, height: 60, values: &values });
        assert_eq!(boxes.len(), 2);
    }

    #[test]
    fn a_map_of_another_size_is_refused() {
        assert!(decode(&ProbabilityMap { width: 10, height: 10, values: &[1.0; 99] }).is_empty());
        assert!(decode(&ProbabilityMap { width: 0, height: 0, values: &[] }).is_empty());
    }

    proptest! {
        #[test]
        fn any_map_decodes_to_finite_boxes(values in prop::collection::vec(prop_oneof![0.0f32..1.0, Just(f32::NAN)], 24 * 16)) {
            for found in decode(&ProbabilityMap { width: 24, height: 16, values: &values }) {
                prop_assert!(found.quad.0.iter().all(|p| p.x.is_finite() && p.y.is_finite()));
            }
        }

        #[test]
        fn the_rectangle_holds_every_point(
            xy in prop::collection::vec((-50.0f32..50.0, -50.0f32..50.0), 3..30)
        ) {
            let points: Vec<Point> = xy.iter().map(|&(x, y)| Point::new(x, y)).collect();
            let (centre, along, (w, h)) = min_area_rect(&convex_hull(&points)).unwrap();
            for p in points {
                let (dx, dy) = (p.x - centre.x, p.y - centre.y);
                prop_assert!((dx * along.x + dy * along.y).abs() <= w / 2.0 + 0.01);
                prop_assert!((dy * along.x - dx * along.y).abs() <= h / 2.0 + 0.01);
            }
        }
    }
}
