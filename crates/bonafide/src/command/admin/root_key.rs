//! `bonafide admin root-key`: the key above all keys, and its rotation.
//!
//! To move to another root key, or from a file to a key service: name the coming
//! file as `stores.root_key_file` and the one in use as
//! `stores.previous_root_key_file` (and the service in `stores.kms`), `make` the
//! coming one, hand it to every node and start them again one after the other,
//! `rotate`, take the previous one out of the configuration, and destroy it. Where
//! several nodes share the stores, each is first started with the two the other way
//! round, so that all open what the first to wrap under the new one wraps.

use clap::Subcommand;
use serde_json::json;

use crate::failure::Failure;
use crate::house::House;
use crate::output::{Answer, GOOD, paint};

#[derive(Subcommand)]
pub(super) enum What {
    /// Say where the root key rests, and how many keys are under which one.
    Show,
    /// Make the coming root key where the configuration says, wrapped if it names a
    /// key service. Nothing else changes, and a key that is there stays.
    Make,
    /// Wrap every key under the root key in use that is still under the previous one.
    Rotate,
}

/// Keys that are wrapped again at a time.
const ROUND: u32 = 500;

pub(super) async fn run(what: &What, house: &House) -> Result<Answer, Failure> {
    let kept = house.root_kept();
    match what {
        // Without a house: see the caller.
        What::Make => Err(Failure::ours("no_house", "a key is made before the house is opened")),
        What::Show => {
            let roots = house.vault.roots().await?;
            let mut text = format!("kept: {kept}\n");
            for (at, (name, keys)) in roots.iter().enumerate() {
                let use_of = if at == 0 { "in use" } else { "previous" };
                text += &format!("{name}  {keys} keys  {use_of}\n");
            }
            let rows = roots.iter().map(|(name, keys)| json!({ "name": name, "keys": keys }));
            Answer::new(&json!({ "kept": kept, "roots": rows.collect::<Vec<_>>() }), text)
        }
        What::Rotate => {
            let mut wrapped = 0;
            loop {
                match house.vault.rotate_root(ROUND).await? {
                    0 => break,
                    more => wrapped += more,
                }
            }
            let text = format!(
                "{wrapped} keys wrapped again; once every node runs with the root key in use, take \
                 `previous_root_key_file` out of the configuration and destroy that file"
            );
            Answer::new(&json!({ "wrapped": wrapped, "kept": kept }), paint(GOOD, text))
        }
    }
}

/// What `make` did.
pub(super) fn made(made: bool) -> Result<Answer, Failure> {
    let text = if made {
        "made: give every node the same file, and keep it apart from the stores"
    } else {
        "there is a root key already, and it stays: name another file in \
         `stores.root_key_file`"
    };
    Answer::new(&json!({ "made": made }), text.to_owned())
}
