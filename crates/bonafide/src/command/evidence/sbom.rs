//! The software bill of materials: CycloneDX 1.6, from the lock file that this
//! binary was built with.

use std::collections::BTreeMap;

use bonafide_context::Random;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Pack;
use crate::failure::Failure;

const LOCK: &str = include_str!("../../../../../Cargo.lock");

#[derive(Deserialize)]
struct Lock {
    package: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    version: String,
    source: Option<String>,
    checksum: Option<String>,
    #[serde(default)]
    dependencies: Vec<String>,
}

/// Writes `sbom.cdx.json`; gives how many components there are.
pub(super) fn write(random: &mut dyn Random, pack: &mut Pack) -> Result<usize, Failure> {
    let mut serial = [0; 16];
    random.fill(&mut serial);
    let (bill, count) = bill(&serial)?;
    pack.json("sbom.cdx.json", &bill)?;
    Ok(count)
}

fn bill(serial: &[u8; 16]) -> Result<(Value, usize), Failure> {
    let lock: Lock = toml::from_str(LOCK).map_err(|error| Failure::ours("lock_file", error))?;
    let by_name = versions(&lock.package);
    let components: Vec<Value> = lock.package.iter().map(component).collect();
    let dependencies: Vec<Value> = lock
        .package
        .iter()
        .map(|package| {
            let on: Vec<String> = package
                .dependencies
                .iter()
                .filter_map(|named| reference_of(named, &by_name))
                .collect();
            json!({ "ref": reference(&package.name, &package.version), "dependsOn": on })
        })
        .collect();
    let count = components.len();
    let own = reference("bonafide", env!("CARGO_PKG_VERSION"));
    let bill = json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": format!("urn:uuid:{}", uuid(serial)),
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "name": "bonafide",
                "version": env!("CARGO_PKG_VERSION"),
                "bom-ref": format!("{own}#application"),
                "purl": own,
            },
        },
        "components": components,
        "dependencies": dependencies,
    });
    Ok((bill, count))
}

fn component(package: &Package) -> Value {
    let reference = reference(&package.name, &package.version);
    let mut component = json!({
        "type": "library",
        "name": package.name,
        "version": package.version,
        "bom-ref": reference,
    });
    // What has no source is of this workspace and comes from no registry.
    if package.source.is_some() {
        component["purl"] = reference.into();
    }
    if let Some(checksum) = &package.checksum {
        component["hashes"] = json!([{ "alg": "SHA-256", "content": checksum }]);
    }
    component
}

/// The versions of each name, as a dependency without a version means the only
/// one.
fn versions(packages: &[Package]) -> BTreeMap<&str, Vec<&str>> {
    let mut by_name: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for package in packages {
        by_name.entry(&package.name).or_default().push(&package.version);
    }
    by_name
}

fn reference_of(named: &str, by_name: &BTreeMap<&str, Vec<&str>>) -> Option<String> {
    let mut parts = named.split(' ');
    let name = parts.next()?;
    let version = parts.next().or_else(|| by_name.get(name)?.first().copied())?;
    Some(reference(name, version))
}

/// The package URL, in which `+` of a version is escaped.
fn reference(name: &str, version: &str) -> String {
    format!("pkg:cargo/{name}@{}", version.replace('+', "%2B"))
}

/// A random UUID (version 4).
fn uuid(bytes: &[u8; 16]) -> String {
    let mut bytes = *bytes;
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_package_of_the_lock_file_is_listed_and_every_reference_leads_somewhere() {
        let (bill, count) = bill(&[7; 16]).unwrap();
        assert_eq!(count, LOCK.matches("[[package]]").count());
        let texts = |value: &Value| value.as_str().unwrap().to_owned();
        let listed: BTreeSet<String> =
            bill["components"].as_array().unwrap().iter().map(|c| texts(&c["bom-ref"])).collect();
        assert_eq!(listed.len(), count, "each once");
        for one in bill["dependencies"].as_array().unwrap() {
            for on in one["dependsOn"].as_array().unwrap() {
                assert!(listed.contains(&texts(on)), "{on}");
            }
        }
        let rustls = bill["components"].as_array().unwrap().iter();
        let rustls = rustls.clone().find(|one| one["name"] == "rustls").unwrap();
        assert_eq!(texts(&rustls["hashes"][0]["content"]).len(), 64);
        assert_eq!(bill["serialNumber"], "urn:uuid:07070707-0707-4707-8707-070707070707");
    }
}
