//! ONNX Runtime, loaded from the pinned shared library at run time.

use std::path::Path;
use std::sync::{Arc, OnceLock};

use ort::ep;
use ort::session::Session as OrtSession;
use ort::session::builder::GraphOptimizationLevel;
use ort::value::TensorRef;

use crate::engine::{Engine, Session, Tensor};
use crate::error::InferenceError;

/// The runtime of the process: the library can be opened once only.
static RUNTIME: OnceLock<Result<Arc<ort::environment::Environment>, String>> = OnceLock::new();

/// The variable that keeps ONNX Runtime from reporting to its maker. From 1.29 on
/// its builds for Linux look up the maker's host as soon as they are opened, write
/// an identifier of the machine into the user's cache folder and send facts of the
/// process; what can be switched off afterwards comes too late. It has to be `1` in
/// the environment before [`OnnxRuntime::open`], which refuses otherwise.
/// Source: <https://github.com/microsoft/onnxruntime/pull/27379>.
pub const QUIET: &str = "ORT_DISABLE_TELEMETRY";

/// ONNX Runtime, one thread a session.
#[derive(Clone)]
pub struct OnnxRuntime {
    environment: Arc<ort::environment::Environment>,
}

impl OnnxRuntime {
    /// Opens the shared library at `library`. A process opens one library
    /// only: later calls give the runtime that is already open.
    pub fn open(library: &Path) -> Result<Self, InferenceError> {
        if std::env::var_os(QUIET).is_none_or(|value| value != "1") {
            return Err(InferenceError::Reports { variable: QUIET });
        }
        let opened = RUNTIME.get_or_init(|| {
            let builder = ort::init_from(library).map_err(|e| e.to_string())?;
            builder
                .with_name("bonafide")
                .with_telemetry(false)
                .build()
                .map(Arc::new)
                .map_err(|e| e.to_string())
        });
        match opened {
            Ok(environment) => Ok(Self { environment: environment.clone() }),
            Err(reason) => Err(InferenceError::Engine {
                doing: "opened the ONNX Runtime library",
                reason: reason.clone(),
            }),
        }
    }
}

impl Engine for OnnxRuntime {
    fn name(&self) -> String {
        // `info` reads "ORT Build Info: git-branch=…, git-commit-id=…, …"; the
        // version is the manifest's.
        "ONNX Runtime 1.31.0".to_owned()
    }

    fn load(&self, model: &Path) -> Result<Box<dyn Session>, InferenceError> {
        let failed = |reason: String| InferenceError::Engine { doing: "loaded a model", reason };
        // One thread a session, no spinning: requests run side by side instead.
        let session = OrtSession::builder(&self.environment)
            .map_err(|e| e.to_string())
            .and_then(|b| b.with_intra_threads(1).map_err(|e| e.to_string()))
            .and_then(|b| b.with_inter_threads(1).map_err(|e| e.to_string()))
            .and_then(|b| {
                b.with_optimization_level(GraphOptimizationLevel::All).map_err(|e| e.to_string())
            })
            .and_then(|b| {
                b.with_execution_providers([ep::CPU::default().with_arena_allocator(true).build()])
                    .map_err(|e| e.to_string())
            })
            .and_then(|mut b| b.commit_from_file(model).map_err(|e| e.to_string()))
            .map_err(failed)?;
        let input = session
            .inputs()
            .first()
            .map(|i| i.name().to_owned())
            .ok_or_else(|| failed("it has no input".to_owned()))?;
        Ok(Box::new(OrtModel { session, input }))
    }
}

struct OrtModel {
    session: OrtSession,
    input: String,
}

impl Session for OrtModel {
    fn run(&mut self, input: &Tensor) -> Result<Vec<(String, Tensor)>, InferenceError> {
        let failed =
            |e: ort::Error| InferenceError::Engine { doing: "ran a model", reason: e.to_string() };
        let value = TensorRef::from_array_view((input.shape.as_slice(), input.data.as_slice()))
            .map_err(failed)?;
        let outputs =
            self.session.run(ort::inputs![self.input.as_str() => value]).map_err(failed)?;
        let mut tensors = Vec::with_capacity(outputs.len());
        for (name, value) in &outputs {
            let (shape, data) = value.try_extract_tensor::<f32>().map_err(failed)?;
            let shape = shape.iter().map(|&d| usize::try_from(d).unwrap_or(0)).collect();
            tensors.push((name.to_owned(), Tensor { shape, data: data.to_vec() }));
        }
        Ok(tensors)
    }

    fn metadata(&self, key: &str) -> Option<String> {
        self.session.metadata().ok()?.custom(key)
    }
}
