//! Which house a command works in.

use std::path::PathBuf;

use bonafide_context::Region;
use clap::Args;

use crate::configuration::Configuration;
use crate::failure::Failure;

/// Which house a command works in: the server's own, or that of a region with stores
/// of its own.
#[derive(Args, Clone, Debug)]
pub(crate) struct Site {
    /// The configuration file of the server [default: none, every default].
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// The data directory of the server.
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// The region that is meant, where regions have stores of their own on this server
    /// [default: the one that has the server's].
    #[arg(long, global = true, value_name = "REGION")]
    pub(crate) region: Option<Region>,
}

impl Site {
    /// The configuration of that house, and its data directory.
    pub(crate) fn house(&self) -> Result<(Configuration, PathBuf), Failure> {
        let configuration = Configuration::load(self.config.as_deref())?;
        let folder = configuration.data_folder(self.data.as_deref());
        let Some(region) = &self.region else { return Ok((configuration.home(), folder)) };
        let (house, folder) = configuration.house_of(region, &folder);
        let elsewhere = |elsewhere| Failure::caller("wrong_region", elsewhere);
        house.regions.read().check(region).map_err(elsewhere)?;
        Ok((house, folder))
    }

    /// A thing that is not found may be in another region's stores: says so.
    pub(crate) fn hint(&self, failure: Failure) -> Failure {
        let several =
            || Configuration::load(self.config.as_deref()).is_ok_and(|all| all.is_apart());
        if failure.code != "not_found" || self.region.is_some() || !several() {
            return failure;
        }
        let message = format!(
            "{} (looked for in the server's own stores: say `--region` for a region that has its \
             own)",
            failure.message
        );
        Failure { message, ..failure }
    }
}
