//! Videos against another decoder: clips that ffmpeg writes and reads, frame by
//! frame. Skipped where there is no ffmpeg; the suite of services has one.

#![expect(clippy::unwrap_used, reason = "a test may fail loudly, and runs a program of the system")]

use std::ops::ControlFlow;
use std::path::Path;
use std::process::{Command, Stdio};

use bonafide_media::video::{Filmed, Pick, VideoCodec, VideoFacts, VideoLimits, VideoOrder};
use bonafide_media::{Decoder, InProcess};

/// Whether there is an ffmpeg; a missing one fails where it has to be there.
fn ffmpeg() -> bool {
    let found = Command::new("ffmpeg").arg("-version").stdout(Stdio::null()).status();
    let there = found.is_ok_and(|status| status.success());
    let wanted = std::env::var("BONAFIDE_REQUIRE").is_ok_and(|list| list.contains("services"));
    assert!(there || !wanted, "ffmpeg is missing: scripts/services.sh install");
    there
}

fn run(arguments: &[&str], file: &Path) -> Vec<u8> {
    let file = file.to_str().unwrap();
    let arguments =
        arguments.iter().map(|argument| if *argument == "FILE" { file } else { argument });
    let mut words = arguments.clone();
    let output = Command::new(words.next().unwrap()).args(words).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

/// A moving picture with edges, colours and noise; 2 seconds of it.
const SOURCE: &str = "testsrc2=size=320x240:rate=25:duration=2,noise=alls=12:allf=t";

/// A clip, and how its frames differ from ffmpeg's: mean and largest distance.
fn compared(name: &str, encode: &[&str], bend: fn(&mut [u8])) -> (VideoFacts, f64, u8) {
    let folder = tempfile::tempdir().unwrap();
    let clip = folder.path().join(name);
    let head = ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", SOURCE];
    run(&[&head[..], encode, &["FILE"]].concat(), &clip);
    let mut file = std::fs::read(&clip).unwrap();
    bend(&mut file);
    std::fs::write(&clip, &file).unwrap();
    let tail = ["-v", "error", "-i", "FILE", "-f", "rawvideo", "-pix_fmt", "rgb24"];
    // Each colour difference for its four pixels, as here.
    let flags = ["-sws_flags", "neighbor+accurate_rnd+full_chroma_int", "-vsync", "0", "-"];
    let expected = run(&[&["ffmpeg"][..], &tail, &flags].concat(), &clip);
    let entries = ["-show_entries", "frame=best_effort_timestamp_time", "-of", "csv=p=0", "FILE"];
    let times = run(&[&["ffprobe", "-v", "error"][..], &entries].concat(), &clip);
    let times: Vec<f64> = String::from_utf8(times)
        .unwrap()
        .lines()
        .map(|line| line.trim_end_matches(','))
        .filter(|line| !line.is_empty())
        .map(|line| line.parse().unwrap())
        .collect();
    let order = VideoOrder { limits: VideoLimits::default(), pick: Pick::Every(1) };
    let mut frames: Vec<Filmed> = Vec::new();
    let facts = InProcess::default()
        .video(&file, &order, &mut |frame| {
            frames.push(frame);
            ControlFlow::Continue(())
        })
        .unwrap()
        .unwrap();
    let size = frames[0].picture.bytes().len();
    assert_eq!((expected.len(), times.len()), (frames.len() * size, frames.len()), "{name}");
    let (mut sum, mut largest) = (0_u64, 0);
    for ((frame, expected), time) in frames.iter().zip(expected.chunks(size)).zip(&times) {
        let at_s = frame.at_us as f64 / 1e6;
        assert!((at_s - (time - times[0])).abs() < 0.002, "{name}: {at_s} and {time}");
        for (here, there) in frame.picture.bytes().iter().zip(expected) {
            let distance = here.abs_diff(*there);
            sum += u64::from(distance);
            largest = largest.max(distance);
        }
    }
    let mean = sum as f64 / (frames.len() * size) as f64;
    println!("{name}: {} frames, mean {mean:.3}, largest {largest}", frames.len());
    (facts, mean, largest)
}

/// Equal but for rounding.
fn equal(name: &str, encode: &[&str], codec: VideoCodec) {
    equal_when_bent(name, encode, codec, |_| {});
}

fn equal_when_bent(
    name: &str,
    encode: &[&str],
    codec: VideoCodec,
    bend: fn(&mut [u8]),
) -> VideoFacts {
    let (facts, mean, largest) = compared(name, encode, bend);
    assert_eq!((facts.codec, facts.frames), (codec, 50), "{name}");
    assert!(mean < 1.0 && largest <= 6, "{name}: mean {mean}, largest {largest}");
    facts
}

#[test]
fn vp8_is_what_ffmpeg_sees() {
    if !ffmpeg() {
        return;
    }
    let live = ["-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "6", "-b:v", "700k"];
    equal("live.webm", &live, VideoCodec::Vp8);
    // Hidden frames, several partitions, frames that look at golden ones.
    let good =
        ["-c:v", "libvpx", "-deadline", "good", "-auto-alt-ref", "1", "-lag-in-frames", "16"];
    let parts = ["-slices", "4", "-b:v", "250k", "-sharpness", "3"];
    equal("good.webm", &[&good[..], &parts].concat(), VideoCodec::Vp8);
    // No multiple of 16.
    let odd = ["-vf", "scale=318:178", "-c:v", "libvpx", "-b:v", "900k"];
    equal("odd.webm", &odd, VideoCodec::Vp8);
}

#[test]
fn vp9_is_what_ffmpeg_sees() {
    if !ffmpeg() {
        return;
    }
    let live = ["-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-b:v", "500k"];
    equal("live.webm", &live, VideoCodec::Vp9);
    let good =
        ["-c:v", "libvpx-vp9", "-deadline", "good", "-cpu-used", "5", "-lag-in-frames", "12"];
    equal("good.webm", &good, VideoCodec::Vp9);
}

#[test]
fn h264_is_what_ffmpeg_sees() {
    if !ffmpeg() {
        return;
    }
    let base = ["-pix_fmt", "yuv420p", "-c:v", "libx264", "-profile:v"];
    let plain = [&base[..], &["baseline"]].concat();
    equal("base.mp4", &plain, VideoCodec::H264);
    let both_ways = [&base[..], &["high", "-bf", "3", "-refs", "4"]].concat();
    equal("high.mp4", &both_ways, VideoCodec::H264);
    let parts =
        ["main", "-bf", "2", "-movflags", "frag_keyframe+empty_moov+default_base_moof", "-g", "12"];
    equal("parts.mp4", &[&base[..], &parts].concat(), VideoCodec::H264);
    let full = ["main", "-vf", "scale=out_range=pc:out_color_matrix=bt709", "-color_range", "pc"];
    let said = ["-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709"];
    equal("full.mp4", &[&base[..], &full, &said].concat(), VideoCodec::H264);
}

#[test]
fn a_turned_video_is_put_upright() {
    if !ffmpeg() {
        return;
    }
    // The track's matrix, as a telephone that is held upright writes it.
    let bend = |file: &mut [u8]| {
        let head = file.windows(4).position(|kind| kind == b"tkhd").unwrap() + 4;
        for (cell, value) in [(0, 0_i32), (1, 1), (3, -1), (4, 0)] {
            let at = head + 40 + cell * 4;
            file[at..at + 4].copy_from_slice(&(value << 16).to_be_bytes());
        }
    };
    let plain = ["-pix_fmt", "yuv420p", "-c:v", "libx264"];
    let facts = equal_when_bent("turned.mp4", &plain, VideoCodec::H264, bend);
    assert_eq!(facts.turned, 90);
}

#[test]
fn sound_alone_is_no_video() {
    if !ffmpeg() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let order = VideoOrder { limits: VideoLimits::default(), pick: Pick::Every(1) };
    for name in ["sound.webm", "sound.mp4"] {
        let clip = folder.path().join(name);
        let tone = "sine=frequency=440:duration=1";
        run(&["ffmpeg", "-v", "error", "-f", "lavfi", "-i", tone, "FILE"], &clip);
        let file = std::fs::read(&clip).unwrap();
        let answer = InProcess::default().video(&file, &order, &mut |_| ControlFlow::Continue(()));
        assert_eq!(answer.unwrap_err().code(), "no_video_track", "{name}");
    }
}
