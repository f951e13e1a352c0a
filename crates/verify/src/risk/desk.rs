//! What assessing takes: tables, weights, and whoever else is asked.

use std::sync::Arc;

use bonafide_context::Region;
use bonafide_outbound::{Client, Resolver};
use bonafide_risk::{
    Absent, DomainFacts, Gathered, Kind, Normal, PhoneError, Risk, Tables, Weights, WeightsError,
};
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;

use super::provider::Provider;

/// Everything that assessing takes, and nothing of anybody who was assessed.
pub struct RiskDesk {
    pub(super) risk: Arc<Risk>,
    outside: Option<Outside>,
    names: Option<Resolver>,
}

/// Services outside, and the way to them.
struct Outside {
    client: Client,
    providers: Vec<Provider>,
}

/// Why it cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum DeskError {
    /// The plan of phone numbers cannot be read.
    #[error(transparent)]
    Phone(#[from] PhoneError),
    /// Nor the table of weights.
    #[error(transparent)]
    Weights(#[from] WeightsError),
}

impl RiskDesk {
    /// A desk that asks nobody outside, with these tables and the weights of this build.
    pub fn new(tables: Tables) -> Result<Arc<Self>, DeskError> {
        Ok(Arc::new(Self { risk: Self::engine(tables)?, outside: None, names: None }))
    }

    /// What assesses, for several desks.
    pub fn engine(tables: Tables) -> Result<Arc<Risk>, DeskError> {
        Ok(Arc::new(Risk::new(tables, Weights::built_in()?)?))
    }

    /// A desk that asks these services, as far as `client` lets it call them.
    /// The domain name system is asked where there is a resolver.
    pub fn asking(
        risk: Arc<Risk>,
        providers: Vec<Provider>,
        client: Client,
        names: Option<Resolver>,
    ) -> Arc<Self> {
        let outside = (!providers.is_empty()).then_some(Outside { client, providers });
        Arc::new(Self { risk, outside, names })
    }

    /// What the services outside say of identifiers in their normal forms, all of them
    /// asked at once.
    pub(super) async fn outside(&self, region: &Region, normal: &Normal) -> Gathered {
        let Some(Outside { client, providers }) = &self.outside else { return Gathered::default() };
        let asked: FuturesUnordered<_> = providers
            .iter()
            .filter_map(|provider| {
                let normal = match provider.kind {
                    Kind::Phone => normal.phone.as_ref(),
                    Kind::Email => normal.email.as_ref(),
                    Kind::Device => normal.device.as_ref(),
                }?;
                let ask = async move { provider.ask(client, region, normal).await };
                Some(async move { (provider.kind, ask.await) })
            })
            .collect();
        Gathered(asked.collect().await)
    }

    /// What the domain name system says of the domain of an address.
    pub(super) async fn domain(&self, normal: &Normal) -> DomainFacts {
        match (&self.names, &normal.email) {
            (Some(resolver), Some(_)) => super::names::facts(resolver, normal).await,
            (Some(_), None) => DomainFacts::unknown(Absent::Unreadable),
            (None, _) => DomainFacts::unknown(Absent::SwitchedOff),
        }
    }

    /// Who would be asked about identifiers of a kind, where there is nothing to ask
    /// for.
    pub(super) fn providers(&self, kind: Kind) -> impl Iterator<Item = &Provider> {
        let all = self.outside.iter().flat_map(|outside| &outside.providers);
        all.filter(move |provider| provider.kind == kind)
    }
}
