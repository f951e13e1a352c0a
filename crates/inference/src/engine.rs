//! The seam to the inference runtime.

use std::path::Path;

use crate::InferenceError;

/// A dense array of 32-bit floats, row-major.
#[derive(Clone, Debug, PartialEq)]
pub struct Tensor {
    /// Length of each dimension.
    pub shape: Vec<usize>,
    /// As many values as the product of `shape`.
    pub data: Vec<f32>,
}

impl Tensor {
    /// A tensor of this shape.
    ///
    /// # Panics
    /// In debug builds, if the number of values is not the product of `shape`.
    pub fn new(shape: &[usize], data: Vec<f32>) -> Self {
        debug_assert_eq!(shape.iter().product::<usize>(), data.len());
        Self { shape: shape.to_vec(), data }
    }
}

/// A runtime that can load an ONNX file.
pub trait Engine: Send + Sync {
    /// Name and version, as printed by `bonafide bench`.
    fn name(&self) -> String;

    /// Loads a prepared ONNX file for running on one thread.
    fn load(&self, model: &Path) -> Result<Box<dyn Session>, InferenceError>;
}

/// A loaded model, used by one caller at a time.
pub trait Session: Send {
    /// Runs the model on its single input and gives its outputs by name.
    fn run(&mut self, input: &Tensor) -> Result<Vec<(String, Tensor)>, InferenceError>;

    /// A text stored with the model (PP-OCR keeps its dictionary in `character`).
    fn metadata(&self, key: &str) -> Option<String>;
}
