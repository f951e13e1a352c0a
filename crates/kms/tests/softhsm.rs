//! A hardware module in software, with a token of its own.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use std::path::{Path, PathBuf};
use std::process::Command;

use bonafide_context::Sensitive;
use bonafide_kms::{Pkcs11, Pkcs11Settings};
use bonafide_vault::{KeyService, KeyServiceError};
use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11 as Module};
use cryptoki::object::Attribute;
use cryptoki::session::UserType;

/// Where a test works that was run again with a token.
const AGAIN: &str = "BONAFIDE_TEST_TOKEN";
const PIN: &str = "654321";

/// The module's library, if there is one.
fn library() -> Option<PathBuf> {
    let library = std::env::var_os("BONAFIDE_TEST_SOFTHSM").filter(|v| !v.is_empty());
    if library.is_none() {
        let required = std::env::var("BONAFIDE_REQUIRE").unwrap_or_default();
        assert!(!required.contains("services"), "BONAFIDE_TEST_SOFTHSM is not set");
        eprintln!("skipped: BONAFIDE_TEST_SOFTHSM is not set");
    }
    library.map(PathBuf::from)
}

fn tool(arguments: &[&str]) {
    let done = Command::new("softhsm2-util").args(arguments).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}

/// A token with two keys, in the folder that the module was told of.
fn token(folder: &Path) {
    tool(&["--init-token", "--free", "--label", "bonafide", "--pin", PIN, "--so-pin", PIN]);
    for (label, id, byte) in [("root", "01", 7), ("other", "02", 8)] {
        let file = folder.join(label);
        std::fs::write(&file, [byte; 32]).unwrap();
        let file = file.display().to_string();
        let named = ["--token", "bonafide", "--label", label, "--id", id, "--pin", PIN];
        tool(&[&["--import", &file, "--aes"], &named[..]].concat());
    }
}

/// Switches decryption with the key off, or on again.
fn switch(library: &Path, on: bool) {
    let module = Module::new(library).unwrap();
    module.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK)).unwrap();
    {
        let slot = module.get_slots_with_initialized_token().unwrap()[0];
        let session = module.open_rw_session(slot).unwrap();
        session.login(UserType::User, Some(&PIN.to_owned().into())).unwrap();
        let key = session.find_objects(&[Attribute::Label(b"root".to_vec())]).unwrap()[0];
        session.update_attributes(key, &[Attribute::Decrypt(on)]).unwrap();
    }
    module.finalize().unwrap();
}

/// The module reads the environment: so each test is run again in a process of its
/// own, which is told of a folder of its own.
#[test]
fn a_module_wraps_and_opens_what_it_wrapped_and_nothing_else() {
    let name = "a_module_wraps_and_opens_what_it_wrapped_and_nothing_else";
    let Some(library) = library() else { return };
    let Some(folder) = std::env::var_os(AGAIN).map(PathBuf::from) else {
        let folder = tempfile::tempdir().unwrap();
        let tokens = folder.path().join("tokens");
        std::fs::create_dir(&tokens).unwrap();
        let settings = folder.path().join("softhsm2.conf");
        std::fs::write(&settings, format!("directories.tokendir = {}\n", tokens.display()))
            .unwrap();
        let again = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", name, "--nocapture"])
            .env(AGAIN, folder.path())
            .env("SOFTHSM2_CONF", settings)
            .status();
        assert!(again.unwrap().success());
        return;
    };
    token(&folder);
    let settings = Pkcs11Settings {
        module: library.clone(),
        token: "bonafide".to_owned(),
        key: "root".to_owned(),
        pin: Sensitive::new(PIN.to_owned()),
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let module = Pkcs11::new(settings.clone());
        let wrapped = module.wrap(&[3; 32]).await.unwrap();
        assert_eq!(wrapped.len(), 12 + 32 + 16);
        assert_ne!(module.wrap(&[3; 32]).await.unwrap(), wrapped, "a vector of its own each time");
        assert_eq!(**module.unwrap(&wrapped).await.unwrap(), [3; 32]);

        // A bit anywhere, a cut anywhere.
        for at in [0, 11, 12, 43, 44, wrapped.len() - 1] {
            let mut altered = wrapped.clone();
            altered[at] ^= 1;
            let opened = module.unwrap(&altered).await;
            assert_eq!(opened, Err(KeyServiceError::Damaged), "byte {at}");
            let opened = module.unwrap(&wrapped[..at]).await;
            assert_eq!(opened, Err(KeyServiceError::Damaged), "cut at {at}");
        }

        // Another key, none, another token, and whoever does not know the PIN.
        let with = |change: &dyn Fn(&mut Pkcs11Settings)| {
            let mut settings = settings.clone();
            change(&mut settings);
            Pkcs11::new(settings)
        };
        let other = with(&|settings| settings.key = "other".to_owned());
        assert_eq!(other.unwrap(&wrapped).await, Err(KeyServiceError::Damaged));
        let none = with(&|settings| settings.key = "none".to_owned()).unwrap(&wrapped).await;
        assert!(matches!(none, Err(KeyServiceError::NoKey { .. })), "{none:?}");
        let gone = with(&|settings| settings.token = "x".to_owned()).unwrap(&wrapped).await;
        assert!(matches!(gone, Err(KeyServiceError::Unavailable { .. })), "{gone:?}");
        let pin = with(&|settings| settings.pin = Sensitive::new("000000".to_owned()));
        let refused = pin.unwrap(&wrapped).await.unwrap_err();
        assert!(matches!(refused, KeyServiceError::Refused { .. }), "{refused:?}");

        // The key's owner switches it off, and on again.
        switch(&library, false);
        let off = module.unwrap(&wrapped).await.unwrap_err();
        assert!(matches!(off, KeyServiceError::KeyDisabled { .. }), "{off:?}");
        switch(&library, true);
        assert_eq!(**module.unwrap(&wrapped).await.unwrap(), [3; 32]);
    });
}
