//! A certificate that is renewed is shown without anyone saying so.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use bonafide_context::Date;

use super::certificate;
use crate::TlsSettings;
use crate::door::Door;
use crate::health::{Component, State};

/// Looks at the certificate's files now and then, until dropped.
pub(crate) async fn watch(door: &Door) {
    let mut watch = Watch::default();
    loop {
        let pause = Duration::from(door.settings().tls.watch);
        if pause.is_zero() {
            // Somebody may set it on a reload.
            tokio::time::sleep(IDLE).await;
            continue;
        }
        watch.look(door);
        tokio::time::sleep(pause).await;
    }
}

/// Time between two looks at whether there is to be any.
const IDLE: Duration = Duration::from_secs(10);

/// What was seen last.
#[derive(Default)]
struct Watch {
    /// None before the first look, which therefore reads the files again: they
    /// may have changed since the start.
    seen: Option<Stamp>,
    broken: bool,
}

impl Watch {
    fn look(&mut self, door: &Door) {
        let Some(shown) = &door.shown else { return };
        let settings = door.settings();
        // Taken before the files are read: what changes in between is seen by
        // the next look.
        let stamp = Stamp::of(&settings.tls, &door.data, door.clock.today());
        let same = self.seen.as_ref() == Some(&stamp);
        // What is broken is tried again even so: access may have been given
        // without touching the file.
        if same && !self.broken {
            return;
        }
        match certificate(&settings.tls, &door.data, door.clock.as_ref()) {
            Ok(next) => {
                if self.seen.is_some() {
                    tracing::info!(name: "certificate_renewed", "");
                }
                shown.replace(next);
                self.broken = false;
            }
            Err(error) => {
                if !same {
                    tracing::error!(name: "certificate_kept", code = error.code());
                }
                self.broken = true;
            }
        }
        let (state, code) = match self.broken {
            true => (State::Degraded, "certificate_unusable"),
            false => (State::Ok, "ok"),
        };
        door.board.add(Component { name: "certificate", state, code, needed: false });
        self.seen = Some(stamp);
    }
}

/// What tells one state of the files from another.
#[derive(Debug, PartialEq, Eq)]
struct Stamp {
    files: Vec<(PathBuf, Option<File>)>,
    /// A self-signed certificate is looked at every day, and made again before
    /// it runs out.
    day: Option<Date>,
}

/// A renewal changes at least one of them, whether it writes into the file or
/// puts another in its place.
#[derive(Debug, PartialEq, Eq)]
struct File {
    device: u64,
    inode: u64,
    size: u64,
    modified: (i64, i64),
    changed: (i64, i64),
}

impl Stamp {
    fn of(settings: &TlsSettings, data: &Path, today: Date) -> Self {
        let own = settings.certificate.is_none() && settings.key.is_none();
        let files = if own {
            let folder = data.join("tls");
            vec![folder.join("certificate.pem"), folder.join("key.pem")]
        } else {
            settings.certificate.iter().chain(&settings.key).cloned().collect()
        };
        let stamped = files.into_iter().map(|path| {
            let file = std::fs::metadata(&path).ok().map(|facts| File {
                device: facts.dev(),
                inode: facts.ino(),
                size: facts.size(),
                modified: (facts.mtime(), facts.mtime_nsec()),
                changed: (facts.ctime(), facts.ctime_nsec()),
            });
            (path, file)
        });
        Self { files: stamped.collect(), day: own.then_some(today) }
    }
}
