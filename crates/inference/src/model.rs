//! Loaded models, shared by callers.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use crate::manifest::{File, Kind, Manifest};
use crate::store::{State, check, default_folder};
use crate::{Engine, InferenceError, OnnxRuntime, Role, Session, Tensor};

/// The models folder, with each model loaded when it is first asked for.
pub struct Models {
    engine: Arc<dyn Engine>,
    manifest: Manifest,
    folder: PathBuf,
    loaded: Mutex<BTreeMap<Role, Arc<Model>>>,
}

impl Models {
    /// The models under `folder`, run by ONNX Runtime, whose library lies there
    /// too and is checked against the manifest before it is opened.
    pub fn open(folder: &Path) -> Result<Self, InferenceError> {
        let manifest = Manifest::built_in()?;
        let library = manifest
            .needed()
            .find(|f| f.kind == Kind::Runtime)
            .ok_or(InferenceError::NoRuntime { arch: std::env::consts::ARCH })?;
        let path = sound(folder, library)?;
        let engine = OnnxRuntime::open(&path)?;
        Ok(Self::with_engine(Arc::new(engine), manifest, folder))
    }

    /// As [`Models::open`], in the folder that is used when nobody names one
    /// (see [`default_folder`]).
    pub fn open_default() -> Result<Self, InferenceError> {
        Self::open(&default_folder())
    }

    /// The models of `manifest` under `folder`, run by `engine`. Nothing is
    /// read yet.
    pub fn with_engine(engine: Arc<dyn Engine>, manifest: Manifest, folder: &Path) -> Self {
        Self { engine, manifest, folder: folder.to_owned(), loaded: Mutex::default() }
    }

    /// The engine, for loading models that the manifest does not name.
    pub(crate) fn engine_itself(&self) -> Arc<dyn Engine> {
        self.engine.clone()
    }

    /// Name and version of the engine that runs the models.
    pub fn engine(&self) -> String {
        self.engine.name()
    }

    /// The model of `role`, loaded on the first call and kept.
    pub fn get(&self, role: Role) -> Result<Arc<Model>, InferenceError> {
        let mut loaded = self.loaded.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(model) = loaded.get(&role) {
            return Ok(model.clone());
        }
        let file = self.manifest.model(role).ok_or(InferenceError::NoModel { role })?;
        let path = sound(&self.folder, file)?;
        let first = self.engine.load(&path)?;
        let model = Arc::new(Model {
            role,
            engine: self.engine.clone(),
            path,
            idle: Mutex::new(vec![first]),
        });
        loaded.insert(role, model.clone());
        Ok(model)
    }

    /// Whether the weights of `role` lie in the folder (their hash is checked
    /// when they are loaded).
    pub fn has(&self, role: Role) -> bool {
        self.manifest.model(role).is_some_and(|f| self.folder.join(&f.name).is_file())
    }

    /// The bytes of a font or picture of the manifest, checked.
    pub fn asset(&self, name: &str) -> Result<Vec<u8>, InferenceError> {
        let file = self
            .manifest
            .file(name)
            .ok_or_else(|| InferenceError::NoAsset { name: name.to_owned() })?;
        let path = sound(&self.folder, file)?;
        std::fs::read(&path).map_err(|_| InferenceError::Missing { path })
    }
}

/// The path of a file that is there with the right hash.
fn sound(folder: &Path, file: &File) -> Result<PathBuf, InferenceError> {
    let path = folder.join(&file.name);
    match check(folder, file) {
        State::Ok => Ok(path),
        State::WrongHash(found) => Err(InferenceError::WrongHash {
            path,
            expected: file.stored_sha256().to_owned(),
            found,
        }),
        State::Missing | State::Unreadable => Err(InferenceError::Missing { path }),
    }
}

/// One loaded model. Callers on several threads each get a session of their
/// own; sessions are kept for the next call.
pub struct Model {
    role: Role,
    engine: Arc<dyn Engine>,
    path: PathBuf,
    idle: Mutex<Vec<Box<dyn Session>>>,
}

impl Model {
    /// Whose job it does.
    pub fn role(&self) -> Role {
        self.role
    }

    /// Runs the model on one input; outputs by name, in the model's order.
    pub fn run(&self, input: &Tensor) -> Result<Outputs, InferenceError> {
        let mut session = self.lease()?;
        let named = session.run(input)?;
        // A session that failed is dropped above: the next call loads a new one.
        self.give_back(session);
        Ok(Outputs { role: self.role, named })
    }

    /// A text stored with the model.
    pub fn metadata(&self, key: &str) -> Result<Option<String>, InferenceError> {
        let session = self.lease()?;
        let text = session.metadata(key);
        self.give_back(session);
        Ok(text)
    }

    fn lease(&self) -> Result<Box<dyn Session>, InferenceError> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        match idle {
            Some(session) => Ok(session),
            None => self.engine.load(&self.path),
        }
    }

    fn give_back(&self, session: Box<dyn Session>) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(session);
    }
}

/// What a run gave.
pub struct Outputs {
    role: Role,
    named: Vec<(String, Tensor)>,
}

impl Outputs {
    /// The output called `name`.
    pub fn get(&self, name: &str) -> Result<&Tensor, InferenceError> {
        self.named
            .iter()
            .find(|(n, _)| n == name)
            .map(|(_, tensor)| tensor)
            .ok_or(InferenceError::Shape { role: self.role })
    }

    /// All outputs by name, in the model's order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Tensor)> {
        self.named.iter().map(|(name, tensor)| (name.as_str(), tensor))
    }

    /// How many outputs there are.
    pub fn len(&self) -> usize {
        self.named.len()
    }

    /// Whether the model gave nothing.
    pub fn is_empty(&self) -> bool {
        self.named.is_empty()
    }

    /// The first output, for models that have one.
    pub fn first(&self) -> Result<&Tensor, InferenceError> {
        self.named.first().map(|(_, t)| t).ok_or(InferenceError::Shape { role: self.role })
    }
}
