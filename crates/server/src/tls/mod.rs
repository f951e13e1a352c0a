//! TLS: version 1.3 only, and a certificate that can change under open
//! connections.

mod self_signed;
mod watch;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use arc_swap::ArcSwap;
use bonafide_context::{Clock, Keeper};
use rustls::ServerConfig;
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};

use crate::{ServerError, TlsSettings};

pub(crate) use watch::watch;

/// The certificate that is shown from now on. Those who hold an older one keep
/// their connections.
#[derive(Debug)]
pub(crate) struct Shown(ArcSwap<CertifiedKey>);

impl Shown {
    pub(crate) fn new(first: CertifiedKey) -> Self {
        Self(ArcSwap::from_pointee(first))
    }

    pub(crate) fn replace(&self, next: CertifiedKey) {
        self.0.store(Arc::new(next));
    }
}

impl ResolvesServerCert for Shown {
    fn resolve(&self, _hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.0.load_full())
    }
}

/// The one provider of cryptography in the whole tree.
pub(crate) fn provider() -> Arc<CryptoProvider> {
    Arc::new(aws_lc_rs::default_provider())
}

/// The only version that is spoken.
const NEWEST: &[&rustls::SupportedProtocolVersion] = &[&rustls::version::TLS13];

/// How handshakes are made: TLS 1.3, HTTP/2 or HTTP/1.1.
pub(crate) fn configuration(shown: Arc<Shown>) -> Result<Arc<ServerConfig>, ServerError> {
    let mut config = ServerConfig::builder_with_provider(provider())
        .with_protocol_versions(if Keeper::Tls.works() { NEWEST } else { rustls::ALL_VERSIONS })?
        .with_no_client_auth()
        .with_cert_resolver(shown);
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    // No early data: it can be replayed by whoever has recorded it.
    config.max_early_data_size = 0;
    Ok(Arc::new(config))
}

/// The operator's certificate, or the self-signed one of the data directory,
/// which is made when it is missing, no longer fits its names or runs out soon.
pub(crate) fn certificate(
    settings: &TlsSettings,
    data: &Path,
    clock: &dyn Clock,
) -> Result<CertifiedKey, ServerError> {
    match (&settings.certificate, &settings.key) {
        (Some(certificate), Some(key)) => read(certificate, key),
        (None, None) => self_signed::keep(&data.join("tls"), &settings.names, clock),
        _ => Err(ServerError::HalfACertificate),
    }
}

/// Reads a chain and its key.
fn read(certificate: &Path, key: &Path) -> Result<CertifiedKey, ServerError> {
    let bad = |path: &Path, problem| ServerError::Pem { path: path.to_owned(), problem };
    let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(&load(certificate)?)
        .collect::<Result<_, _>>()
        .map_err(|_| bad(certificate, "is no PEM file"))?;
    if chain.is_empty() {
        return Err(bad(certificate, "holds no certificate"));
    }
    let secret = PrivateKeyDer::from_pem_slice(&load(key)?)
        .map_err(|_| bad(key, "holds no private key in PEM form"))?;
    Ok(CertifiedKey::from_der(chain, secret, &provider())?)
}

fn load(path: &Path) -> Result<Vec<u8>, ServerError> {
    std::fs::read(path).map_err(file_error(path))
}

fn file_error(path: &Path) -> impl FnOnce(std::io::Error) -> ServerError + use<> {
    let path: PathBuf = path.to_owned();
    move |source| ServerError::File { path, source }
}

#[cfg(test)]
mod tests {
    use bonafide_context::{Date, FixedClock};

    use super::*;

    #[test]
    fn a_certificate_needs_its_own_key() {
        let data = tempfile::tempdir().unwrap();
        let clock = FixedClock::on(Date::new(2026, 5, 1).unwrap());
        let made = |name: &str| {
            let folder = data.path().join(name);
            certificate(&TlsSettings::default(), &folder, &clock).unwrap();
            (folder.join("tls/certificate.pem"), folder.join("tls/key.pem"))
        };
        let (one, two) = (made("one"), made("two"));
        let with = |certificate_file: &Path, key: Option<&Path>| {
            let settings = TlsSettings {
                certificate: Some(certificate_file.to_owned()),
                key: key.map(Path::to_owned),
                ..TlsSettings::default()
            };
            certificate(&settings, data.path(), &clock)
        };
        assert!(with(&one.0, Some(&one.1)).is_ok());
        assert!(matches!(with(&one.0, Some(&two.1)), Err(ServerError::Tls(_))));
        assert!(matches!(with(&one.0, None), Err(ServerError::HalfACertificate)));
        let swapped = with(&one.1, Some(&one.0)).unwrap_err().to_string();
        assert!(swapped.ends_with("holds no certificate"), "{swapped}");
        let missing = with(&data.path().join("none.pem"), Some(&one.1));
        assert!(matches!(missing, Err(ServerError::File { .. })));
    }
}
