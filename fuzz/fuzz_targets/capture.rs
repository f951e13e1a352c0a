//! Whatever is sealed with a challenge's key: a part is read or refused, what is
//! read keeps within its limits, and writing it again gives a part that reads
//! the same.
#![no_main]

use bonafide_liveness::package::{Form, Key, Limits, MAGIC, Manifest, Part, Progress, write};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let (key, limits) = (Key::new([7; 32]), Limits::default());
    let _ = Part::open(bytes, &key, &limits);
    // The HMAC is no obstacle here: the fuzzer's bytes are manifest and frames.
    let Some((length, rest)) = bytes.split_first_chunk::<2>() else { return };
    let length = usize::from(u16::from_le_bytes(*length)).min(rest.len());
    let (manifest, body) = rest.split_at(length);
    let Ok(manifest) = serde_json::from_slice::<Manifest>(manifest) else { return };
    let part = write(&manifest, &[body], &key);
    assert!(part.starts_with(MAGIC));
    let Ok(part) = Part::open(&part, &key, &limits) else { return };
    assert_eq!(part.manifest(), &manifest);
    assert!(part.bodies().all(|(_, body)| body.len() <= limits.frame_bytes));
    assert_eq!(part.video().is_some(), manifest.video.is_some());
    let bodies: Vec<&[u8]> = part.bodies().map(|(_, body)| body).chain(part.video()).collect();
    let again = write(part.manifest(), &bodies, &key);
    assert_eq!(Part::open(&again, &key, &limits).map(|p| p.mac()), Ok(part.mac()));
    for form in [Form::Frames, Form::Video] {
        let mut progress = Progress::new(manifest.challenge.clone(), manifest.nonce, form);
        let _ = progress.take(&part, &[], &limits);
    }
});
