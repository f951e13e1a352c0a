//! A face as a vector, and how alike two of them are.

use serde::Serialize;

use crate::{Embedders, FaceError};

/// What the networks make of a face: a vector of length 1. A biometric
/// template, so `Debug` shows none of it.
#[derive(Clone, PartialEq)]
pub struct Embedding {
    embedders: Embedders,
    values: Vec<f32>,
}

impl Embedding {
    /// Which networks made it.
    pub fn embedders(&self) -> Embedders {
        self.embedders
    }

    /// The vector, of length 1.
    pub fn values(&self) -> &[f32] {
        &self.values
    }

    /// How alike the two faces are; an error if they were made by different
    /// networks.
    pub fn similarity(&self, other: &Self) -> Result<Similarity, FaceError> {
        if self.embedders != other.embedders || self.values.len() != other.values.len() {
            return Err(FaceError::Embedders);
        }
        let dot: f32 = self.values.iter().zip(&other.values).map(|(a, b)| a * b).sum();
        Ok(Similarity(dot))
    }
}

impl std::fmt::Debug for Embedding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Embedding({:?})", self.embedders)
    }
}

/// Cosine of two embeddings, -1 to 1. Means nothing without the threshold of
/// its embedders.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd, Serialize)]
pub struct Similarity(pub f32);
