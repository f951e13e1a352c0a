//! Hardware modules, and whatever else has a PKCS#11 library.

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use bonafide_context::Sensitive;
use bonafide_vault::{KeyService, KeyServiceError};
use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11 as Module};
use cryptoki::error::{Error, RvError};
use cryptoki::mechanism::Mechanism;
use cryptoki::mechanism::aead::GcmParams;
use cryptoki::object::{Attribute, ObjectClass, ObjectHandle};
use cryptoki::session::{Session, UserType};
use cryptoki::types::AuthPin;
use zeroize::Zeroizing;

/// For how long the module is waited for.
const PATIENCE: Duration = Duration::from_secs(20);
/// Bytes of an initialisation vector, which the module draws.
const IV: usize = 12;
/// Bits of the tag that shows whether anything was altered.
const TAG_BITS: u64 = 128;
/// What is said of everything that is wrapped, and must be said again to open it.
const ABOUT: &[u8] = b"bonafide root-key";

/// A key in a hardware module, and who may use it.
#[derive(Clone, Debug)]
pub struct Pkcs11Settings {
    /// The module's library, such as `/usr/lib/softhsm/libsofthsm2.so`.
    pub module: PathBuf,
    /// The label of the token.
    pub token: String,
    /// The label of the key: AES, 256 bits, to encrypt and decrypt.
    pub key: String,
    /// What the token's user logs in with.
    pub pin: Sensitive<String>,
}

/// A hardware module: the root key is sealed by AES-256-GCM inside it.
///
/// What it wraps: the initialisation vector (12 bytes), then what the module made of
/// the key, its tag (16 bytes) at the end. The module is opened for each use and left
/// again: a login does not stay open while the server runs.
#[derive(Clone, Debug)]
pub struct Pkcs11 {
    settings: Pkcs11Settings,
}

/// A library is one for the whole process: who uses it ends it, too.
static USE: Mutex<()> = Mutex::new(());

impl Pkcs11 {
    /// A module by its settings; nothing is asked of it yet.
    pub fn new(settings: Pkcs11Settings) -> Self {
        Self { settings }
    }

    /// Does something with the key, on a thread of its own.
    async fn with_key<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Session, ObjectHandle) -> Result<T, KeyServiceError> + Send + 'static,
    ) -> Result<T, KeyServiceError> {
        let settings = self.settings.clone();
        let doing = tokio::task::spawn_blocking(move || {
            let _alone = USE.lock().unwrap_or_else(PoisonError::into_inner);
            let module = Module::new(&settings.module).map_err(|error| told(&error))?;
            let flags = CInitializeFlags::OS_LOCKING_OK;
            module.initialize(CInitializeArgs::new(flags)).map_err(|error| told(&error))?;
            let done = session(&module, &settings).and_then(|(session, key)| work(&session, key));
            let left = module.finalize().map_err(|error| told(&error));
            done.and_then(|done| left.map(|()| done))
        });
        match tokio::time::timeout(PATIENCE, doing).await {
            Ok(Ok(done)) => done,
            Ok(Err(_)) => Err(unavailable("the module broke off")),
            Err(_) => Err(unavailable("no answer in time")),
        }
    }
}

#[async_trait]
impl KeyService for Pkcs11 {
    fn kind(&self) -> &'static str {
        "pkcs11"
    }

    async fn wrap(&self, key: &[u8]) -> Result<Vec<u8>, KeyServiceError> {
        let plain = Zeroizing::new(key.to_vec());
        self.with_key(move |session, key| {
            let mut iv = [0; IV];
            session.generate_random_slice(&mut iv).map_err(|error| told(&error))?;
            let mut wrapped = iv.to_vec();
            let gcm = GcmParams::new(&mut iv, ABOUT, TAG_BITS.into()).map_err(|e| told(&e))?;
            let sealed = session.encrypt(&Mechanism::AesGcm(gcm), key, &plain);
            wrapped.extend(sealed.map_err(|error| told(&error))?);
            Ok(wrapped)
        })
        .await
    }

    async fn unwrap(&self, wrapped: &[u8]) -> Result<Zeroizing<Vec<u8>>, KeyServiceError> {
        let Some((iv, sealed)) = wrapped.split_first_chunk::<IV>() else {
            return Err(KeyServiceError::Damaged);
        };
        let (mut iv, sealed) = (*iv, sealed.to_vec());
        self.with_key(move |session, key| {
            let gcm = GcmParams::new(&mut iv, ABOUT, TAG_BITS.into()).map_err(|e| told(&e))?;
            match session.decrypt(&Mechanism::AesGcm(gcm), key, &sealed) {
                Ok(plain) => Ok(Zeroizing::new(plain)),
                // Modules call a tag that does not fit by several names.
                Err(Error::Pkcs11(
                    RvError::EncryptedDataInvalid
                    | RvError::EncryptedDataLenRange
                    | RvError::GeneralError,
                    _,
                )) => Err(KeyServiceError::Damaged),
                Err(error) => Err(told(&error)),
            }
        })
        .await
    }
}

/// Logs in to the token, and finds the key.
fn session(
    module: &Module,
    settings: &Pkcs11Settings,
) -> Result<(Session, ObjectHandle), KeyServiceError> {
    let slots = module.get_slots_with_initialized_token().map_err(|error| told(&error))?;
    let is_it = |slot: &_| {
        module.get_token_info(*slot).is_ok_and(|token| token.label().trim_end() == settings.token)
    };
    let slot = slots.into_iter().find(is_it);
    let slot = slot.ok_or_else(|| unavailable("there is no token of this label"))?;
    let session = module.open_ro_session(slot).map_err(|error| told(&error))?;
    let pin: AuthPin = settings.pin.expose().clone().into();
    session.login(UserType::User, Some(&pin)).map_err(|error| told(&error))?;
    let wanted = [
        Attribute::Class(ObjectClass::SECRET_KEY),
        Attribute::Label(settings.key.clone().into_bytes()),
    ];
    let found = session.find_objects(&wanted).map_err(|error| told(&error))?;
    match found.as_slice() {
        [key] => Ok((session, *key)),
        [] => Err(KeyServiceError::NoKey { code: "none of this label".to_owned() }),
        _ => Err(KeyServiceError::NoKey { code: "several of this label".to_owned() }),
    }
}

/// What a module says, as what to do about it.
fn told(error: &Error) -> KeyServiceError {
    let Error::Pkcs11(code, _) = error else {
        return match error {
            Error::LibraryLoading(_) => unavailable("its library cannot be loaded"),
            _ => unavailable("its library does not do what PKCS#11 says"),
        };
    };
    // The name of a code, and nothing of what it was about.
    let named = || format!("{code:?}").split('(').next().unwrap_or_default().to_owned();
    match code {
        RvError::PinIncorrect
        | RvError::PinInvalid
        | RvError::PinLenRange
        | RvError::PinLocked
        | RvError::PinExpired
        | RvError::UserNotLoggedIn
        | RvError::UserPinNotInitialized => KeyServiceError::Refused { code: named() },
        RvError::KeyFunctionNotPermitted => KeyServiceError::KeyDisabled { code: named() },
        RvError::KeyTypeInconsistent
        | RvError::KeySizeRange
        | RvError::KeyHandleInvalid
        | RvError::MechanismInvalid => KeyServiceError::NoKey { code: named() },
        _ => unavailable(&named()),
    }
}

fn unavailable(reason: &str) -> KeyServiceError {
    KeyServiceError::Unavailable { reason: reason.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_module_that_is_not_there_is_told_so() {
        let settings = Pkcs11Settings {
            module: "/nowhere/module.so".into(),
            token: "bonafide".to_owned(),
            key: "root".to_owned(),
            pin: Sensitive::new("MARKED".to_owned()),
        };
        let module = Pkcs11::new(settings);
        assert!(!format!("{module:?}").contains("MARKED"));
        let error = module.unwrap(&[0; 60]).await.unwrap_err();
        assert!(error.to_string().contains("its library cannot be loaded"), "{error}");
        assert_eq!(module.unwrap(&[0; 11]).await, Err(KeyServiceError::Damaged));
    }
}
