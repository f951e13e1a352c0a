//! `rten`: a runtime in pure Rust. The oracle of the parity test, and a way to
//! run where the ONNX Runtime library cannot be had (`--features rten`).

use std::path::Path;
use std::sync::Arc;

use rten::{Model as RtenModel, ModelOptions, RunOptions, ThreadPool, Value, ValueOrView};
use rten_tensor::Tensor as RtenTensor;
use rten_tensor::prelude::*;

use crate::engine::{Engine, Session, Tensor};
use crate::error::InferenceError;
use crate::onnx;

/// `rten`, one thread a session.
pub struct Rten {
    threads: Arc<ThreadPool>,
}

impl Rten {
    /// The engine; it needs no library.
    pub fn new() -> Self {
        Self { threads: Arc::new(ThreadPool::with_num_threads(1)) }
    }
}

impl Default for Rten {
    fn default() -> Self {
        Self::new()
    }
}

fn failed(doing: &'static str) -> impl Fn(String) -> InferenceError {
    move |reason| InferenceError::Engine { doing, reason }
}

impl Engine for Rten {
    fn name(&self) -> String {
        "rten 0.27".to_owned()
    }

    fn load(&self, model: &Path) -> Result<Box<dyn Session>, InferenceError> {
        let failed = failed("loaded a model");
        let bytes = std::fs::read(model).map_err(|e| failed(e.to_string()))?;
        // rten keeps only its own metadata; the dictionary is read here.
        let metadata = onnx::metadata(&bytes).map_err(|e| failed(e.to_string()))?;
        let model = ModelOptions::with_all_ops().load(bytes).map_err(|e| failed(e.to_string()))?;
        Ok(Box::new(RtenSession { model, metadata, threads: self.threads.clone() }))
    }
}

struct RtenSession {
    model: RtenModel,
    metadata: Vec<(String, String)>,
    threads: Arc<ThreadPool>,
}

impl Session for RtenSession {
    fn run(&mut self, input: &Tensor) -> Result<Vec<(String, Tensor)>, InferenceError> {
        let failed = failed("ran a model");
        let id = *self.model.input_ids().first().ok_or_else(|| failed("it has no input".into()))?;
        let value = RtenTensor::from_data(input.shape.as_slice(), input.data.clone());
        let inputs: Vec<(_, ValueOrView)> = vec![(id, Value::from(value).into())];
        let options = RunOptions::default().with_thread_pool(Some(self.threads.clone()));
        let outputs = self
            .model
            .run(inputs, self.model.output_ids(), Some(options))
            .map_err(|e| failed(e.to_string()))?;
        let mut tensors = Vec::with_capacity(outputs.len());
        for (value, id) in outputs.into_iter().zip(self.model.output_ids()) {
            let name = self.model.node_info(*id).and_then(|n| n.name().map(str::to_owned));
            let tensor: RtenTensor<f32> =
                value.try_into().map_err(|_| failed("an output is not of floats".into()))?;
            tensors.push((
                name.unwrap_or_default(),
                Tensor { shape: tensor.shape().to_vec(), data: tensor.to_vec() },
            ));
        }
        Ok(tensors)
    }

    fn metadata(&self, key: &str) -> Option<String> {
        self.metadata.iter().find(|(k, _)| k == key).map(|(_, v)| v.clone())
    }
}
