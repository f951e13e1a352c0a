//! A face as a vector, and how alike two of them are.

use std::sync::Arc;

use bonafide_inference::{InferenceError, Model, Models, Role, Tensor};
use bonafide_media::{
    Picture,
    tensor::{Planes, planes},
};
use serde::{Deserialize, Serialize};

use crate::align::{self, SIDE};
use crate::{Embedders, Face, FaceError};

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
        Ok(Similarity(dot.clamp(-1.0, 1.0)))
    }

    /// Vectors of single networks, each with its weight, as one: the cosine of
    /// two such is the weighted mean of the networks' cosines.
    fn joined(embedders: Embedders, parts: &[(Vec<f32>, f32)]) -> Result<Self, FaceError> {
        let total: f32 = parts.iter().map(|(_, weight)| weight).sum();
        let mut values = Vec::with_capacity(parts.iter().map(|(v, _)| v.len()).sum());
        for (vector, weight) in parts {
            let length = vector.iter().map(|v| v * v).sum::<f32>().sqrt();
            if !length.is_finite() || length <= 0.0 {
                return Err(FaceError::Vector);
            }
            let factor = (weight / total).sqrt() / length;
            values.extend(vector.iter().map(|v| v * factor));
        }
        Ok(Self { embedders, values })
    }
}

impl std::fmt::Debug for Embedding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Embedding({:?})", self.embedders)
    }
}

/// Cosine of two embeddings, -1 to 1. Means nothing without the threshold of
/// its embedders.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Similarity(pub f32);

/// One embedding network: how it wants its input, and its say in the whole.
struct Network {
    model: Arc<Model>,
    values: usize,
    order: Planes,
    mean: f32,
    scale: f32,
    weight: f32,
}

/// The networks that make an embedding, ready to run.
pub(crate) struct Embedder {
    embedders: Embedders,
    networks: Vec<Network>,
}

impl Embedder {
    pub(crate) fn new(models: &Models, embedders: Embedders) -> Result<Self, InferenceError> {
        let sface = Network {
            model: models.get(Role::FaceEmbedder)?,
            values: 128,
            order: Planes::Rgb,
            // The graph subtracts and scales by itself.
            mean: 0.0,
            scale: 1.0,
            weight: 1.0 - embedders.second_weight(),
        };
        let mut networks = vec![sface];
        if embedders == Embedders::Fused {
            networks.push(Network {
                model: models.get(Role::FaceEmbedderSecond)?,
                values: 512,
                // Its package's script feeds red first; blue first separates
                // people better.
                order: Planes::Bgr,
                mean: 127.5,
                scale: 1.0 / 127.5,
                weight: embedders.second_weight(),
            });
        }
        Ok(Self { embedders, networks })
    }

    /// The embedding of one face of `picture`.
    pub(crate) fn embed(&self, picture: &Picture, face: &Face) -> Result<Embedding, FaceError> {
        let upright = align::upright(picture, &face.landmarks)?;
        let mut parts = Vec::with_capacity(self.networks.len());
        for network in &self.networks {
            let data = planes(&upright, SIDE, SIDE, network.order, network.mean, network.scale);
            let input = Tensor::new(&[1, 3, SIDE as usize, SIDE as usize], data);
            let outputs = network.model.run(&input)?;
            let vector = outputs.first()?.data.clone();
            if vector.len() != network.values {
                return Err(InferenceError::Shape { role: network.model.role() }.into());
            }
            parts.push((vector, network.weight));
        }
        Embedding::joined(self.embedders, &parts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_joined_cosine_is_the_weighted_mean() {
        let (a1, b1) = (vec![1.0, 0.0], vec![0.6, 0.8]);
        let (a2, b2) = (vec![0.0, 300.0], vec![50.0, 0.0]);
        let a = Embedding::joined(Embedders::Fused, &[(a1, 0.75), (a2, 0.25)]).unwrap();
        let b = Embedding::joined(Embedders::Fused, &[(b1, 0.75), (b2, 0.25)]).unwrap();
        assert!((a.similarity(&b).unwrap().0 - 0.45).abs() < 1e-6);
        assert!((a.similarity(&a).unwrap().0 - 1.0).abs() < 1e-6);
    }

    #[test]
    fn different_networks_are_not_compared() {
        let a = Embedding::joined(Embedders::Fused, &[(vec![1.0, 0.0], 1.0)]).unwrap();
        let b = Embedding::joined(Embedders::Sface, &[(vec![1.0, 0.0], 1.0)]).unwrap();
        assert!(matches!(a.similarity(&b), Err(FaceError::Embedders)));
    }

    #[test]
    fn a_vector_without_direction_is_an_error() {
        for vector in [vec![0.0, 0.0], vec![f32::NAN, 1.0], vec![f32::INFINITY, 1.0]] {
            let joined = Embedding::joined(Embedders::Sface, &[(vector, 1.0)]);
            assert!(matches!(joined, Err(FaceError::Vector)));
        }
    }

    #[test]
    fn debug_shows_no_template() {
        let a = Embedding::joined(Embedders::Sface, &[(vec![0.123, 0.4], 1.0)]).unwrap();
        assert_eq!(format!("{a:?}"), "Embedding(Sface)");
    }

    proptest! {
        #[test]
        fn similarity_is_a_cosine(
            a in prop::collection::vec(-100.0f32..100.0, 8),
            b in prop::collection::vec(-100.0f32..100.0, 8),
        ) {
            let joined = |v: &[f32]| Embedding::joined(Embedders::Sface, &[(v.to_vec(), 1.0)]);
            prop_assume!(joined(&a).is_ok() && joined(&b).is_ok());
            let (a, b) = (joined(&a).unwrap(), joined(&b).unwrap());
            let s = a.similarity(&b).unwrap();
            prop_assert!((-1.0..=1.0).contains(&s.0));
            prop_assert_eq!(s, b.similarity(&a).unwrap());
        }
    }
}
