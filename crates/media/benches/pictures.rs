//! Cost of the work on pictures that every request pays for.
//!
//! The photos are rendered from a seed: soft shapes with sensor noise, so that
//! a JPEG of them is as long as one from a phone (about 0.3 bytes a pixel).

use std::hint::black_box;

use bonafide_context::{Random, Seeded};
use bonafide_media::{
    Affine, Border, Decoder, InProcess, Picture, Point, Quad, QuarterTurn, encode_jpeg, encode_png,
    resize, warp_affine, warp_affine_smooth, warp_quad,
};
use criterion::{Criterion, criterion_group, criterion_main};

fn photo(width: u32, height: u32) -> Picture {
    let mut random = Seeded::new(u64::from(width));
    let mut rgb = vec![0; width as usize * height as usize * 3];
    for (i, pixel) in rgb.chunks_exact_mut(3).enumerate() {
        let (x, y) = (i as u32 % width, i as u32 / width);
        let noise = (random.u64() % 12) as f32;
        let wave = (x as f32 / 37.0).sin() * 50.0 + (y as f32 / 23.0).cos() * 50.0 + 110.0;
        let edge = if (x / 90 + y / 60) % 2 == 0 { 30.0 } else { 0.0 };
        pixel[0] = (wave + edge + noise) as u8;
        pixel[1] = (wave * 0.8 + noise) as u8;
        pixel[2] = (wave * 0.6 + edge + noise) as u8;
    }
    Picture::new(width, height, rgb).unwrap_or_else(|_| unreachable!("sizes are right"))
}

fn decode(c: &mut Criterion) {
    for (name, width, height) in [("12mp", 4_000, 3_000), ("1080p", 1_920, 1_080)] {
        let picture = photo(width, height);
        let Ok(jpeg) = encode_jpeg(&picture, 88) else { return };
        c.bench_function(&format!("decode jpeg {name}, {} kB", jpeg.len() / 1_000), |b| {
            b.iter(|| InProcess::default().decode(black_box(&jpeg)));
        });
        c.bench_function(&format!("encode jpeg {name}"), |b| {
            b.iter(|| encode_jpeg(black_box(&picture), 88));
        });
    }
    let Ok(png) = encode_png(&photo(1_920, 1_080)) else { return };
    c.bench_function("decode png 1080p", |b| {
        b.iter(|| InProcess::default().decode(black_box(&png)));
    });
}

fn pixels(c: &mut Criterion) {
    let large = photo(4_000, 3_000);
    c.bench_function("turn 12mp by a quarter", |b| {
        b.iter(|| black_box(&large).turned(QuarterTurn::Right));
    });
    c.bench_function("resize 12mp to 1280", |b| b.iter(|| resize(black_box(&large), 1_280, 960)));
    c.bench_function("resize 12mp to 640", |b| b.iter(|| resize(black_box(&large), 640, 480)));

    let page = Quad([
        Point::new(300.0, 200.0),
        Point::new(3_700.0, 260.0),
        Point::new(3_650.0, 2_700.0),
        Point::new(330.0, 2_600.0),
    ]);
    c.bench_function("warp page of 12mp to 1000x700", |b| {
        b.iter(|| warp_quad(black_box(&large), &page, 1_000, 700, Border::Nearest));
    });
    let line = Quad([
        Point::new(400.0, 2_000.0),
        Point::new(1_600.0, 2_030.0),
        Point::new(1_596.0, 2_174.0),
        Point::new(396.0, 2_144.0),
    ]);
    c.bench_function("warp text line of 12mp to 400x48", |b| {
        b.iter(|| warp_quad(black_box(&large), &line, 400, 48, Border::Nearest));
    });
    let (sin, cos) = 0.1f32.sin_cos();
    let face = Affine { m: [7.0 * cos, -7.0 * sin, 900.0, 7.0 * sin, 7.0 * cos, 700.0] };
    c.bench_function("warp face to 112, four pixels each", |b| {
        b.iter(|| warp_affine(black_box(&large), &face, 112, 112, Border::Nearest));
    });
    c.bench_function("warp face to 112, smooth", |b| {
        b.iter(|| warp_affine_smooth(black_box(&large), &face, 112, 112, Border::Nearest));
    });
}

criterion_group! {
    name = pictures;
    config = Criterion::default().sample_size(20);
    targets = decode, pixels
}
criterion_main!(pictures);
