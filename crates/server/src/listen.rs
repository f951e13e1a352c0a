//! Which addresses may be listened on, and how.

use std::net::{SocketAddr, TcpListener};

use bonafide_context::Keeper;

use crate::{ServerError, Settings};

/// Refuses settings under which others could read what is sent. Looked at
/// before anything is opened.
pub(crate) fn check(settings: &Settings) -> Result<(), ServerError> {
    let listen = settings.listen;
    if !Keeper::PlainHttp.works() {
        return Ok(());
    }
    if settings.insecure_http && !listen.ip().is_loopback() && settings.proxies.is_empty() {
        return Err(ServerError::PlainHttp(listen));
    }
    match settings.metrics.listen {
        Some(address) if !address.ip().is_loopback() && !settings.metrics.beyond_loopback => {
            Err(ServerError::PlainMetrics(address))
        }
        _ => Ok(()),
    }
}

/// Opens a listener that a runtime can take over.
pub(crate) fn open(address: SocketAddr) -> Result<TcpListener, ServerError> {
    let open = || {
        let listener = TcpListener::bind(address)?;
        listener.set_nonblocking(true)?;
        Ok(listener)
    };
    open().map_err(|source| ServerError::Listen { address, source })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(listen: &str, insecure_http: bool, proxies: &[&str]) -> Settings {
        Settings {
            listen: listen.parse().unwrap(),
            insecure_http,
            proxies: proxies.iter().map(|net| net.parse().unwrap()).collect(),
            ..Settings::default()
        }
    }

    #[test]
    fn m1_plain_http_only_on_loopback_or_behind_a_proxy() {
        for (listen, insecure, proxies, fine) in [
            ("127.0.0.1:80", true, &[][..], true),
            ("[::1]:80", true, &[], true),
            ("0.0.0.0:443", false, &[], true),
            ("0.0.0.0:80", true, &[], false),
            ("[::]:80", true, &[], false),
            ("192.0.2.1:80", true, &[], false),
            ("192.0.2.1:80", true, &["192.0.2.0/24"], true),
        ] {
            let checked = check(&settings(listen, insecure, proxies));
            assert_eq!(checked.is_ok(), fine, "{listen} {insecure} {proxies:?}");
        }
    }

    #[test]
    fn figures_stay_on_the_machine_unless_told() {
        let mut settings = settings("127.0.0.1:443", false, &[]);
        settings.metrics.listen = Some("0.0.0.0:9464".parse().unwrap());
        assert!(matches!(check(&settings), Err(ServerError::PlainMetrics(_))));
        settings.metrics.beyond_loopback = true;
        assert!(check(&settings).is_ok());
    }
}
