//! Every model gives the same numbers in ONNX Runtime and in `rten`.

use std::sync::Arc;

use bonafide_inference::manifest::Manifest;
use bonafide_inference::store::default_folder;
use bonafide_inference::{Models, Role, Rten, Tensor, testing};

/// Roles with the input they are tried on, scaled as their rooms do it.
const INPUTS: [(Role, [usize; 4], f32, f32); 10] = [
    (Role::FaceDetector, [1, 3, 192, 256], 127.5, 127.5),
    (Role::FaceEmbedder, [1, 3, 112, 112], 127.5, 127.5),
    (Role::FaceEmbedderSecond, [1, 3, 112, 112], 0.0, 1.0),
    (Role::FaceLiveness, [1, 3, 128, 128], 127.5, 127.5),
    (Role::FaceMesh, [1, 3, 192, 192], 0.5, 0.5),
    (Role::EyeState, [1, 1, 24, 24], 0.5, 0.5),
    (Role::TextDetector, [1, 3, 160, 224], 0.0, 1.0),
    (Role::TextRecognizerFast, [1, 3, 48, 320], 0.0, 1.0),
    (Role::TextRecognizer, [1, 3, 48, 320], 0.0, 1.0),
    (Role::TextRecognizerHan, [1, 3, 48, 320], 0.0, 1.0),
];

/// Largest difference allowed, relative to the largest output of a tensor where
/// that exceeds 1 (embeddings are not normalised yet).
const TOLERANCE: f32 = 1e-3;

#[test]
fn onnx_runtime_and_rten_agree_on_every_model() {
    let Some(ort) = testing::models("onnx_runtime_and_rten_agree_on_every_model") else { return };
    let manifest = Manifest::built_in().unwrap();
    let rten = Models::with_engine(Arc::new(Rten::new()), manifest, &default_folder());
    for (role, shape, offset, scale) in INPUTS {
        if role == Role::FaceEmbedderSecond && !ort.has(role) {
            continue;
        }
        let count: usize = shape.iter().product();
        // Smooth waves with some texture, like a picture and unlike noise.
        let data = (0..count)
            .map(|i| {
                let i = i as f32;
                offset + scale * (0.7 * (i * 0.013).sin() + 0.3 * (i * 1.7).sin())
            })
            .collect();
        let input = Tensor::new(&shape, data);
        let expected = ort.get(role).unwrap().run(&input).unwrap();
        let got = rten.get(role).unwrap().run(&input).unwrap();
        assert_eq!(expected.len(), got.len(), "{role:?}");
        for (name, a) in expected.iter() {
            let b = got.get(name).unwrap();
            assert_eq!(a.shape, b.shape, "{role:?} {name}");
            let top = a.data.iter().fold(1.0f32, |top, v| top.max(v.abs()));
            let difference =
                a.data.iter().zip(&b.data).fold(0.0f32, |d, (x, y)| d.max((x - y).abs()));
            println!("{role:?} {name}: largest difference {difference:e}, largest value {top}");
            assert!(difference <= TOLERANCE * top, "{role:?} {name}: {difference} of {top}");
        }
    }
}

#[test]
fn both_engines_read_the_dictionary() {
    let Some(ort) = testing::models("both_engines_read_the_dictionary") else { return };
    let manifest = Manifest::built_in().unwrap();
    let rten = Models::with_engine(Arc::new(Rten::new()), manifest, &default_folder());
    for role in [Role::TextRecognizerFast, Role::TextRecognizer, Role::TextRecognizerHan] {
        let dictionary = ort.get(role).unwrap().metadata("character").unwrap();
        let entries: Vec<&str> = dictionary.as_deref().unwrap_or("").lines().collect();
        for c in ('A'..='Z').chain('0'..='9').chain("<éÑßżĐ".chars()) {
            assert!(entries.iter().any(|e| e.chars().eq([c])), "{role:?} lacks {c}");
        }
        // The blank before and the space behind the list are classes too.
        let input = Tensor::new(&[1, 3, 48, 96], vec![0.5; 3 * 48 * 96]);
        let outputs = ort.get(role).unwrap().run(&input).unwrap();
        let classes = outputs.first().unwrap().shape.last().copied();
        assert_eq!(classes, Some(entries.len() + 2), "{role:?}");
        assert_eq!(dictionary, rten.get(role).unwrap().metadata("character").unwrap());
    }
}
