//! Words by which emulators, virtual cameras and driven browsers give themselves away.
//! Who hides well leaves none: their absence means little, and says so in its weight.

/// Words in the facts of an emulator or a virtual machine; those with a bar on both
/// sides count as whole words only.
pub(super) const EMULATOR: &[&str] = &[
    "sdk_gphone",
    "google_sdk",
    "android sdk built for",
    "emulator",
    "simulator",
    "genymotion",
    "generic_x86",
    "goldfish",
    "ranchu",
    "vbox",
    "virtualbox",
    "bluestacks",
    "|nox|",
    "ldplayer",
    "|memu|",
    "|andy|",
    "qemu",
    "vmware",
    "parallels",
    "hyper-v",
    "swiftshader",
    "llvmpipe",
    "softpipe",
    "microsoft basic render",
    "virgl",
    "|waydroid|",
    "houdini",
];

/// Words in the label of a camera that is a program.
pub(super) const VIRTUAL_CAMERA: &[&str] = &[
    "|obs|",
    "obs-camera",
    "obs virtual",
    "manycam",
    "virtual",
    "xsplit",
    "snap camera",
    "droidcam",
    "iriun",
    "epoccam",
    "camtwist",
    "v4l2loopback",
    "loopback",
    "e2esoft",
    "|vcam|",
    "splitcam",
    "youcam",
    "dummy video",
    "fake_device",
    "fake device",
    "|fake|",
    "|camo|",
    "nvidia broadcast",
    "mmhmm",
    "webcamoid",
    "altercam",
    "unity video capture",
    "screen capture",
    "akvcam",
    "|ndi|",
    "deepfacelive",
    "sparkocam",
    "chromacam",
];

/// Words in the user agent of a browser that a program drives.
pub(super) const AUTOMATION: &[&str] = &[
    "headless",
    "phantomjs",
    "puppeteer",
    "playwright",
    "selenium",
    "webdriver",
    "slimerjs",
    "electron/",
    "python-requests",
    "curl/",
    "wget/",
    "go-http-client",
    "okhttp/",
    "java/",
];

/// Words of graphics that stand on desks, not in telephones.
pub(super) const DESKTOP_GPU: &[&str] =
    &["geforce", "|rtx|", "|gtx|", "radeon", "intel(r)", "intel inc", "direct3d", "quadro"];

/// Whether a text holds one of the marks.
pub(super) fn holds(text: &str, marks: &[&str]) -> bool {
    let lower = text.to_ascii_lowercase();
    let word = |mark: &str| {
        lower.split(|sign: char| !sign.is_ascii_alphanumeric()).any(|word| word == mark)
    };
    marks.iter().any(|mark| match mark.strip_prefix('|').and_then(|m| m.strip_suffix('|')) {
        Some(whole) => word(whole),
        None => lower.contains(mark),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_found_in_texts_and_whole_words_only_as_words() {
        assert!(holds("sdk_gphone64_x86_64", EMULATOR));
        assert!(holds("Nox Player", EMULATOR));
        assert!(!holds("Equinox", EMULATOR));
        assert!(holds("OBS Virtual Camera (m-de:vice)", VIRTUAL_CAMERA));
        assert!(!holds("HD Webcam C920 (046d:082d)", VIRTUAL_CAMERA));
        assert!(!holds("FaceTime HD Camera", VIRTUAL_CAMERA));
        assert!(holds("Mozilla/5.0 HeadlessChrome/130.0", AUTOMATION));
        assert!(!holds("", AUTOMATION));
    }
}
