//! Clips made on the spot: files written by hand around streams that are simple
//! enough to be written by hand, too (H.264 in raw samples, VP8 without a
//! residual), and VP9 by the encoder that comes with its decoder.

use rusty_vp9::{Vp9Encoder, Vp9EncoderConfig};

/// A frame's brightness and colour differences at a pixel of its luma plane.
pub(crate) type Paint<'a> = &'a dyn Fn(u32, u32) -> [u8; 3];

/// A clip of each kind: six or more frames, 64 by 48.
pub(crate) fn one_of_each() -> Vec<Vec<u8>> {
    let vp9 = vp9_frames(64, 48, 7);
    vec![
        Webm::new("V_VP8", 64, 48).file(&every(40, vec![vp8_frame(64, 48); 6])),
        Webm::new("V_VP9", 64, 48).file(&every(33, vp9)),
        Mp4::new(64, 48).file(&every(40, numbered(64, 48, 6))),
        Mp4 { fragments: 3, ..Mp4::new(64, 48) }.file(&every(40, numbered(64, 48, 8))),
    ]
}

/// Packets at a steady pace.
pub(crate) fn every(ms: u32, packets: Vec<Vec<u8>>) -> Vec<(u32, Vec<u8>)> {
    packets.into_iter().zip((0..).step_by(ms as usize)).map(|(one, at)| (at, one)).collect()
}

/// H.264 frames of which each has its number in its brightness: 40, 50, 60 …
pub(crate) fn numbered(width: u32, height: u32, count: u8) -> Vec<Vec<u8>> {
    let frame = |n: u8| h264_frame(width, height, &|_, _| [40 + n * 10, 128, 128]);
    (0..count).map(frame).collect()
}

/// VP9 frames: a bar that wanders over a gradient.
pub(crate) fn vp9_frames(width: u32, height: u32, count: u32) -> Vec<Vec<u8>> {
    let mut encoder = Vp9Encoder::default();
    let settings = Vp9EncoderConfig { qindex: Some(40), speed: Some(4), ..Default::default() };
    encoder.configure(&settings).unwrap();
    let (w, h) = (width as usize, height as usize);
    let chroma = vec![128; w.div_ceil(2) * h.div_ceil(2)];
    for n in 0..count as usize {
        let luma: Vec<u8> = (0..w * h)
            .map(|i| if i % w / 8 == n { 220 } else { (40 + i % w + i / w) as u8 })
            .collect();
        let strides = [w, w.div_ceil(2), w.div_ceil(2)];
        encoder.push_frame([&luma, &chroma, &chroma], strides, width, height).unwrap();
    }
    encoder.flush();
    std::iter::from_fn(|| encoder.next_packet().ok()).map(|packet| packet.data).collect()
}

/// A VP8 key frame of one grey: every bit of it is 0, which says "predicted, no
/// residual" of every block.
pub(crate) fn vp8_frame(width: u16, height: u16) -> Vec<u8> {
    const FIRST: u32 = 1_024;
    let tag = FIRST << 5 | 1 << 4;
    let mut out = tag.to_le_bytes()[..3].to_vec();
    out.extend([0x9d, 0x01, 0x2a]);
    out.extend(width.to_le_bytes());
    out.extend(height.to_le_bytes());
    out.extend(vec![0; FIRST as usize + 1_024]);
    out
}

/// An H.264 key frame in raw samples, its length before it as in an MP4 file.
/// Sides are multiples of 16.
pub(crate) fn h264_frame(width: u32, height: u32, paint: Paint<'_>) -> Vec<u8> {
    let mut bits = BitWriter::default();
    // All blocks of this slice are of the intra kind; first picture; filter off.
    [0, 7, 0].iter().for_each(|n| bits.golomb(*n));
    bits.number(0, 4);
    bits.golomb(0);
    bits.number(0, 2);
    bits.golomb(0);
    bits.golomb(1);
    for top in (0..height).step_by(16) {
        for left in (0..width).step_by(16) {
            bits.golomb(25);
            bits.align();
            let luma = (0..256).map(|i| paint(left + i % 16, top + i / 16)[0]);
            bits.bytes.extend(luma);
            for plane in [1, 2] {
                let chroma = (0..64).map(|i| paint(left + i % 8 * 2, top + i / 8 * 2)[plane]);
                bits.bytes.extend(chroma);
            }
        }
    }
    let unit = bits.unit(0x65);
    [&u32::try_from(unit.len()).unwrap().to_be_bytes()[..], &unit].concat()
}

/// A WebM file.
pub(crate) struct Webm {
    pub(crate) codec: &'static str,
    pub(crate) kind: u8,
    pub(crate) width: u16,
    pub(crate) height: u16,
    /// Segment and clusters say how long they are.
    pub(crate) sized: bool,
    /// Matrix and range, by their numbers.
    pub(crate) colour: Option<(u8, u8)>,
}

impl Webm {
    pub(crate) fn new(codec: &'static str, width: u16, height: u16) -> Self {
        Self { codec, kind: 1, width, height, sized: false, colour: None }
    }

    pub(crate) fn file(&self, packets: &[(u32, Vec<u8>)]) -> Vec<u8> {
        let mut video = [
            element(&[0xb0], &self.width.to_be_bytes()),
            element(&[0xba], &self.height.to_be_bytes()),
        ]
        .concat();
        if let Some((matrix, range)) = self.colour {
            let said = [element(&[0x55, 0xb1], &[matrix]), element(&[0x55, 0xb9], &[range])];
            video.extend(element(&[0x55, 0xb0], &said.concat()));
        }
        let entry = [
            element(&[0xd7], &[1]),
            element(&[0x73, 0xc5], &[9]),
            element(&[0x83], &[self.kind]),
            element(&[0x86], self.codec.as_bytes()),
            element(&[0xe0], &video),
        ];
        let mut segment =
            element(&[0x15, 0x49, 0xa9, 0x66], &element(&[0x2a, 0xd7, 0xb1], &[15, 66, 64]));
        segment.extend(element(&[0x16, 0x54, 0xae, 0x6b], &element(&[0xae], &entry.concat())));
        for group in packets.chunks(4) {
            let base = group[0].0;
            let mut cluster = element(&[0xe7], &base.to_be_bytes());
            for (n, (at, packet)) in group.iter().enumerate() {
                let offset = i16::try_from(i64::from(*at) - i64::from(base)).unwrap();
                let block = [&[0x81][..], &offset.to_be_bytes(), &[0x80], packet].concat();
                cluster.extend(match n % 2 {
                    0 => element(&[0xa3], &block),
                    _ => element(&[0xa0], &element(&[0xa1], &block)),
                });
            }
            segment.extend(self.outer(&[0x1f, 0x43, 0xb6, 0x75], &cluster));
        }
        let head = element(&[0x42, 0x82], b"webm");
        [element(&[0x1a, 0x45, 0xdf, 0xa3], &head), self.outer(&[0x18, 0x53, 0x80, 0x67], &segment)]
            .concat()
    }

    fn outer(&self, id: &[u8], body: &[u8]) -> Vec<u8> {
        if self.sized {
            element(id, body)
        } else {
            [id, &[0x01, 255, 255, 255, 255, 255, 255, 255], body].concat()
        }
    }
}

/// An element with a length of four bytes.
pub(crate) fn element(id: &[u8], body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len()).unwrap() | 0x1000_0000;
    [id, &length.to_be_bytes(), body].concat()
}

/// An MP4 file.
pub(crate) struct Mp4 {
    pub(crate) kind: &'static [u8; 4],
    pub(crate) handler: &'static [u8; 4],
    pub(crate) width: u16,
    pub(crate) height: u16,
    /// The track's matrix: a, b, c, d.
    pub(crate) matrix: [i32; 4],
    /// Samples of a fragment; 0: none, all in tables.
    pub(crate) fragments: usize,
    /// `moov` after the samples.
    pub(crate) last: bool,
    /// Matrix and range of colours.
    pub(crate) colour: Option<(u8, bool)>,
}

impl Mp4 {
    pub(crate) fn new(width: u16, height: u16) -> Self {
        Self {
            kind: b"avc1",
            handler: b"vide",
            width,
            height,
            matrix: [1, 0, 0, 1],
            fragments: 0,
            last: false,
            colour: None,
        }
    }

    /// Packets in the order of decoding, with the milliseconds at which each is shown.
    pub(crate) fn file(&self, packets: &[(u32, Vec<u8>)]) -> Vec<u8> {
        let head = boxed(b"ftyp", &[b"isom\0\0\x02\0isom"]);
        let samples: Vec<u8> = packets.iter().flat_map(|(_, packet)| packet.clone()).collect();
        if self.fragments > 0 {
            let mut file = [head, self.movie(&[], 0)].concat();
            let mut next = 0;
            for group in packets.chunks(self.fragments) {
                file.extend(fragment(group, &mut next));
            }
            return file;
        }
        let data = boxed(b"mdat", &[&samples]);
        if self.last {
            let movie = self.movie(packets, head.len() + 8);
            return [head, data, movie].concat();
        }
        let length = self.movie(packets, 0).len();
        let movie = self.movie(packets, head.len() + length + 8);
        [head, movie, data].concat()
    }

    fn movie(&self, packets: &[(u32, Vec<u8>)], start: usize) -> Vec<u8> {
        let numbers = |list: &[u32]| list.iter().flat_map(|n| n.to_be_bytes()).collect::<Vec<_>>();
        let [a, b, c, d] = self.matrix.map(|n| (n << 16).cast_unsigned());
        let mut track_head = numbers(&[7, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
        track_head.extend(numbers(&[a, b, 0, c, d, 0, 0, 0, 1 << 30, 0, 0]));
        let track_head = boxed(b"tkhd", &[&track_head]);
        let clock = boxed(b"mdhd", &[&numbers(&[0, 0, 0, 1_000, 0, 0])]);
        let handler = boxed(b"hdlr", &[&numbers(&[0, 0]), self.handler, &[0; 13]]);
        let mut entry = vec![0; 78];
        entry[24..26].copy_from_slice(&self.width.to_be_bytes());
        entry[26..28].copy_from_slice(&self.height.to_be_bytes());
        entry.extend(boxed(b"avcC", &[&avc_setup(self.width, self.height)]));
        if let Some((matrix, full)) = self.colour {
            let said = [0, 1, 0, 1, 0, matrix, u8::from(full) << 7];
            entry.extend(boxed(b"colr", &[b"nclx", &said]));
        }
        let description = boxed(b"stsd", &[&numbers(&[0, 1]), &boxed(self.kind, &[&entry])]);
        let count = packets.len() as u32;
        let sizes: Vec<u32> = packets.iter().map(|(_, packet)| packet.len() as u32).collect();
        // Two samples a chunk, and what is left.
        let chunk_starts: Vec<u32> = (0..sizes.len())
            .step_by(2)
            .map(|n| start as u32 + sizes[..n].iter().sum::<u32>())
            .collect();
        let shifts: Vec<u32> = packets
            .iter()
            .zip(0u32..)
            .flat_map(|((at, _), n)| [1, at.wrapping_sub(n * 40)])
            .collect();
        let chunks: Vec<u32> = match count % 2 {
            0 => vec![0, 1, 1, 2, 1],
            _ if count == 1 => vec![0, 1, 1, 1, 1],
            _ => vec![0, 2, 1, 2, 1, count / 2 + 1, 1, 1],
        };
        let tables = [
            description,
            boxed(b"stts", &[&numbers(&[0, 1, count, 40])]),
            boxed(b"ctts", &[&numbers(&[0x100_0000, count]), &numbers(&shifts)]),
            boxed(b"stsc", &[&numbers(&chunks)]),
            boxed(b"stsz", &[&numbers(&[0, 0, count]), &numbers(&sizes)]),
            boxed(b"stco", &[&numbers(&[0, chunk_starts.len() as u32]), &numbers(&chunk_starts)]),
        ];
        let media = boxed(b"minf", &[&boxed(b"stbl", &[&tables.concat()])]);
        let media = boxed(b"mdia", &[&clock, &handler, &media]);
        let track = boxed(b"trak", &[&track_head, &media]);
        let extends = boxed(b"mvex", &[&boxed(b"trex", &[&numbers(&[0, 1, 1, 40, 0, 0])])]);
        let extends = if self.fragments > 0 { extends } else { Vec::new() };
        boxed(b"moov", &[&boxed(b"mvhd", &[&[0; 100]]), &track, &extends])
    }
}

fn fragment(group: &[(u32, Vec<u8>)], next: &mut u32) -> Vec<u8> {
    let make = |offset: u32, base: u32| {
        let mut run = [0xa01_u32, group.len() as u32, offset].map(u32::to_be_bytes).concat();
        for (n, (at, packet)) in (0u32..).zip(group) {
            let shift = at.wrapping_sub(base + n * 40);
            run.extend((packet.len() as u32).to_be_bytes());
            run.extend(shift.to_be_bytes());
        }
        let head = boxed(b"tfhd", &[&[0, 2, 0, 0, 0, 0, 0, 1]]);
        let start = boxed(b"tfdt", &[&[0; 4], &base.to_be_bytes()]);
        boxed(b"moof", &[&boxed(b"traf", &[&head, &start, &boxed(b"trun", &[&run])])])
    };
    let length = make(0, *next).len() as u32;
    let moof = make(length + 8, *next);
    *next += 40 * group.len() as u32;
    let samples: Vec<u8> = group.iter().flat_map(|(_, packet)| packet.clone()).collect();
    [moof, boxed(b"mdat", &[&samples])].concat()
}

/// A box.
pub(crate) fn boxed(kind: &[u8; 4], parts: &[&[u8]]) -> Vec<u8> {
    let body = parts.concat();
    let length = u32::try_from(body.len() + 8).unwrap();
    [&length.to_be_bytes()[..], kind, &body].concat()
}

/// The parameter sets of [`h264_frame`].
fn avc_setup(width: u16, height: u16) -> Vec<u8> {
    let mut sequence = BitWriter::default();
    sequence.number(0x42_c0_1e, 24);
    [0, 0, 2, 1].iter().for_each(|n| sequence.golomb(*n));
    sequence.number(0, 1);
    sequence.golomb(u32::from(width).div_ceil(16) - 1);
    sequence.golomb(u32::from(height).div_ceil(16) - 1);
    // Frames only, direct inference, no cropping, no usability information.
    sequence.number(0b1100, 4);
    let mut picture = BitWriter::default();
    [0, 0].iter().for_each(|n| picture.golomb(*n));
    picture.number(0, 2);
    [0, 0, 0].iter().for_each(|n| picture.golomb(*n));
    picture.number(0, 3);
    [0, 0, 0].iter().for_each(|n| picture.golomb(*n));
    picture.number(0b100, 3);
    let (sequence, picture) = (sequence.unit(0x67), picture.unit(0x68));
    let sized = |set: &[u8]| [&(set.len() as u16).to_be_bytes()[..], set].concat();
    [&[1, 66, 0xc0, 30, 0xff, 0xe1][..], &sized(&sequence), &[1], &sized(&picture)].concat()
}

#[derive(Default)]
struct BitWriter {
    bytes: Vec<u8>,
    free: u32,
}

impl BitWriter {
    fn number(&mut self, value: u32, count: u32) {
        for n in (0..count).rev() {
            if self.free == 0 {
                self.bytes.push(0);
                self.free = 8;
            }
            self.free -= 1;
            *self.bytes.last_mut().unwrap() |= ((value >> n & 1) as u8) << self.free;
        }
    }

    fn golomb(&mut self, value: u32) {
        let length = 32 - (value + 1).leading_zeros();
        self.number(0, length - 1);
        self.number(value + 1, length);
    }

    fn align(&mut self) {
        self.free = 0;
    }

    /// A unit of this first byte: closed, and nothing in it that looks like a start.
    fn unit(mut self, kind: u8) -> Vec<u8> {
        self.number(1, 1);
        let mut out = vec![kind];
        let mut zeros = 0;
        for byte in self.bytes {
            if zeros == 2 && byte <= 3 {
                out.push(3);
                zeros = 0;
            }
            zeros = if byte == 0 { zeros + 1 } else { 0 };
            out.push(byte);
        }
        out
    }
}
