//! A root key that a key service wraps.

use std::sync::Mutex;

use async_trait::async_trait;

use super::*;
use crate::{KeyService, KeyServiceError};

/// A service that turns bytes round, and does what services do when they do not work.
#[derive(Debug, Default)]
struct Turning(Mutex<Manner>);

#[derive(Clone, Copy, Debug, Default)]
enum Manner {
    #[default]
    Works,
    Silent,
    Disabled,
    /// It opens everything, as something else.
    Lies,
}

impl Turning {
    fn behave(&self, manner: Manner) {
        *self.0.lock().unwrap() = manner;
    }

    fn turned(&self, bytes: &[u8]) -> Result<Vec<u8>, KeyServiceError> {
        let turned = bytes.iter().map(|byte| byte ^ 0x5a).collect();
        match *self.0.lock().unwrap() {
            Manner::Works => Ok(turned),
            Manner::Silent => Err(KeyServiceError::Unavailable { reason: "x".to_owned() }),
            Manner::Disabled => Err(KeyServiceError::KeyDisabled { code: "x".to_owned() }),
            Manner::Lies => Ok(bytes.to_vec()),
        }
    }
}

#[async_trait]
impl KeyService for Turning {
    fn kind(&self) -> &'static str {
        "turning"
    }

    async fn wrap(&self, key: &[u8]) -> Result<Vec<u8>, KeyServiceError> {
        self.turned(key)
    }

    async fn unwrap(&self, wrapped: &[u8]) -> Result<Zeroizing<Vec<u8>>, KeyServiceError> {
        self.turned(wrapped).map(Zeroizing::new)
    }
}

struct Kept {
    house: House,
    service: Arc<Turning>,
}

impl Kept {
    /// A house under a root key in a file, moved to one that a service wraps.
    async fn moved() -> Self {
        let house = House::new().await;
        house.keep(&apac(), "ver_1", "front", START + HOUR, b"x").await;
        let kept = Self { house, service: Arc::default() };
        assert!(kept.coming().make(Box::new(OsRandom)).await.unwrap());
        assert!(!kept.coming().make(Box::new(OsRandom)).await.unwrap(), "it is there");
        // While both are given, nodes that wrap under either read each other.
        let older = kept.house.again(kept.house.root().and(kept.coming())).await.unwrap();
        let newer = kept.house.again(kept.wrapped().and(kept.house.root())).await.unwrap();
        for (writer, name) in [(&older, "back"), (&newer, "selfie")] {
            let realm = apac();
            let item = item(&realm, "ver_1", name, START + 5 * HOUR);
            let changes = writer.prepare(&item, b"x").await.unwrap();
            kept.house.stores.records.commit(changes).await.unwrap();
        }
        for node in [&older, &newer] {
            assert_eq!(node.list(&apac(), "ver_1").await.unwrap().len(), 3);
            for name in ["front", "back", "selfie"] {
                assert!(
                    node.read(&by(), &apac(), "ver_1", name).await.unwrap().is_some(),
                    "{name}"
                );
            }
        }
        assert_eq!(newer.roots().await.unwrap().len(), 2);
        while newer.rotate_root(2).await.unwrap() > 0 {}
        assert_eq!(newer.roots().await.unwrap().len(), 1);
        std::fs::remove_file(kept.house.folder.path().join("root.key")).unwrap();
        kept
    }

    fn file(&self) -> std::path::PathBuf {
        self.house.folder.path().join("root.wrapped")
    }

    fn wrapped(&self) -> RootKey {
        RootKey::wrapped_in_file(self.file(), self.service.clone())
    }

    fn coming(&self) -> RootKey {
        RootKey::found_in_file(self.file(), Some(self.service.clone()))
    }

    async fn opened(&self) -> Result<(), VaultError> {
        self.house.again(self.wrapped()).await.map(|_| ())
    }
}

#[tokio::test]
async fn a_root_key_moves_from_a_file_to_a_key_service_without_losing_anything() {
    let kept = Kept::moved().await;
    let vault = kept.house.again(kept.wrapped()).await.unwrap();
    assert!(vault.read(&by(), &apac(), "ver_1", "front").await.unwrap().is_some());
}

#[tokio::test]
async fn a_key_service_that_does_not_open_the_root_key_stops_the_start() {
    let kept = Kept::moved().await;
    for (manner, told) in [
        (Manner::Silent, "does not answer"),
        (Manner::Disabled, "switched off"),
        (Manner::Lies, "another key than the one that was wrapped"),
    ] {
        kept.service.behave(manner);
        let error = kept.opened().await.unwrap_err();
        assert!(matches!(error, VaultError::RootKeyService { kind: "turning", .. }), "{error}");
        assert!(error.to_string().contains(told), "{error}");
    }
    kept.service.behave(Manner::Works);
    assert_eq!(kept.opened().await, Ok(()));
    // Nor is a key made where one is missing, or one in the open taken instead.
    let (file, text) = (kept.file(), std::fs::read_to_string(kept.file()).unwrap());
    std::fs::remove_file(&file).unwrap();
    assert!(matches!(kept.opened().await, Err(VaultError::RootKeyMissing { .. })));
    std::fs::write(&file, "a".repeat(64)).unwrap();
    let error = kept.opened().await.unwrap_err().to_string();
    assert!(error.contains("in the open"), "{error}");
    // Another service's, one cut short, and one given to a node that has no service.
    std::fs::write(&file, text.replace("turning", "aws-kms")).unwrap();
    let error = kept.opened().await.unwrap_err().to_string();
    assert!(error.contains("of the kind `aws-kms`"), "{error}");
    std::fs::write(&file, &text[..text.len() - 2]).unwrap();
    assert!(matches!(kept.opened().await, Err(VaultError::RootKeyFile { .. })));
    std::fs::write(&file, &text).unwrap();
    let error = kept.house.again(RootKey::in_file(&file)).await.map(|_| ()).unwrap_err();
    assert!(error.to_string().contains("stores.kms"), "{error}");
    assert_eq!(kept.opened().await, Ok(()));
}
