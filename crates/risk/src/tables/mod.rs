//! What packages bring: lists of domains, prefixes of numbers, names of time zones.
//! Nothing of it is in this program; whoever has installed it hands it in.

mod lines;
mod prefixes;
mod suffixes;
mod zones;

use std::collections::BTreeMap;

use serde::Serialize;

use crate::names::named;
use crate::signal::Listed;

use lines::Lines;
pub(crate) use prefixes::Prefixes;
use suffixes::Suffixes;
pub(crate) use zones::Zones;

named! {
    /// A table.
    TableName {
        /// Domains of throw-away services, a line each.
        DisposableDomains = "disposable_domains",
        /// Domains where anybody may have an address for nothing, a line each.
        FreeDomains = "free_domains",
        /// Names of functions before the at sign, a line each.
        RoleNames = "role_names",
        /// The Public Suffix List, in its own format.
        PublicSuffixes = "public_suffixes",
        /// Prefixes of numbers (digits of E.164) and carriers.
        PhoneCarriers = "phone_carriers",
        /// Prefixes of numbers and places.
        PhoneAreas = "phone_areas",
        /// Prefixes of numbers and time zones.
        PhoneTimeZones = "phone_time_zones",
        /// Time zones and countries, `zone.tab` of the tz database.
        TimeZones = "time_zones",
    }
}

impl TableName {
    /// The name of its file, as `models/manifest.toml` stores it.
    pub const fn file(self) -> &'static str {
        match self {
            Self::DisposableDomains => "disposable-domains.txt",
            Self::FreeDomains => "free-domains.txt",
            Self::RoleNames => "role-names.txt",
            Self::PublicSuffixes => "public-suffixes.dat",
            Self::PhoneCarriers => "phone-carriers.txt",
            Self::PhoneAreas => "phone-areas.txt",
            Self::PhoneTimeZones => "phone-time-zones.txt",
            Self::TimeZones => "zone.tab",
        }
    }
}

/// A table is not of its form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the table {table} is not of its form: run `bonafide models fetch`")]
pub struct TableError {
    /// Which.
    pub table: TableName,
}

/// Which tables and weights an assessment was made with: by name, version and day of
/// the package that brought it; `null` where a table is not installed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(transparent)]
pub struct DataVersions(pub BTreeMap<&'static str, Option<String>>);

/// The tables that signals are looked up in. Those that are not installed make their
/// signals `null` with the reason `data_not_installed`.
#[derive(Default)]
pub struct Tables {
    versions: BTreeMap<TableName, String>,
    pub(crate) disposable_domains: Option<Lines>,
    pub(crate) free_domains: Option<Lines>,
    pub(crate) role_names: Option<Lines>,
    pub(crate) suffixes: Option<Suffixes>,
    pub(crate) carriers: Option<Prefixes>,
    pub(crate) areas: Option<Prefixes>,
    pub(crate) phone_time_zones: Option<Prefixes>,
    pub(crate) zones: Option<Zones>,
}

impl std::fmt::Debug for Tables {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Tables").field(&self.versions).finish()
    }
}

impl Tables {
    /// Takes a table in. `version` is what answers say of it: version and day of the
    /// package (`0.0.293, 2026-11-09`).
    pub fn install(
        &mut self,
        table: TableName,
        bytes: &[u8],
        version: String,
    ) -> Result<(), TableError> {
        let wrong = TableError { table };
        let text = std::str::from_utf8(bytes).map_err(|_| wrong)?;
        let lines = || Lines::read(text).ok_or(wrong);
        let prefixes = || Prefixes::read(text).ok_or(wrong);
        match table {
            TableName::DisposableDomains => self.disposable_domains = Some(lines()?),
            TableName::FreeDomains => self.free_domains = Some(lines()?),
            TableName::RoleNames => self.role_names = Some(lines()?),
            TableName::PublicSuffixes => {
                self.suffixes = Some(Suffixes::read(text).ok_or(wrong)?);
            }
            TableName::PhoneCarriers => self.carriers = Some(prefixes()?),
            TableName::PhoneAreas => self.areas = Some(prefixes()?),
            TableName::PhoneTimeZones => self.phone_time_zones = Some(prefixes()?),
            TableName::TimeZones => self.zones = Some(Zones::read(text).ok_or(wrong)?),
        }
        self.versions.insert(table, version);
        Ok(())
    }

    /// Which versions these are, and which are missing.
    pub fn versions(&self) -> DataVersions {
        let all = TableName::ALL.iter();
        DataVersions(all.map(|table| (table.as_str(), self.versions.get(table).cloned())).collect())
    }
}

/// What a table of numbers says: the names of the longest prefix that fits.
pub(crate) type Names = std::sync::Arc<[Listed]>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_of_another_form_is_refused() {
        let mut tables = Tables::default();
        for (table, wrong) in [
            (TableName::DisposableDomains, &b"\xff"[..]),
            (TableName::DisposableDomains, b""),
            (TableName::PhoneCarriers, b"no prefix\n"),
            (TableName::PhoneCarriers, b"44\n"),
            (TableName::PhoneAreas, b"442079460000123456789\tx\n"),
            (TableName::TimeZones, b"Europe/Berlin\n"),
            (TableName::PublicSuffixes, b""),
        ] {
            let refused = tables.install(table, wrong, String::new());
            assert_eq!(refused, Err(TableError { table }), "{table}");
        }
        assert!(tables.versions().0.values().all(Option::is_none));
    }

    #[test]
    fn versions_name_what_is_installed_and_what_is_not() {
        let mut tables = Tables::default();
        let version = "1.0, 2026-11-23".to_owned();
        tables.install(TableName::RoleNames, b"info\n", version.clone()).unwrap();
        let versions = tables.versions().0;
        assert_eq!(versions["role_names"], Some(version));
        assert_eq!(versions["free_domains"], None);
    }
}
