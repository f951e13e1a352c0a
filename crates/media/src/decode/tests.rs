//! The front door's behaviour, format by format and attack by attack.

use ::png::BitDepth;
use jpeg_encoder::ColorType;
use proptest::prelude::*;

use super::samples::*;
use super::*;
use crate::QuarterTurn;

fn decode(bytes: &[u8]) -> Result<Decoded, DecodeError> {
    InProcess::default().decode(bytes)
}

fn code(bytes: &[u8]) -> &'static str {
    decode(bytes).map_or_else(DecodeError::code, |_| "a picture")
}

/// That the pictures differ by no more than `most` on average: a JPEG blurs the
/// colours of an edge, but what is turned or swapped is off by 40 and more.
fn assert_close(a: &Picture, b: &Picture, most: u64) {
    assert_eq!((a.width(), a.height()), (b.width(), b.height()));
    let sum: u64 = a.bytes().iter().zip(b.bytes()).map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
    let mean = sum / a.bytes().len() as u64;
    assert!(mean <= most, "they differ by {mean} on average");
}

#[test]
fn what_is_no_picture_says_so() {
    assert_eq!(code(b""), "empty");
    assert_eq!(code(b"hello"), "not_an_image");
    assert_eq!(code(b"BMW is a car maker, this is a text"), "not_an_image");
    assert_eq!(code(&[0x5a; 4_000]), "not_an_image");
    assert_eq!(code(b"\x89PN"), "truncated");
    assert_eq!(code(b"\xff\xd8\xff"), "truncated");
    let refused: [(&[u8], &str); 5] = [
        (b"\0\0\0\x18ftypheic\0\0\0\0", "HEIC"),
        (b"\0\0\0\x18ftypavif\0\0\0\0", "AVIF"),
        (b"\0\0\0\x18ftypisom\0\0\0\0", "video"),
        (b"\n%PDF-1.7\n", "PDF"),
        (b"8BPS\0\x01", "Photoshop"),
    ];
    for (bytes, name) in refused {
        let error = decode(bytes).unwrap_err();
        assert_eq!(error.code(), "unsupported_format");
        assert!(error.to_string().starts_with(name) && error.to_string().contains("jpeg"));
    }
}

#[test]
fn jpegs_of_every_colour_model() {
    let picture = photo(50, 34);
    for progressive in [false, true] {
        let decoded = decode(&jpeg(&picture, progressive)).unwrap();
        assert_close(&decoded.picture, &picture, 5);
        assert_eq!(decoded.facts.colour, ColourModel::YCbCr);
        assert_eq!((decoded.facts.width, decoded.facts.height), (50, 34));
    }
    let gray = decode(&jpeg_of(&[77; 9 * 5], (9, 5), ColorType::Luma)).unwrap();
    assert_close(&gray.picture, &Picture::filled(9, 5, [77; 3]).unwrap(), 1);
    assert_eq!(gray.facts.colour, ColourModel::Gray);
    // Full cyan and a fifth of black, the other inks empty.
    let ink = [255, 0, 0, 51].repeat(16 * 16);
    for (kind, colour) in
        [(ColorType::Cmyk, ColourModel::Cmyk), (ColorType::CmykAsYcck, ColourModel::Ycck)]
    {
        let decoded = decode(&jpeg_of(&ink, (16, 16), kind)).unwrap();
        assert_eq!(decoded.facts.colour, colour);
        assert_close(&decoded.picture, &Picture::filled(16, 16, [0, 204, 204]).unwrap(), 4);
    }
}

#[test]
fn an_adobe_rgb_jpeg_is_not_taken_for_ycbcr() {
    // Three planes under names of YCbCr, but "no transform" in the Adobe segment.
    let orange = [250u8, 120, 20].repeat(16 * 16);
    let ycbcr = jpeg_of(&orange, (16, 16), ColorType::Ycbcr);
    let rgb = with_segment(&ycbcr, 0xee, b"Adobe\0\x64\0\0\0\0\0");
    let decoded = decode(&rgb).unwrap();
    assert_eq!(decoded.facts.colour, ColourModel::Rgb);
    assert_close(&decoded.picture, &Picture::filled(16, 16, [250, 120, 20]).unwrap(), 3);
}

#[test]
fn all_eight_orientations_come_out_upright() {
    let upright = photo(48, 32);
    for orientation in 1..=8u8 {
        // How a camera stores it, the way back: mirror first, then turn back.
        let back = match orientation {
            3 | 4 => QuarterTurn::Half,
            5 | 6 => QuarterTurn::Left,
            7 | 8 => QuarterTurn::Right,
            _ => QuarterTurn::None,
        };
        let mirror = matches!(orientation, 2 | 4 | 5 | 7);
        let stored = if mirror { upright.mirrored() } else { upright.clone() };
        let stored = stored.turned(back);
        let decoded = decode(&with_exif(&jpeg(&stored, false), orientation)).unwrap();
        assert_close(&decoded.picture, &upright, 5);
        assert_eq!(decoded.facts.orientation, orientation);
        assert_eq!(decoded.facts.width, stored.width());

        let data = png_data(&crate::encode_png(&stored).unwrap());
        let chunks = [png_chunk(b"eXIf", &exif(orientation, false)), png_chunk(b"IDAT", &data)];
        let png = png_with(stored.width(), stored.height(), false, &chunks);
        assert_eq!(decode(&png).unwrap().picture, upright);

        let lossless = webp(&stored)[12..].to_vec();
        let chunks = [lossless, riff(b"EXIF", &exif(orientation, true))];
        let webp = webp_with(8, stored.width(), stored.height(), &chunks);
        assert_eq!(decode(&webp).unwrap().picture, upright);
    }
    assert_eq!(decode(&with_exif(&jpeg(&upright, false), 9)).unwrap().facts.orientation, 1);
}

#[test]
fn pngs_of_every_kind() {
    let png =
        |samples: &[u8], colour, depth| decode(&png_of(samples, (2, 1), colour, depth)).unwrap();
    let gray = png(&[0b0100_0000], ::png::ColorType::Grayscale, BitDepth::One);
    assert_eq!(gray.picture.bytes(), [0, 0, 0, 255, 255, 255]);
    assert_eq!((gray.facts.bit_depth, gray.facts.colour), (1, ColourModel::Gray));
    let deep =
        png(&[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], ::png::ColorType::Rgb, BitDepth::Sixteen);
    assert_eq!(deep.picture.bytes(), [1, 3, 5, 7, 9, 11]);
    assert_eq!(deep.facts.bit_depth, 16);
    let clear = png(&[9, 8, 7, 0, 9, 8, 7, 255], ::png::ColorType::Rgba, BitDepth::Eight);
    assert_eq!(clear.picture.bytes(), [255, 255, 255, 9, 8, 7]);
    assert!(clear.facts.alpha);
    let palette = png(&[1, 2], ::png::ColorType::Indexed, BitDepth::Eight);
    assert_eq!(palette.picture.bytes(), [0, 250, 0, 255, 255, 255]);
    assert_eq!(palette.facts.colour, ColourModel::Palette);
}

#[test]
fn animations_give_their_first_frame() {
    let decoded = decode(&gif(4, 3, &[[10, 20, 30, 255], [200, 0, 0, 255]])).unwrap();
    assert_close(&decoded.picture, &Picture::filled(4, 3, [10, 20, 30]).unwrap(), 2);
    assert!(decoded.facts.animated);
    assert!(!decode(&gif(4, 3, &[[10, 20, 30, 255]])).unwrap().facts.animated);

    let mut apng = Vec::new();
    let mut encoder = ::png::Encoder::new(&mut apng, 2, 1);
    encoder.set_color(::png::ColorType::Rgb);
    encoder.set_animated(2, 0).unwrap();
    let mut writer = encoder.write_header().unwrap();
    writer.write_image_data(&[1, 2, 3, 4, 5, 6]).unwrap();
    writer.write_image_data(&[9; 6]).unwrap();
    writer.finish().unwrap();
    let decoded = decode(&apng).unwrap();
    assert_eq!(decoded.picture.bytes(), [1, 2, 3, 4, 5, 6]);
    assert!(decoded.facts.animated);

    let frame = |colour| {
        let still = webp(&Picture::filled(4, 4, colour).unwrap())[12..].to_vec();
        riff(b"ANMF", &[vec![0; 6], vec![3, 0, 0, 3, 0, 0, 50, 0, 0, 2], still].concat())
    };
    let chunks = [riff(b"ANIM", &[0; 6]), frame([5, 6, 7]), frame([200; 3])];
    let decoded = decode(&webp_with(2, 4, 4, &chunks)).unwrap();
    assert_eq!(decoded.picture, Picture::filled(4, 4, [5, 6, 7]).unwrap());
    assert!(decoded.facts.animated);
}

#[test]
fn tiff_and_bmp_keep_every_pixel() {
    let picture = photo(20, 14);
    let decoded = decode(&tiff(picture.bytes(), (20, 14), image::ExtendedColorType::Rgb8)).unwrap();
    assert_eq!((decoded.picture, decoded.facts.orientation), (picture.clone(), 1));
    let deep: Vec<u8> = [300u16, 600, 0xffff].iter().flat_map(|v| v.to_ne_bytes()).collect();
    let decoded = decode(&tiff(&deep, (1, 1), image::ExtendedColorType::Rgb16)).unwrap();
    assert_eq!((decoded.picture.bytes(), decoded.facts.bit_depth), (&[1, 2, 255][..], 16));
    assert_eq!(decode(&bmp(&picture)).unwrap().picture, picture);
}

#[test]
fn the_smallest_picture_is_a_picture() {
    let one = Picture::filled(1, 1, [7, 8, 9]).unwrap();
    assert_eq!(decode(&crate::encode_png(&one).unwrap()).unwrap().picture, one);
    assert_close(&decode(&jpeg(&one, false)).unwrap().picture, &one, 3);
}

#[test]
fn a_cut_file_is_never_half_a_picture() {
    let picture = photo(200, 150);
    let files = [
        jpeg(&picture, false),
        jpeg(&picture, true),
        crate::encode_png(&picture).unwrap(),
        webp(&picture),
        gif(200, 150, &[[1, 2, 3, 255]]),
        tiff(picture.bytes(), (200, 150), image::ExtendedColorType::Rgb8),
        bmp(&picture),
    ];
    for file in files {
        for share in [15, 33, 50, 75, 90, 97] {
            let cut = &file[..file.len() * share / 100];
            let code = code(cut);
            assert!(
                matches!(code, "truncated" | "corrupt"),
                "{share} % of {:?}: {code}",
                format::recognise(&file)
            );
        }
    }
    let whole = jpeg(&picture, false);
    assert_eq!(code(&whole[..whole.len() - 2]), "truncated");
    // Only the end marker was kept: too few coded bits for the size.
    let scan = segment_body(&whole, 0xda) + 20;
    assert_eq!(code(&[&whole[..scan], &[0xff, 0xd9]].concat()), "truncated");
}

#[test]
fn jpegs_that_are_not_decoded_say_why() {
    let whole = jpeg(&photo(32, 32), false);
    let frame = segment_body(&whole, 0xc0);
    let patched = |at: usize, value: u8| {
        let mut file = whole.clone();
        file[at] = value;
        file
    };
    for (file, words) in [
        (patched(frame, 12), "8 bits"),
        (patched(frame - 3, 0xc9), "arithmetic"),
        (patched(frame - 3, 0xc3), "lossless"),
        (patched(frame + 5, 2), "colours"),
    ] {
        let error = decode(&file).unwrap_err();
        assert_eq!(error.code(), "unsupported_feature");
        assert!(error.to_string().contains(words), "{error}");
    }
    assert_eq!(code(&patched(frame + 7, 0)), "corrupt");
    // Scan after scan of nothing: each would cost a pass over the picture.
    let scan = segment_body(&whole, 0xda) - 4;
    let header = &whole[scan..segment_body(&whole, 0xda) + 10];
    let many = [&whole[..scan], &header.repeat(1_000), &[0xff, 0xd9]].concat();
    assert!(decode(&many).is_err());
}

#[test]
fn sizes_are_refused_by_the_header() {
    // None of these has pixels: an error other than "cut" came from the header.
    assert_eq!(code(&png_with(40_000, 40_000, false, &[])), "too_many_pixels");
    assert_eq!(code(&png_with(i32::MAX as u32, i32::MAX as u32, true, &[])), "too_many_pixels");
    assert_eq!(code(&png_with(60_000, 1, false, &[])), "side_too_long");
    assert_eq!(code(&png_with(0, 0, false, &[])), "corrupt");
    let mut file = jpeg(&photo(16, 16), false);
    let frame = segment_body(&file, 0xc0);
    file[frame + 1..frame + 5].copy_from_slice(&[0x27, 0x10, 0x27, 0x10]);
    let error = decode(&file).unwrap_err();
    assert_eq!(error.code(), "too_many_pixels");
    assert!(error.to_string().contains("10000 x 10000"), "{error}");
    assert_eq!(code(b"GIF89a\xff\xff\xff\xff\0\0\0"), "too_many_pixels");
    let still = webp(&photo(4, 4))[12..].to_vec();
    assert_eq!(code(&webp_with(0, 16_000, 16_000, &[still])), "too_many_pixels");
    // A small canvas around a frame that says it is 16,383 x 16,383.
    let frame = riff(b"VP8 ", &[0x10, 0, 0, 0x9d, 1, 0x2a, 0xff, 0x3f, 0xff, 0x3f, 0, 0]);
    assert_eq!(code(&webp_with(0, 8, 8, &[frame])), "too_many_pixels");
    let mut file = bmp(&photo(4, 4));
    file[18..26].copy_from_slice(&[0x40, 0x9c, 0, 0, 0x40, 0x9c, 0, 0]);
    assert_eq!(code(&file), "too_many_pixels");
    let mut file = tiff(photo(4, 4).bytes(), (4, 4), image::ExtendedColorType::Rgb8);
    let wide = [0, 1, 3, 0, 1, 0, 0, 0, 4, 0];
    for tag in 0..2 {
        let entry = [&[tag], &wide[1..]].concat();
        if let Some(at) = file.windows(10).position(|w| w[..2] == entry[..2] && w[8..] == [4, 0]) {
            file[at + 8..at + 10].copy_from_slice(&[0x40, 0x9c]);
        }
    }
    assert!(decode(&file).is_err());
}

#[test]
fn a_webp_frame_must_be_as_large_as_it_says() {
    // The decoder would write the larger picture into the smaller one's place.
    let inner =
        [riff(b"ALPH", &[0; 20]), riff(b"VP8 ", &[0x10, 0, 0, 0x9d, 1, 0x2a, 64, 0, 64, 0, 0, 0])];
    let frame = [vec![0; 6], vec![3, 0, 0, 3, 0, 0, 50, 0, 0, 0], inner.concat()].concat();
    let chunks = [riff(b"ANIM", &[0; 6]), riff(b"ANMF", &frame)];
    assert_eq!(code(&webp_with(0x12, 4, 4, &chunks)), "corrupt");
}

#[test]
fn limits_are_the_callers() {
    let file = jpeg(&photo(64, 48), true);
    let with = |limits| InProcess { limits }.decode(&file).map_err(DecodeError::code).err();
    let open = Limits::default();
    assert_eq!(with(Limits { max_bytes: 100, ..open }), Some("too_many_bytes"));
    assert_eq!(with(Limits { max_pixels: 3_000, ..open }), Some("too_many_pixels"));
    assert_eq!(with(Limits { max_side: 63, ..open }), Some("side_too_long"));
    assert_eq!(with(Limits { max_memory: 10_000, ..open }), Some("too_much_memory"));
    assert_eq!(with(open), None);
}

#[test]
fn compressed_bombs_stay_small() {
    // Four pixels whose data inflates to 12 MB: what is over is not kept.
    let large = crate::encode_png(&Picture::filled(2_000, 2_000, [0; 3]).unwrap()).unwrap();
    let bomb = png_with(2, 2, false, &[png_chunk(b"IDAT", &png_data(&large))]);
    assert!(decode(&bomb).is_err() || decode(&bomb).unwrap().picture.pixels() == 4);
    // Damaged profile and text: never inflated, so never noticed.
    let data = png_data(&crate::encode_png(&photo(2, 2)).unwrap());
    let chunks = [
        png_chunk(b"iCCP", b"x\0\0not deflate"),
        png_chunk(b"zTXt", b"x\0\0not deflate"),
        png_chunk(b"IDAT", &data),
    ];
    assert_eq!(decode(&png_with(2, 2, false, &chunks)).unwrap().picture, photo(2, 2));
}

#[test]
fn metadata_is_not_carried_along() {
    let plain = jpeg(&photo(32, 24), false);
    let mut file = plain.clone();
    // A profile, a comment, XMP, and a thumbnail that is a whole JPEG.
    for (marker, body) in [
        (0xe2, &b"ICC_PROFILE\0\x01\x01junk"[..]),
        (0xfe, b"hello"),
        (0xed, &plain),
        (0xe1, b"http://"),
    ] {
        file = with_segment(&file, marker, body);
    }
    file.extend_from_slice(b"trailer of a phone");
    assert_eq!(decode(&file).unwrap().picture, decode(&plain).unwrap().picture);
    assert_eq!(format!("{:?}", decode(&plain).unwrap().picture), "Picture(32x24)");
}

proptest! {
    #[test]
    fn no_bytes_panic(start in 0usize..9, bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        const STARTS: [&[u8]; 9] = [
            b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR", b"RIFF\xff\0\0\0WEBPVP8 ",
            b"RIFF\xff\0\0\0WEBPVP8X", b"GIF89a", b"II*\0\x08\0\0\0", b"MM\0*",
            b"BM\0\0\0\0\0\0\0\0\0\0\0\0\x28\0\0\0",
        ];
        let _ = decode(&[STARTS[start], &bytes].concat());
    }

    #[test]
    fn damaged_files_give_a_picture_or_an_error(
        which in 0usize..8,
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        keep in 0.2f64..1.2,
    ) {
        let mut file = one_of_each().swap_remove(which);
        for (place, value) in changes {
            let at = place.index(file.len());
            file[at] = value;
        }
        file.truncate((file.len() as f64 * keep) as usize);
        let limits = Limits { max_pixels: 1_000_000, ..Limits::default() };
        if let Ok(decoded) = (InProcess { limits }).decode(&file) {
            prop_assert!(decoded.picture.pixels() <= 1_000_000);
        }
    }
}
