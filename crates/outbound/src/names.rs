//! From a host name to addresses.

use std::io;
use std::net::IpAddr;

use async_trait::async_trait;

/// Looks names up. A parameter, so that a test can let a name change its
/// address between two look-ups.
#[async_trait]
pub trait Names: Send + Sync {
    /// The addresses of a host, in the order in which they are to be tried.
    async fn addresses(&self, host: &str) -> io::Result<Vec<IpAddr>>;
}

/// The machine's own resolver.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemNames;

#[async_trait]
impl Names for SystemNames {
    async fn addresses(&self, host: &str) -> io::Result<Vec<IpAddr>> {
        Ok(tokio::net::lookup_host((host, 0)).await?.map(|address| address.ip()).collect())
    }
}
