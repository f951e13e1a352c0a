//! Preparing a packaged ONNX file once, when it is fetched, so that loading it
//! later is quick and every runtime gets the same standard operators.

mod classes;
mod fold;
mod layout;
pub(crate) mod proto;

use prost::Message;
use serde::{Deserialize, Serialize};

use proto::ModelProto;

/// One change to a packaged model, named in `models/manifest.toml` in this
/// spelling and applied in the order given there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Preparation {
    /// A TensorFlow Lite file becomes an ONNX model with its channels second. Before
    /// all else.
    FromTflite,
    /// Weights that are listed among the graph's inputs are inputs no longer:
    /// a runtime may not fold what a caller could replace.
    FixWeights,
    /// `DequantizeLinear`, `Cast`, `Mul`, `Reshape`, `Identity` and `Constant` on
    /// weights are carried out, which leaves plain 32-bit weights.
    FoldConstants,
    /// `BatchNormalization` behind a `Conv` goes into the convolution's weights.
    FoldBatchNorm,
    /// Weights too small to count become zero: their products are denormal
    /// numbers, which are slow.
    ZeroTiny,
    /// Channel counts are filled up to whole blocks with channels that are zero.
    PadChannels,
    /// `PRelu` becomes convolutions, `Relu` and `Add`, for which runtimes have a
    /// blocked layout.
    SplitPrelu,
    /// A text recogniser's classes are cut to Latin, Greek and Cyrillic letters,
    /// digits and signs: the thousands of others cost time at every step.
    LatinClasses,
    /// Height and width of the input become free (the network is convolutional
    /// to the end and its file merely names one size).
    FreeSize,
    /// Of a list in a program's source the string literals, a line each. Alone.
    Quoted,
    /// Of a table of phone number prefixes in Python the prefixes and English names, a
    /// line each. Alone.
    Prefixes,
}

/// Why a packaged model could not be prepared.
#[derive(Debug, thiserror::Error)]
pub enum PrepareError {
    /// The bytes hold no list or table of the expected form.
    #[error("the file holds no table of the expected form")]
    NoTable,
    /// The bytes are not an ONNX model.
    #[error("the file is not an ONNX model")]
    NotOnnx,
    /// The bytes are not a TensorFlow Lite model.
    #[error("the file is not a TensorFlow Lite model")]
    NotTflite,
    /// The model uses a feature of the format that preparation does not know.
    #[error("the model uses {0}, which preparation does not handle")]
    Unsupported(&'static str),
    /// A weight tensor does not have the type or size its node needs.
    #[error("the weight {0} has another type or size than its node needs")]
    BadWeight(String),
}

/// The model with all `steps` applied; the same bytes for the same input on
/// every machine.
pub fn prepare(model: &[u8], steps: &[Preparation]) -> Result<Vec<u8>, PrepareError> {
    if steps.is_empty() {
        return Ok(model.to_vec());
    }
    match steps {
        [Preparation::Quoted] => return crate::table::quoted(model),
        [Preparation::Prefixes] => return crate::table::prefixes(model),
        _ => {}
    }
    let (mut model, steps) = match steps.split_first() {
        Some((Preparation::FromTflite, rest)) => (crate::tflite::to_onnx(model)?, rest),
        _ => (ModelProto::decode(model).map_err(|_| PrepareError::NotOnnx)?, steps),
    };
    let graph = model.graph.as_mut().ok_or(PrepareError::NotOnnx)?;
    if graph.node.iter().any(|n| n.attribute.iter().any(|a| a.g.is_some())) {
        return Err(PrepareError::Unsupported("sub-graphs"));
    }
    if graph.initializer.iter().any(|t| t.data_location.unwrap_or(0) != 0) {
        return Err(PrepareError::Unsupported("weights in another file"));
    }
    for step in steps {
        match step {
            Preparation::FromTflite => return Err(PrepareError::NotTflite),
            Preparation::FixWeights => fold::fix_weights(graph),
            Preparation::FoldConstants => fold::fold_constants(graph)?,
            Preparation::FoldBatchNorm => fold::fold_batch_norm(graph)?,
            Preparation::ZeroTiny => layout::zero_tiny(graph),
            Preparation::PadChannels => layout::pad_channels(graph)?,
            Preparation::SplitPrelu => layout::split_prelu(graph)?,
            Preparation::LatinClasses => classes::cut(graph, &mut model.metadata_props)?,
            Preparation::FreeSize => fold::free_size(graph)?,
            Preparation::Quoted | Preparation::Prefixes => return Err(PrepareError::NoTable),
        }
    }
    Ok(model.encode_to_vec())
}

/// The texts stored with a model, by key.
#[cfg(feature = "rten")]
pub(crate) fn metadata(model: &[u8]) -> Result<Vec<(String, String)>, PrepareError> {
    let model = ModelProto::decode(model).map_err(|_| PrepareError::NotOnnx)?;
    Ok(model.metadata_props.into_iter().filter_map(|p| Some((p.key?, p.value?))).collect())
}

#[cfg(test)]
mod tests;
