//! Any method, key and query as a request with a pre-signed URL: nothing is
//! granted but what was signed.

#![no_main]

use std::sync::OnceLock;
use std::time::Duration;

use bonafide_context::Timestamp;
use bonafide_vault::objects::{Directory, ObjectKey, Objects, Presigned};
use libfuzzer_sys::fuzz_target;

fn signed() -> &'static (Directory, String) {
    static SIGNED: OnceLock<(Directory, String)> = OnceLock::new();
    SIGNED.get_or_init(|| {
        let folder = std::env::temp_dir().join("bonafide-fuzz-object-url");
        let directory = Directory::open(folder).expect("a folder");
        directory.serve_at("https://kyc.example", &[7; 32]);
        let key: ObjectKey = "uploads/apac/1".parse().expect("a key");
        let upload = Presigned::Upload { limit: 10 };
        let url = directory.presign(upload, &key, Timestamp(0), Duration::from_secs(60));
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        let url = runtime.block_on(url).expect("a URL");
        (directory, url)
    })
}

fuzz_target!(|input: (&str, &str, &str, u64)| {
    let (method, key, query, now) = input;
    let (directory, url) = signed();
    let genuine = url.split_once('?').map(|(_, query)| query);
    for query in [query, genuine.unwrap_or_default()] {
        if directory.verify(method, key, query, Timestamp(now)).is_ok() {
            assert_eq!((method, key, Some(query)), ("PUT", "uploads/apac/1", genuine));
            assert!(now < 60_000);
        }
    }
});
