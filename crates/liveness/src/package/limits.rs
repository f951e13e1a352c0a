//! How much a recording may be.

/// How much a recording may be. The defaults are the most that the format
/// allows; a server may set less.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Parts of a recording.
    pub parts: usize,
    /// Frames of a recording.
    pub frames: usize,
    /// Bytes of a recording, all parts together.
    pub recording_bytes: usize,
    /// Bytes of one frame.
    pub frame_bytes: usize,
    /// Bytes of one manifest.
    pub manifest_bytes: usize,
    /// Entries of the display log and of the list of events, each, in a recording.
    pub entries: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            parts: 64,
            frames: 400,
            recording_bytes: 24 * 1024 * 1024,
            frame_bytes: 200 * 1024,
            manifest_bytes: 256 * 1024,
            entries: 256,
        }
    }
}
