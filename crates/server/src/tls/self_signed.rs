//! The self-signed certificate of the data directory.

use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use bonafide_context::{Clock, Date};
use rcgen::{CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, KeyPair};
use rustls::RootCertStore;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::ServerCertVerifier as _;
use rustls::sign::CertifiedKey;
use rustls_pki_types::{ServerName, UnixTime};

use super::{file_error, provider, read};
use crate::ServerError;

/// Days for which a certificate is made out.
const VALID_DAYS: i32 = 397;
/// Days before its end from which a new one is made at the next start or
/// reload.
const RENEW_DAYS: u64 = 30;
/// What every certificate is made out to.
const ALWAYS: [&str; 3] = ["localhost", "127.0.0.1", "::1"];

/// The certificate in `folder`, made anew when it is missing, damaged, not made
/// out to all `names`, or runs out soon.
pub(super) fn keep(
    folder: &Path,
    names: &[String],
    clock: &dyn Clock,
) -> Result<CertifiedKey, ServerError> {
    if let Some(wrong) = names.iter().find(|name| ServerName::try_from(name.as_str()).is_err()) {
        return Err(ServerError::Name(wrong.clone()));
    }
    let mut all: Vec<String> = ALWAYS.map(str::to_owned).to_vec();
    all.extend(names.iter().filter(|name| !ALWAYS.contains(&name.as_str())).cloned());

    let (certificate, key) = (folder.join("certificate.pem"), folder.join("key.pem"));
    if let Ok(kept) = read(&certificate, &key)
        && serves(&kept, &all, clock)
    {
        return Ok(kept);
    }
    let made = make(all, clock.today())?;
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .map_err(file_error(folder))?;
    // The key first: a certificate without its key would be taken for damage
    // and made again, so a crash between the two heals itself either way.
    write(&key, made.1.as_bytes(), 0o600)?;
    write(&certificate, made.0.as_bytes(), 0o644)?;
    read(&certificate, &key)
}

/// Whether this certificate is made out to all names for some time to come.
fn serves(kept: &CertifiedKey, names: &[String], clock: &dyn Clock) -> bool {
    let Some(certificate) = kept.cert.first() else { return false };
    let mut roots = RootCertStore::empty();
    if roots.add(certificate.clone()).is_err() {
        return false;
    }
    let builder = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider());
    let Ok(verifier) = builder.build() else { return false };
    let now = Duration::from_millis(clock.now().0);
    let soon = now.saturating_add(Duration::from_secs(RENEW_DAYS * 86_400));
    names.iter().all(|name| {
        ServerName::try_from(name.as_str()).is_ok_and(|name| {
            [now, soon].into_iter().all(|at| {
                let at = UnixTime::since_unix_epoch(at);
                verifier.verify_server_cert(certificate, &[], &name, &[], at).is_ok()
            })
        })
    })
}

/// A certificate and its key, both in PEM form.
fn make(names: Vec<String>, today: Date) -> Result<(String, String), ServerError> {
    let key = KeyPair::generate()?;
    let mut params = CertificateParams::new(names)?;
    let mut subject = DistinguishedName::new();
    subject.push(DnType::CommonName, "Bonafide, self-signed");
    params.distinguished_name = subject;
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    // From yesterday, for clients whose clocks are a little behind.
    let (year, month, day) = calendar(today.days().saturating_sub(1));
    params.not_before = rcgen::date_time_ymd(year, month, day);
    let (year, month, day) = calendar(today.days().saturating_add(VALID_DAYS));
    params.not_after = rcgen::date_time_ymd(year, month, day);
    let certificate = params.self_signed(&key)?;
    Ok((certificate.pem(), key.serialize_pem()))
}

/// Year, month and day of a day since 1970, within the years that a
/// certificate can name.
fn calendar(days: i32) -> (i32, u8, u8) {
    let last = Date::new(9_999, 12, 31).map_or(0, Date::days);
    let date = Date::from_days(days.clamp(0, last));
    let narrow = |number: u32| u8::try_from(number).unwrap_or(1);
    (date.year(), narrow(date.month()), narrow(date.day()))
}

/// Writes a whole file under another name and then puts it in place.
fn write(path: &Path, bytes: &[u8], mode: u32) -> Result<(), ServerError> {
    let new = path.with_extension("new");
    let put = || {
        let mut options = std::fs::OpenOptions::new();
        let mut file = options.write(true).create(true).truncate(true).mode(mode).open(&new)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        std::fs::rename(&new, path)
    };
    put().map_err(file_error(path))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use bonafide_context::{FixedClock, Timestamp};

    use super::*;

    fn names(list: &[&str]) -> Vec<String> {
        list.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn one_is_made_kept_and_made_again_when_it_no_longer_serves() {
        let data = tempfile::tempdir().unwrap();
        let folder = data.path().join("tls");
        let clock = FixedClock::on(Date::new(2026, 1, 1).unwrap());
        let shown = |list: &[&str]| {
            keep(&folder, &names(list), &clock).unwrap().cert.first().unwrap().to_vec()
        };
        let first = shown(&[]);
        let mode =
            |file: &str| std::fs::metadata(folder.join(file)).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode("key.pem"), mode("certificate.pem")), (0o600, 0o644));
        assert_eq!(shown(&[]), first, "kept");

        let named = shown(&["kyc.example", "192.0.2.7"]);
        assert_ne!(named, first, "made out to more names");
        assert_eq!(shown(&["192.0.2.7"]), named, "fewer names are no reason");

        clock.advance(Duration::from_secs(366 * 86_400));
        assert_eq!(shown(&[]), named, "31 days left");
        clock.advance(Duration::from_secs(2 * 86_400));
        let renewed = shown(&[]);
        assert_ne!(renewed, named, "29 days left");

        std::fs::write(folder.join("certificate.pem"), "damaged").unwrap();
        assert_ne!(shown(&[]), renewed);
    }

    #[test]
    fn a_wild_clock_or_name_is_no_panic() {
        let data = tempfile::tempdir().unwrap();
        for at in [0, u64::MAX] {
            let clock = FixedClock::at(Timestamp(at));
            assert!(keep(&data.path().join(at.to_string()), &[], &clock).is_ok(), "{at}");
        }
        let clock = FixedClock::at(Timestamp(0));
        for wrong in ["", "a b", "héllo", "x/y", "-"] {
            let kept = keep(data.path(), &names(&[wrong]), &clock);
            assert!(matches!(kept, Err(ServerError::Name(_))), "{wrong}");
        }
    }
}
