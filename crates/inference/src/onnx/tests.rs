//! A prepared model must give what the packaged one gave.

use prost::Message;

use super::proto::{
    Attribute, Dimension, GraphProto, ModelProto, NodeProto, OperatorSet, Shape, TensorProto,
    TensorType, TypeProto, ValueInfo, data_type,
};
use super::*;
use crate::Tensor;

#[test]
fn garbage_is_refused() {
    let steps = [Preparation::FixWeights];
    assert!(matches!(prepare(b"hello", &steps), Err(PrepareError::NotOnnx)));
    assert!(matches!(prepare(b"", &steps), Err(PrepareError::NotOnnx)));
    assert_eq!(prepare(b"as it is", &[]).unwrap(), b"as it is");
}

/// Numbers that look random and are the same everywhere.
fn noise(count: usize, seed: usize) -> Vec<f32> {
    (0..count).map(|i| (((i * 7919 + seed * 104_729) % 1999) as f32) / 999.5 - 1.0).collect()
}

fn value(name: &str, dims: &[i64]) -> ValueInfo {
    let dim = dims.iter().map(|&d| Dimension { dim_value: Some(d), dim_param: None }).collect();
    let tensor = TensorType { elem_type: Some(data_type::FLOAT), shape: Some(Shape { dim }) };
    ValueInfo { name: Some(name.to_owned()), kind: Some(TypeProto { tensor: Some(tensor) }) }
}

fn node(op: &str, inputs: &[&str], output: &str, attribute: Vec<Attribute>) -> NodeProto {
    NodeProto {
        input: inputs.iter().map(|&i| i.to_owned()).collect(),
        output: vec![output.to_owned()],
        op_type: Some(op.to_owned()),
        attribute,
        ..NodeProto::default()
    }
}

fn conv(inputs: &[&str], output: &str, group: i64, kernel: i64, pad: i64) -> NodeProto {
    let attributes = vec![
        Attribute::int("group", group),
        Attribute::ints("kernel_shape", &[kernel, kernel]),
        Attribute::ints("pads", &[pad; 4]),
        Attribute::ints("strides", &[1, 1]),
    ];
    node("Conv", inputs, output, attributes)
}

/// Everything preparation handles, in one small network: weights listed as
/// inputs, 8-bit weights in blocks, batch normalisation, tiny weights, channels
/// that fill no block, PReLU before a depthwise and before an ordinary
/// convolution.
fn network() -> Vec<u8> {
    let mut quantized = TensorProto {
        dims: vec![5, 12],
        data_type: Some(data_type::INT8),
        name: Some("w1_quantized".to_owned()),
        raw_data: Some((0..60).map(|i| (i * 37 % 251) as u8).collect()),
        ..TensorProto::default()
    };
    quantized.dims = vec![5, 12];
    let zero = TensorProto {
        dims: vec![5, 3],
        data_type: Some(data_type::INT8),
        name: Some("w1_zero".to_owned()),
        raw_data: Some((0..15).map(|i| i as u8).collect()),
        ..TensorProto::default()
    };
    let shape = TensorProto {
        dims: vec![4],
        data_type: Some(7),
        name: Some("w1_shape".to_owned()),
        int64_data: vec![5, 3, 2, -1],
        ..TensorProto::default()
    };
    let floats = |name: &str, dims: &[i64], seed: usize| {
        let count = dims.iter().product::<i64>() as usize;
        TensorProto::floats(name, dims, &noise(count, seed))
    };
    let mut tiny = noise(7 * 5, 9);
    tiny[3] = 1e-30;
    tiny[4] = -1e-35;
    let initializer = vec![
        quantized,
        zero,
        shape,
        TensorProto::floats("w1_scale", &[5, 3], &noise(15, 1).map_abs()),
        floats("bn_scale", &[5], 2),
        floats("bn_offset", &[5], 3),
        floats("bn_mean", &[5], 4),
        TensorProto::floats("bn_variance", &[5], &noise(5, 5).map_abs()),
        floats("a1", &[5, 1, 1], 6),
        floats("w2", &[5, 1, 3, 3], 7),
        floats("b2", &[5], 8),
        floats("a2", &[5, 1, 1], 10),
        TensorProto::floats("w3", &[7, 5, 1, 1], &tiny),
        floats("b3", &[7], 11),
        floats("a3", &[1], 12),
    ];
    let graph = GraphProto {
        name: Some("test".to_owned()),
        node: vec![
            node(
                "DequantizeLinear",
                &["w1_quantized", "w1_scale", "w1_zero"],
                "w1_flat",
                vec![Attribute::int("axis", 1), Attribute::int("block_size", 4)],
            ),
            node("Reshape", &["w1_flat", "w1_shape"], "w1", vec![]),
            conv(&["x", "w1"], "c1", 1, 2, 0),
            node(
                "BatchNormalization",
                &["c1", "bn_scale", "bn_offset", "bn_mean", "bn_variance"],
                "n1",
                vec![],
            ),
            node("PRelu", &["n1", "a1"], "p1", vec![]),
            conv(&["p1", "w2", "b2"], "c2", 5, 3, 1),
            node("PRelu", &["c2", "a2"], "p2", vec![]),
            conv(&["p2", "w3", "b3"], "c3", 1, 1, 0),
            node("PRelu", &["c3", "a3"], "y", vec![]),
        ],
        initializer,
        input: vec![value("x", &[1, 3, 9, 9])],
        output: vec![value("y", &[1, 7, 8, 8])],
        value_info: vec![],
    };
    let version = OperatorSet { domain: Some(String::new()), version: Some(21) };
    ModelProto {
        ir_version: Some(10),
        opset_import: vec![version],
        graph: Some(graph),
        ..ModelProto::default()
    }
    .encode_to_vec()
}

trait MapAbs {
    fn map_abs(self) -> Self;
}

impl MapAbs for Vec<f32> {
    fn map_abs(self) -> Self {
        self.into_iter().map(|v| v.abs() + 0.05).collect()
    }
}

fn operators(model: &[u8]) -> Vec<String> {
    let model = ModelProto::decode(model).unwrap();
    model.graph.unwrap().node.iter().map(|n| n.op().to_owned()).collect()
}

const ALL: [Preparation; 6] = [
    Preparation::FixWeights,
    Preparation::FoldConstants,
    Preparation::FoldBatchNorm,
    Preparation::ZeroTiny,
    Preparation::PadChannels,
    Preparation::SplitPrelu,
];

#[test]
fn preparation_leaves_convolutions_only() {
    let prepared = prepare(&network(), &ALL).unwrap();
    let left = operators(&prepared);
    assert!(left.iter().all(|op| matches!(op.as_str(), "Conv" | "Relu" | "Add")), "{left:?}");
    assert_eq!(prepare(&network(), &ALL).unwrap(), prepared, "not the same bytes twice");
}

#[test]
fn weights_are_inputs_no_longer() {
    let mut model = ModelProto::decode(network().as_slice()).unwrap();
    let graph = model.graph.as_mut().unwrap();
    graph.input.push(value("w2", &[5, 1, 3, 3]));
    graph.input.push(value("used_by_nobody", &[1]));
    let fixed = prepare(&model.encode_to_vec(), &[Preparation::FixWeights]).unwrap();
    let inputs = ModelProto::decode(fixed.as_slice()).unwrap().graph.unwrap().input;
    assert_eq!(inputs.iter().filter_map(|i| i.name.as_deref()).collect::<Vec<_>>(), ["x"]);
}

/// A linear layer over blank, five entries and space, and its softmax.
fn recognizer() -> Vec<u8> {
    let graph = GraphProto {
        name: Some("recognizer".to_owned()),
        node: vec![
            node("MatMul", &["x", "w"], "m", vec![]),
            node("Add", &["m", "b"], "a", vec![]),
            node("Identity", &["a"], "i", vec![]),
            node("Softmax", &["i"], "y", vec![Attribute::int("axis", 2)]),
        ],
        initializer: vec![
            TensorProto::floats("w", &[4, 7], &noise(28, 1)),
            TensorProto::floats("b", &[7], &noise(7, 2)),
        ],
        input: vec![value("x", &[1, 3, 4])],
        output: vec![value("y", &[1, 3, 7])],
        value_info: vec![],
    };
    let characters = super::proto::StringPair {
        key: Some("character".to_owned()),
        value: Some("A\n人\nΛ\n話\n<".to_owned()),
    };
    ModelProto {
        ir_version: Some(8),
        opset_import: vec![OperatorSet { domain: Some(String::new()), version: Some(13) }],
        graph: Some(graph),
        metadata_props: vec![characters],
        ..ModelProto::default()
    }
    .encode_to_vec()
}

#[test]
fn a_recogniser_is_cut_to_latin() {
    let steps = [Preparation::FoldConstants, Preparation::LatinClasses];
    let prepared = prepare(&recognizer(), &steps).unwrap();
    let model = ModelProto::decode(prepared.as_slice()).unwrap();
    assert_eq!(model.metadata_props[0].value.as_deref(), Some("A\nΛ\n<\n"));
    let graph = model.graph.unwrap();
    // Blank, A, lambda, < and space stay, each with its own weights.
    let weights = graph.initializer.iter().find(|t| t.name.as_deref() == Some("w")).unwrap();
    assert_eq!(weights.dims, [4, 5]);
    let before = noise(28, 1);
    let row = [0, 1, 3, 5, 6].map(|class| before[class]);
    assert_eq!(weights.as_floats().unwrap()[..5], row);
    let network = prepare(&network(), &[Preparation::LatinClasses]);
    assert!(matches!(network, Err(PrepareError::Unsupported(_))), "it has no `character` list");
}

/// The real runtime is the judge: every step by itself and all together.
#[test]
fn a_prepared_network_gives_the_same_answer() {
    let Some(engine) = crate::testing::engine("a_prepared_network_gives_the_same_answer") else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let input = Tensor::new(&[1, 3, 9, 9], noise(243, 20));
    let run = |bytes: &[u8]| {
        let path = folder.path().join("model.onnx");
        std::fs::write(&path, bytes).unwrap();
        engine.load(&path).unwrap().run(&input).unwrap().remove(0).1
    };
    let expected = run(&network());
    let mut lists: Vec<Vec<Preparation>> = ALL.iter().map(|step| vec![*step]).collect();
    lists.extend((2..=ALL.len()).map(|n| ALL[..n].to_vec()));
    for steps in lists {
        let got = run(&prepare(&network(), &steps).unwrap());
        assert_eq!(got.shape, expected.shape, "{steps:?}");
        for (a, b) in got.data.iter().zip(&expected.data) {
            assert!((a - b).abs() < 2e-3 * expected_range(&expected), "{steps:?}: {a} {b}");
        }
    }
}

fn expected_range(tensor: &Tensor) -> f32 {
    tensor.data.iter().fold(1e-3f32, |top, v| top.max(v.abs())) * 1e-2
}
