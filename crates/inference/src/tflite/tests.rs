//! A converted network must give what the file says, computed here once more, slowly,
//! with channels last.

use proptest::prelude::*;
use prost::Message;

use super::*;
use crate::onnx::{Preparation, prepare};

/// A flatbuffer in the making: references lead forward, so parents come first.
#[derive(Clone)]
enum Value {
    None,
    Byte(u8),
    Int(i32),
    Table(Vec<Value>),
    Tables(Vec<Value>),
    Ints(Vec<i32>),
    Bytes(Vec<u8>),
}

use Value::{Byte, Bytes, Int, Ints, None as Absent, Table as Fields, Tables};

fn number(out: &mut Vec<u8>, value: usize) {
    out.extend((value as u32).to_le_bytes());
}

/// Appends a value; gives where it begins.
fn append(out: &mut Vec<u8>, value: &Value) -> usize {
    let refer = |out: &mut Vec<u8>, places: Vec<(usize, &Value)>| {
        for (place, value) in places {
            let there = append(out, value) - place;
            out[place..place + 4].copy_from_slice(&(there as u32).to_le_bytes());
        }
    };
    match value {
        Fields(fields) => {
            let list = out.len();
            out.extend((4 + 2 * fields.len() as u16).to_le_bytes());
            out.extend((4 + 4 * fields.len() as u16).to_le_bytes());
            for (n, field) in fields.iter().enumerate() {
                let offset = if matches!(field, Absent) { 0 } else { 4 + 4 * n as u16 };
                out.extend(offset.to_le_bytes());
            }
            let at = out.len();
            number(out, at - list);
            let mut places = Vec::new();
            for field in fields {
                match field {
                    Absent => number(out, 0),
                    Byte(byte) => number(out, usize::from(*byte)),
                    Int(value) => out.extend(value.to_le_bytes()),
                    other => {
                        places.push((out.len(), other));
                        number(out, 0);
                    }
                }
            }
            refer(out, places);
            at
        }
        Tables(tables) => {
            let at = out.len();
            number(out, tables.len());
            let places = tables.iter().map(|table| {
                let place = out.len();
                number(out, 0);
                (place, table)
            });
            let places = places.collect();
            refer(out, places);
            at
        }
        Ints(values) => {
            let at = out.len();
            number(out, values.len());
            values.iter().for_each(|value| out.extend(value.to_le_bytes()));
            at
        }
        Bytes(bytes) => {
            let at = out.len();
            number(out, bytes.len());
            out.extend(bytes);
            at
        }
        Absent | Byte(_) | Int(_) => out.len(),
    }
}

fn file(root: &Value) -> Vec<u8> {
    let mut out = vec![8, 0, 0, 0];
    out.extend(*b"TFL3");
    let at = append(&mut out, root);
    out[..4].copy_from_slice(&(at as u32).to_le_bytes());
    out
}

/// Numbers that look random and are the same everywhere.
fn noise(count: usize, seed: usize) -> Vec<f32> {
    (0..count).map(|i| (((i * 7919 + seed * 104_729) % 1999) as f32) / 999.5 - 1.0).collect()
}

fn bytes(values: &[f32]) -> Value {
    Bytes(values.iter().flat_map(|value| value.to_le_bytes()).collect())
}

/// Every operator that is known, once: [1, 5, 6, 2] becomes [1, 2, 2, 5].
fn network() -> Value {
    let mut tensors = Vec::new();
    let mut buffers = vec![Fields(vec![])];
    let mut tensor = |shape: &[i32], data: Option<(u8, Value)>, name: &str| {
        let (kind, buffer) = data.map_or((0, 0), |(kind, data)| {
            buffers.push(Fields(vec![data]));
            (kind, buffers.len() as i32 - 1)
        });
        let name = Bytes(name.as_bytes().to_vec());
        tensors.push(Fields(vec![Ints(shape.to_vec()), Byte(kind), Int(buffer), name]));
    };
    let float = |count: usize, seed| Some((0, bytes(&noise(count, seed))));
    let widths = [0, 0, 0, 0, 0, 0, 0, 2_i32].iter().flat_map(|n| n.to_le_bytes()).collect();
    tensor(&[1, 5, 6, 2], None, "picture");
    tensor(&[3, 3, 3, 2], float(54, 1), "kernel");
    tensor(&[3], float(3, 2), "bias");
    tensor(&[1, 3, 3, 3], None, "");
    tensor(&[1, 1, 3], float(3, 3), "slopes");
    tensor(&[1, 3, 3, 3], None, "");
    tensor(&[1, 3, 3, 3], float(27, 4), "each");
    tensor(&[3], float(3, 5), "each_bias");
    tensor(&[1, 3, 3, 3], None, "");
    tensor(&[1, 3, 3, 3], None, "");
    tensor(&[4, 2], Some((2, Bytes(widths))), "widths");
    tensor(&[1, 3, 3, 5], None, "");
    tensor(&[1, 2, 2, 5], None, "points");
    let operator = |code: i32, inputs: &[i32], output: i32, options: Value| {
        Fields(vec![Int(code), Ints(inputs.to_vec()), Ints(vec![output]), Absent, options])
    };
    let same = |stride: i32, rest: Vec<Value>| {
        Fields([vec![Byte(0), Int(stride), Int(stride)], rest].concat())
    };
    let operators = vec![
        operator(0, &[0, 1, 2], 3, same(2, vec![Byte(0)])),
        operator(1, &[3, 4], 5, Absent),
        operator(2, &[5, 6, 7], 8, same(1, vec![Int(1), Byte(1)])),
        operator(3, &[5, 8], 9, Fields(vec![])),
        operator(4, &[9, 10], 11, Absent),
        operator(5, &[11], 12, Fields(vec![Byte(1), Int(1), Int(1), Int(2), Int(2), Byte(0)])),
    ];
    let codes = [
        code::CONV_2D,
        code::PRELU,
        code::DEPTHWISE_CONV_2D,
        code::ADD,
        code::PAD,
        code::MAX_POOL_2D,
    ];
    let codes = codes.map(|code| Fields(vec![Byte(code as u8), Absent, Int(1), Int(code)]));
    let graph = Fields(vec![Tables(tensors), Ints(vec![0]), Ints(vec![12]), Tables(operators)]);
    let graphs = Tables(vec![graph]);
    Fields(vec![Int(3), Tables(codes.to_vec()), graphs, Absent, Tables(buffers)])
}

/// A convolution of `input` with channels last; SAME padding; `each` channel by itself.
fn convolved(
    input: &[f32],
    [rows, columns, channels]: [usize; 3],
    kernel: &[f32],
    bias: &[f32],
    stride: usize,
    each: bool,
) -> Vec<f32> {
    let made = bias.len();
    let out = [rows.div_ceil(stride), columns.div_ceil(stride)];
    let before = |length: usize, out: usize| ((out - 1) * stride + 3).saturating_sub(length) / 2;
    let (above, left) = (before(rows, out[0]), before(columns, out[1]));
    let mut result = Vec::new();
    for y in 0..out[0] {
        for x in 0..out[1] {
            for o in 0..made {
                let mut sum = bias[o];
                for ky in 0..3 {
                    for kx in 0..3 {
                        let (v, u) = (y * stride + ky, x * stride + kx);
                        let inside = (above..rows + above).contains(&v)
                            && (left..columns + left).contains(&u);
                        if !inside {
                            continue;
                        }
                        let at = ((v - above) * columns + u - left) * channels;
                        if each {
                            sum += input[at + o] * kernel[(ky * 3 + kx) * made + o];
                        } else {
                            for c in 0..channels {
                                let k = ((o * 3 + ky) * 3 + kx) * channels + c;
                                sum += input[at + c] * kernel[k];
                            }
                        }
                    }
                }
                result.push(sum);
            }
        }
    }
    result
}

#[test]
fn a_converted_network_computes_what_the_file_says() {
    let prepared = prepare(&file(&network()), &[Preparation::FromTflite]).unwrap();
    assert_eq!(prepared, prepare(&file(&network()), &[Preparation::FromTflite]).unwrap());
    let model = ModelProto::decode(prepared.as_slice()).unwrap();
    let graph = model.graph.unwrap();
    let operators: Vec<&str> = graph.node.iter().map(NodeProto::op).collect();
    assert_eq!(operators, ["Conv", "PRelu", "Conv", "Relu", "Add", "Pad", "MaxPool"]);
    assert_eq!(graph.output[0].name.as_deref(), Some("points"));

    let Some(engine) = crate::testing::engine("a_converted_network_computes_what_the_file_says")
    else {
        return;
    };
    let input = noise(60, 9);
    let first = convolved(&input, [5, 6, 2], &noise(54, 1), &noise(3, 2), 2, false);
    let slopes = noise(3, 3);
    let bent = first.iter().zip(slopes.iter().cycle());
    let bent: Vec<f32> = bent.map(|(v, slope)| if *v < 0.0 { v * slope } else { *v }).collect();
    let second = convolved(&bent, [3, 3, 3], &noise(27, 4), &noise(3, 5), 1, true);
    let sum: Vec<f32> = bent.iter().zip(&second).map(|(a, b)| a + b.max(0.0)).collect();
    // Channels second: two of zeros behind, the largest of two by two.
    let mut expected = Vec::new();
    for c in 0..5 {
        for (y, x) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
            let at = |dy: usize, dx: usize| match c {
                0..3 => sum[((y + dy) * 3 + x + dx) * 3 + c],
                _ => 0.0,
            };
            expected.push(at(0, 0).max(at(0, 1)).max(at(1, 0)).max(at(1, 1)));
        }
    }
    let mut turned = vec![0.0; 60];
    for (i, value) in input.iter().enumerate() {
        turned[(i % 2) * 30 + i / 2] = *value;
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model.onnx");
    std::fs::write(&path, prepared).unwrap();
    let mut session = engine.load(&path).unwrap();
    let got = session.run(&crate::Tensor::new(&[1, 2, 5, 6], turned)).unwrap().remove(0).1;
    assert_eq!(got.shape, [1, 5, 2, 2]);
    for (a, b) in got.data.iter().zip(&expected) {
        assert!((a - b).abs() < 1e-4, "{:?} {expected:?}", got.data);
    }
}

#[test]
fn what_is_not_known_is_refused_and_named() {
    let refused = |root: &Value| to_onnx(&file(root)).unwrap_err().to_string();
    let Fields(fields) = network() else { panic!("a table") };
    let with = |number: usize, value: Value| {
        let mut changed = fields.clone();
        changed[number] = value;
        Fields(changed)
    };
    let soft = |code: i32| vec![Fields(vec![Byte(code as u8), Absent, Int(1), Int(code)]); 6];
    assert!(refused(&with(1, Tables(soft(25)))).contains("an operator that is not known"));
    assert!(refused(&with(2, Tables(vec![]))).contains("several graphs"));
    // What is computed has bytes of its own, too: together more than the file has.
    let long = Fields(vec![Bytes(vec![0; 4000])]);
    assert!(refused(&with(4, Tables(vec![long; 7]))).contains("weights that share bytes"));
    let none = Fields(vec![]);
    assert!(refused(&with(4, Tables(vec![none; 7]))).contains("has another type or size"));
    assert!(matches!(to_onnx(b"hello, world"), Err(PrepareError::NotTflite)));
    let late = prepare(&file(&network()), &[Preparation::FromTflite, Preparation::FromTflite]);
    assert!(matches!(late, Err(PrepareError::NotTflite)));
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = to_onnx(&bytes);
        let _ = to_onnx(&[vec![8, 0, 0, 0], b"TFL3".to_vec(), bytes].concat());
    }

    #[test]
    fn no_change_of_a_file_makes_it_panic_or_grow(
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        cut in any::<prop::sample::Index>(),
    ) {
        let mut bytes = file(&network());
        for (at, value) in changes {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        for bytes in [&bytes[..], &bytes[..cut.index(bytes.len())]] {
            if let Ok(model) = to_onnx(bytes) {
                // Names and numbers of a node take some hundred bytes, no more.
                prop_assert!(model.encoded_len() <= 8 * bytes.len() + 4096);
            }
        }
    }
}
