//! MP4: boxes (ISO/IEC 14496-12), of which only those are opened that lead to
//! the video track; the tables of an ordinary file and the fragments that a
//! browser writes while it records.
//!
//! Every count in a table is checked against the table's bytes, and a sample
//! that is announced without bytes to it ends the walk: no number in the file
//! makes more work or memory than its length allows.

use super::colour::{Colour, Matrix};
use super::container::{Container, Demuxed, Packet, micros, push};
use super::{VideoCodec, VideoError, VideoLimits};
use crate::QuarterTurn;

const CORRUPT: VideoError = VideoError::Corrupt;

/// The video track of an MP4 file.
pub(super) fn demux(bytes: &[u8], limits: &VideoLimits) -> Result<Demuxed, VideoError> {
    let top = Boxes::outer(bytes).collect::<Result<Vec<_>, _>>()?;
    let Some(movie) = top.iter().find(|one| one.kind == *b"moov") else {
        // Written last by most recorders.
        return Err(VideoError::Truncated);
    };
    let mut track = None;
    for one in Boxes::of(movie.body) {
        let one = one?;
        if one.kind == *b"trak" && track.is_none() {
            track = Track::of(one.body, limits)?;
        }
    }
    let mut track = track.ok_or(VideoError::NoVideoTrack)?;
    let defaults = match find(movie.body, b"mvex")? {
        Some(extends) => Defaults::of(extends, track.id)?,
        None => Defaults::default(),
    };
    for fragment in top.iter().filter(|one| one.kind == *b"moof") {
        track.fragment(fragment, defaults, limits)?;
    }
    for packet in &track.packets {
        if packet.bytes.end > bytes.len() {
            return Err(VideoError::Truncated);
        }
    }
    Ok(Demuxed {
        container: Container::Mp4,
        codec: track.codec,
        setup: track.setup,
        packets: track.packets,
        turn: track.turn,
        colour: track.colour,
    })
}

struct Track {
    id: u32,
    codec: VideoCodec,
    setup: Option<Vec<u8>>,
    turn: QuarterTurn,
    colour: Option<Colour>,
    per_second: u32,
    packets: Vec<Packet>,
    /// When the next fragment's first sample is decoded, if it does not say.
    next: i64,
}

impl Track {
    /// A track, if it is one of video.
    fn of(body: &[u8], limits: &VideoLimits) -> Result<Option<Self>, VideoError> {
        let media = find(body, b"mdia")?.ok_or(CORRUPT)?;
        let handler = find(media, b"hdlr")?.ok_or(CORRUPT)?;
        if handler.get(8..12) != Some(b"vide") {
            return Ok(None);
        }
        let head = find(body, b"tkhd")?.ok_or(CORRUPT)?;
        let wide = head.first() == Some(&1);
        let id = u32_at(head, if wide { 20 } else { 12 })?;
        let turn = turn(head.get(if wide { 52 } else { 40 }..).ok_or(CORRUPT)?)?;
        let clock = find(media, b"mdhd")?.ok_or(CORRUPT)?;
        let per_second = u32_at(clock, if clock.first() == Some(&1) { 20 } else { 12 })?;
        let info = find(media, b"minf")?.ok_or(CORRUPT)?;
        let tables = find(info, b"stbl")?.ok_or(CORRUPT)?;
        let Described { codec, setup, colour } = Described::of(tables, limits)?;
        let mut track =
            Self { id, codec, setup, turn, colour, per_second, packets: Vec::new(), next: 0 };
        track.samples(tables, limits)?;
        Ok(Some(track))
    }

    /// The samples of the track's own tables; a fragmented file has none.
    fn samples(&mut self, tables: &[u8], limits: &VideoLimits) -> Result<(), VideoError> {
        let Some(sizes) = find(tables, b"stsz")? else { return Ok(()) };
        let (same, count) = (u32_at(sizes, 4)?, u32_at(sizes, 8)?);
        if count == 0 {
            return Ok(());
        }
        let offsets = match (find(tables, b"stco")?, find(tables, b"co64")?) {
            (Some(short), _) => Offsets { entries: rows(short, 4)?, wide: false },
            (None, Some(long)) => Offsets { entries: rows(long, 8)?, wide: true },
            (None, None) => return Err(CORRUPT),
        };
        let chunks = rows(find(tables, b"stsc")?.ok_or(CORRUPT)?, 12)?;
        let mut durations = Runs::of(find(tables, b"stts")?)?;
        let mut shifts = Runs::of(find(tables, b"ctts")?)?;
        let (mut run, mut chunk, mut left) = (0, 0_usize, 0_u32);
        let (mut at, mut time) = (0_u64, 0_i64);
        for sample in 0..count as usize {
            while left == 0 {
                // Chunks are numbered from 1; the last run goes on to the end.
                let beyond = chunks.get((run + 1) * 12..(run + 2) * 12);
                if let Some(next) = beyond
                    && u32_at(next, 0)? as usize <= chunk + 1
                {
                    run += 1;
                    continue;
                }
                let this = chunks.get(run * 12..(run + 1) * 12).ok_or(CORRUPT)?;
                left = u32_at(this, 4)?;
                at = offsets.get(chunk)?;
                chunk += 1;
            }
            let size = match same {
                0 => u32_at(sizes, sample.checked_mul(4).ok_or(CORRUPT)? + 12)?,
                same => same,
            };
            let shown = time.saturating_add(shifts.next()?.unwrap_or(0));
            self.add(at, size, shown, limits)?;
            at = at.saturating_add(size.into());
            left -= 1;
            time = time.saturating_add(durations.next()?.ok_or(CORRUPT)?);
        }
        Ok(())
    }

    /// The samples of a fragment.
    fn fragment(
        &mut self,
        fragment: &Found<'_>,
        defaults: Defaults,
        limits: &VideoLimits,
    ) -> Result<(), VideoError> {
        let mut after = fragment.start;
        for one in Boxes::of(fragment.body) {
            let one = one?;
            if one.kind != *b"traf" {
                continue;
            }
            let head = find(one.body, b"tfhd")?.ok_or(CORRUPT)?;
            let mut fields = Fields::of(head)?;
            let id = fields.number()?;
            let base = fields.long_if(0x1)?;
            fields.number_if(0x2)?;
            let duration = fields.number_if(0x8)?.unwrap_or(defaults.duration);
            let size = fields.number_if(0x10)?.unwrap_or(defaults.size);
            // Without a base of its own it counts from its fragment, or goes on
            // where the track before it ended.
            let base =
                base.unwrap_or(if fields.flags & 0x2_0000 != 0 { fragment.start } else { after });
            if id != self.id {
                continue;
            }
            if let Some(start) = find(one.body, b"tfdt")? {
                let ticks = match start.first() {
                    Some(1) => i64::try_from(u64_at(start, 4)?).map_err(|_| CORRUPT)?,
                    _ => u32_at(start, 4)?.into(),
                };
                self.next = ticks;
            }
            let mut at = base;
            for run in Boxes::of(one.body) {
                let run = run?;
                if run.kind == *b"trun" {
                    at = self.run(run.body, base, at, [duration, size], limits)?;
                }
            }
            after = at;
        }
        Ok(())
    }

    /// The samples of one run; gives where its bytes end.
    fn run(
        &mut self,
        run: &[u8],
        base: u64,
        after: u64,
        [duration, size]: [u32; 2],
        limits: &VideoLimits,
    ) -> Result<u64, VideoError> {
        let mut fields = Fields::of(run)?;
        let count = fields.number()?;
        let mut at = match fields.number_if(0x1)? {
            // Signed.
            Some(offset) => base.saturating_add_signed(i64::from(offset.cast_signed())),
            None => after,
        };
        fields.number_if(0x4)?;
        for _ in 0..count {
            let duration = fields.number_if(0x100)?.unwrap_or(duration);
            let size = fields.number_if(0x200)?.unwrap_or(size);
            fields.number_if(0x400)?;
            let shift = fields.number_if(0x800)?.map_or(0, |n| i64::from(n.cast_signed()));
            self.add(at, size, self.next.saturating_add(shift), limits)?;
            at = at.saturating_add(size.into());
            self.next = self.next.saturating_add(duration.into());
        }
        Ok(at)
    }

    fn add(
        &mut self,
        at: u64,
        size: u32,
        ticks: i64,
        limits: &VideoLimits,
    ) -> Result<(), VideoError> {
        if size == 0 {
            return Err(CORRUPT);
        }
        let end = at.checked_add(size.into()).and_then(|end| usize::try_from(end).ok());
        let (start, end) = (usize::try_from(at).map_err(|_| CORRUPT)?, end.ok_or(CORRUPT)?);
        let at_us = micros(ticks, self.per_second)?;
        push(&mut self.packets, Packet { bytes: start..end, at_us }, limits)
    }
}

/// What the first description of samples says.
struct Described {
    codec: VideoCodec,
    setup: Option<Vec<u8>>,
    colour: Option<Colour>,
}

impl Described {
    /// Bytes of a visual sample entry before its own boxes.
    const FIXED: usize = 78;

    fn of(tables: &[u8], limits: &VideoLimits) -> Result<Self, VideoError> {
        let table = find(tables, b"stsd")?.ok_or(CORRUPT)?;
        let entries = table.get(8..).ok_or(CORRUPT)?;
        let entry = Boxes::of(entries).next().ok_or(CORRUPT)??;
        let codec = match &entry.kind {
            b"avc1" | b"avc3" => VideoCodec::H264,
            b"vp09" => VideoCodec::Vp9,
            b"vp08" => VideoCodec::Vp8,
            kind => return Err(VideoError::UnknownCodec { codec: codec_name(kind) }),
        };
        let size = |at| Ok::<_, VideoError>(u32::from(u16_at(entry.body, at)?));
        limits.check_size(size(24)?, size(26)?)?;
        let own = entry.body.get(Self::FIXED..).ok_or(CORRUPT)?;
        let setup = match codec {
            VideoCodec::H264 => Some(find(own, b"avcC")?.ok_or(CORRUPT)?.to_vec()),
            _ => None,
        };
        let colour = match find(own, b"colr")? {
            Some(said) if said.starts_with(b"nclx") => {
                let full = said.get(10).is_some_and(|flags| flags & 0x80 != 0);
                // Two bytes, of which the first is not in use.
                said.get(9).and_then(|n| Matrix::coded(*n)).map(|matrix| Colour { matrix, full })
            }
            _ => None,
        };
        Ok(Self { codec, setup, colour })
    }
}

fn codec_name(kind: &[u8; 4]) -> &'static str {
    match kind {
        b"hvc1" | b"hev1" | b"dvh1" | b"dvhe" => "HEVC",
        b"av01" => "AV1",
        b"mp4v" => "MPEG-4 part 2",
        b"jpeg" | b"mjpa" | b"mjpb" => "Motion JPEG",
        b"encv" => "an encrypted track",
        _ => "this codec",
    }
}

/// How the track's matrix turns its frames: four numbers of it, 16.16 bits.
fn turn(matrix: &[u8]) -> Result<QuarterTurn, VideoError> {
    let cell = |n: usize| Ok::<_, VideoError>(u32_at(matrix, n * 4)?.cast_signed().signum());
    Ok(match [cell(0)?, cell(1)?, cell(3)?, cell(4)?] {
        [0, 1, -1, 0] => QuarterTurn::Right,
        [-1, 0, 0, -1] => QuarterTurn::Half,
        [0, -1, 1, 0] => QuarterTurn::Left,
        _ => QuarterTurn::None,
    })
}

/// What samples of fragments have that do not say otherwise.
#[derive(Clone, Copy, Default)]
struct Defaults {
    duration: u32,
    size: u32,
}

impl Defaults {
    fn of(extends: &[u8], track: u32) -> Result<Self, VideoError> {
        for one in Boxes::of(extends) {
            let one = one?;
            if one.kind == *b"trex" && u32_at(one.body, 4)? == track {
                return Ok(Self { duration: u32_at(one.body, 12)?, size: u32_at(one.body, 16)? });
            }
        }
        Ok(Self::default())
    }
}

/// Where chunks begin.
struct Offsets<'a> {
    entries: &'a [u8],
    wide: bool,
}

impl Offsets<'_> {
    fn get(&self, chunk: usize) -> Result<u64, VideoError> {
        let size = if self.wide { 8 } else { 4 };
        let at = chunk.checked_mul(size).ok_or(CORRUPT)?;
        if self.wide { u64_at(self.entries, at) } else { Ok(u32_at(self.entries, at)?.into()) }
    }
}

/// A table of counts and values, value by value.
struct Runs<'a> {
    rows: &'a [u8],
    left: u32,
    value: i64,
}

impl<'a> Runs<'a> {
    fn of(table: Option<&'a [u8]>) -> Result<Self, VideoError> {
        let rows = table.map(|table| rows(table, 8)).transpose()?.unwrap_or(&[]);
        Ok(Self { rows, left: 0, value: 0 })
    }

    /// The next value; `None` where there is no table, or it has ended.
    fn next(&mut self) -> Result<Option<i64>, VideoError> {
        while self.left == 0 {
            let Some((row, rest)) = self.rows.split_at_checked(8) else { return Ok(None) };
            self.left = u32_at(row, 0)?;
            self.value = u32_at(row, 4)?.cast_signed().into();
            self.rows = rest;
        }
        self.left -= 1;
        Ok(Some(self.value))
    }
}

/// The rows of a table of `size` bytes each, after version, flags and count.
fn rows(table: &[u8], size: usize) -> Result<&[u8], VideoError> {
    let length = (u32_at(table, 4)? as usize).checked_mul(size).ok_or(CORRUPT)?;
    table.get(8..).and_then(|rows| rows.get(..length)).ok_or(CORRUPT)
}

/// Fields of which a box's flags say whether they are there.
struct Fields<'a> {
    flags: u32,
    rest: &'a [u8],
}

impl<'a> Fields<'a> {
    fn of(body: &'a [u8]) -> Result<Self, VideoError> {
        Ok(Self { flags: u32_at(body, 0)? & 0xff_ffff, rest: body.get(4..).ok_or(CORRUPT)? })
    }

    fn number(&mut self) -> Result<u32, VideoError> {
        let value = u32_at(self.rest, 0)?;
        self.rest = self.rest.get(4..).ok_or(CORRUPT)?;
        Ok(value)
    }

    fn number_if(&mut self, flag: u32) -> Result<Option<u32>, VideoError> {
        (self.flags & flag != 0).then(|| self.number()).transpose()
    }

    fn long_if(&mut self, flag: u32) -> Result<Option<u64>, VideoError> {
        if self.flags & flag == 0 {
            return Ok(None);
        }
        let (high, low) = (self.number()?, self.number()?);
        Ok(Some(u64::from(high) << 32 | u64::from(low)))
    }
}

/// A box.
struct Found<'a> {
    kind: [u8; 4],
    /// Where it begins, head included, in what was walked over.
    start: u64,
    body: &'a [u8],
}

/// The boxes in a stretch of bytes.
struct Boxes<'a> {
    bytes: &'a [u8],
    at: usize,
    /// What a box is that ends after the bytes do.
    cut: VideoError,
}

impl<'a> Boxes<'a> {
    /// Of a file.
    fn outer(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0, cut: VideoError::Truncated }
    }

    /// Of a box.
    fn of(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0, cut: CORRUPT }
    }

    fn read(&mut self) -> Result<Option<Found<'a>>, VideoError> {
        let rest = self.bytes.get(self.at..).unwrap_or(&[]);
        // Some writers close a list of boxes with four zeros.
        if rest.is_empty() || (rest.len() < 8 && rest.iter().all(|byte| *byte == 0)) {
            return Ok(None);
        }
        let (head, inside) = rest.split_first_chunk::<8>().ok_or(self.cut)?;
        let [a, b, c, d, kind @ ..] = *head;
        let (head, length) = match u32::from_be_bytes([a, b, c, d]) {
            0 => (8, rest.len() as u64),
            1 => (16, u64_at(inside, 0).map_err(|_| self.cut)?),
            length => (8, length.into()),
        };
        let length = usize::try_from(length).map_err(|_| self.cut)?;
        if length < head {
            return Err(CORRUPT);
        }
        let body = rest.get(head..length).ok_or(self.cut)?;
        let start = self.at as u64;
        self.at += length;
        Ok(Some(Found { kind, start, body }))
    }
}

impl<'a> Iterator for Boxes<'a> {
    type Item = Result<Found<'a>, VideoError>;

    fn next(&mut self) -> Option<Self::Item> {
        let read = self.read().transpose();
        if matches!(read, Some(Err(_))) {
            // One error, and no more.
            self.at = self.bytes.len();
        }
        read
    }
}

/// The body of the first box of a kind.
fn find<'a>(bytes: &'a [u8], kind: &[u8; 4]) -> Result<Option<&'a [u8]>, VideoError> {
    for one in Boxes::of(bytes) {
        let one = one?;
        if one.kind == *kind {
            return Ok(Some(one.body));
        }
    }
    Ok(None)
}

fn u16_at(bytes: &[u8], at: usize) -> Result<u16, VideoError> {
    let bytes = bytes.get(at..).and_then(<[u8]>::first_chunk).ok_or(CORRUPT)?;
    Ok(u16::from_be_bytes(*bytes))
}

fn u32_at(bytes: &[u8], at: usize) -> Result<u32, VideoError> {
    let bytes = bytes.get(at..).and_then(<[u8]>::first_chunk).ok_or(CORRUPT)?;
    Ok(u32::from_be_bytes(*bytes))
}

fn u64_at(bytes: &[u8], at: usize) -> Result<u64, VideoError> {
    let bytes = bytes.get(at..).and_then(<[u8]>::first_chunk).ok_or(CORRUPT)?;
    Ok(u64::from_be_bytes(*bytes))
}
