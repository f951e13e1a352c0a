//! The changes themselves, each on a whole graph.

use std::collections::{BTreeMap, BTreeSet};

use super::PrepareError;
use super::proto::{GraphProto, NodeProto, TensorProto, data_type};

/// Weights by name.
pub(super) type Weights = BTreeMap<String, TensorProto>;

pub(super) fn fix_weights(graph: &mut GraphProto) {
    let made: BTreeSet<&str> = graph
        .initializer
        .iter()
        .filter_map(|t| t.name.as_deref())
        .chain(graph.node.iter().flat_map(|n| n.output.iter().map(String::as_str)))
        .collect();
    let used: BTreeSet<&str> =
        graph.node.iter().flat_map(|n| n.input.iter().map(String::as_str)).collect();
    graph.input.retain(|i| {
        i.name.as_deref().is_some_and(|name| used.contains(name) && !made.contains(name))
    });
}

pub(super) fn fold_constants(graph: &mut GraphProto) -> Result<(), PrepareError> {
    let mut weights = take_weights(graph);
    let outputs: BTreeSet<String> = graph.output.iter().filter_map(|o| o.name.clone()).collect();
    let mut kept = Vec::with_capacity(graph.node.len());
    let mut renamed: BTreeMap<String, String> = BTreeMap::new();
    for mut node in std::mem::take(&mut graph.node) {
        for input in &mut node.input {
            if let Some(source) = renamed.get(input) {
                input.clone_from(source);
            }
        }
        let Some(output) = node.output.first().cloned() else { continue };
        let folded = match node.op() {
            "DequantizeLinear" => dequantize(&node, &weights)?,
            "Cast" => cast(&node, &weights),
            "Mul" => multiply(&node, &weights)?,
            "Reshape" => reshape(&node, &weights)?,
            "Constant" => node.attribute("value").and_then(|a| a.t.clone()),
            // At inference time both hand their first input on.
            "Identity" | "Dropout" if !outputs.contains(&output) => {
                if let Some(input) = node.input.first() {
                    renamed.insert(output, input.clone());
                    continue;
                }
                None
            }
            _ => None,
        };
        match folded {
            Some(mut tensor) => {
                tensor.name = Some(output.clone());
                weights.insert(output, tensor);
            }
            None => kept.push(node),
        }
    }
    graph.node = kept;
    put_weights(graph, weights);
    Ok(())
}

/// `(q - zero) * scale`, scale and zero repeated `block_size` times along
/// `axis` (ONNX opset 21); without a block size per axis or for the tensor.
fn dequantize(node: &NodeProto, weights: &Weights) -> Result<Option<TensorProto>, PrepareError> {
    let weight = |i: usize| node.input.get(i).and_then(|name| weights.get(name));
    let (Some(quantized), Some(scale)) = (weight(0), weight(1)) else { return Ok(None) };
    let bad = || PrepareError::BadWeight(node.output.first().cloned().unwrap_or_default());
    let values = quantized.as_small_ints().ok_or_else(bad)?;
    let scales = scale.as_floats().ok_or_else(bad)?;
    let zeros = match weight(2) {
        Some(zero) => zero.as_small_ints().ok_or_else(bad)?,
        None => vec![0; scales.len()],
    };
    if zeros.len() != scales.len() {
        return Err(bad());
    }
    let dims: Vec<usize> =
        quantized.dims.iter().map(|&d| usize::try_from(d).unwrap_or(0)).collect();
    let axis = node.int("axis", 1);
    let axis = if axis < 0 { axis + dims.len() as i64 } else { axis };
    let axis = usize::try_from(axis).map_err(|_| bad())?;
    let block = usize::try_from(node.int("block_size", 0)).map_err(|_| bad())?;
    let index: Box<dyn Fn(usize) -> usize> = if scales.len() == 1 {
        Box::new(|_| 0)
    } else {
        let length = *dims.get(axis).ok_or_else(bad)?;
        let inner: usize = dims.iter().skip(axis + 1).product();
        let blocks = if block == 0 { length } else { length.div_ceil(block) };
        let block = block.max(1);
        if length == 0 || inner == 0 {
            return Err(bad());
        }
        if block == 1 {
            // Per axis: one scale for each place along the axis only.
            let per_axis = scales.len() == length && scale.dims.len() <= 1;
            if per_axis { Box::new(move |i| (i / inner) % length) } else { Box::new(|i| i) }
        } else {
            Box::new(move |i| {
                let (outer, along, within) =
                    (i / (inner * length), (i / inner) % length, i % inner);
                (outer * blocks + along / block) * inner + within
            })
        }
    };
    let mut plain = Vec::with_capacity(values.len());
    for (i, value) in values.iter().enumerate() {
        let k = index(i);
        let (zero, scale) = zeros.get(k).zip(scales.get(k)).ok_or_else(bad)?;
        plain.push((value - zero) as f32 * scale);
    }
    Ok(Some(TensorProto::floats("", &quantized.dims, &plain)))
}

/// 8-bit integers as 32-bit floats; other casts are left to the runtime.
fn cast(node: &NodeProto, weights: &Weights) -> Option<TensorProto> {
    let tensor = node.input.first().and_then(|name| weights.get(name))?;
    let to_float = node.int("to", 0) == i64::from(data_type::FLOAT);
    let values = tensor.as_small_ints().filter(|_| to_float)?;
    let floats: Vec<f32> = values.into_iter().map(|v| v as f32).collect();
    Some(TensorProto::floats("", &tensor.dims, &floats))
}

/// Elementwise product of two weights of equal rank, the second broadcast along
/// dimensions of length 1.
fn multiply(node: &NodeProto, weights: &Weights) -> Result<Option<TensorProto>, PrepareError> {
    let weight = |i: usize| node.input.get(i).and_then(|name| weights.get(name));
    let (Some(a), Some(b)) = (weight(0), weight(1)) else { return Ok(None) };
    let (Some(left), Some(right)) = (a.as_floats(), b.as_floats()) else { return Ok(None) };
    let fits =
        a.dims.len() == b.dims.len() && a.dims.iter().zip(&b.dims).all(|(n, m)| n == m || *m == 1);
    if !fits {
        return Ok(None);
    }
    let mut product = Vec::with_capacity(left.len());
    for (i, value) in left.iter().enumerate() {
        let (mut rest, mut place, mut stride) = (i, 0, 1);
        for (&n, &m) in a.dims.iter().zip(&b.dims).rev() {
            let n = usize::try_from(n).unwrap_or(1).max(1);
            if m != 1 {
                place += (rest % n) * stride;
                stride *= n;
            }
            rest /= n;
        }
        let factor = right.get(place).ok_or_else(|| {
            PrepareError::BadWeight(node.output.first().cloned().unwrap_or_default())
        })?;
        product.push(value * factor);
    }
    Ok(Some(TensorProto::floats("", &a.dims, &product)))
}

fn reshape(node: &NodeProto, weights: &Weights) -> Result<Option<TensorProto>, PrepareError> {
    let weight = |i: usize| node.input.get(i).and_then(|name| weights.get(name));
    let (Some(tensor), Some(shape)) = (weight(0), weight(1)) else { return Ok(None) };
    let bad = || PrepareError::BadWeight(node.output.first().cloned().unwrap_or_default());
    let values = tensor.as_floats().ok_or_else(bad)?;
    let wanted: Vec<i64> = match &shape.raw_data {
        Some(raw) if !raw.is_empty() => raw
            .chunks_exact(8)
            .map(|b| i64::from_le_bytes([b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7]]))
            .collect(),
        _ => shape.int64_data.clone(),
    };
    let mut dims = wanted;
    for (i, dim) in dims.iter_mut().enumerate() {
        if *dim == 0 {
            *dim = tensor.dims.get(i).copied().ok_or_else(bad)?;
        }
    }
    let known: i64 = dims.iter().filter(|&&d| d >= 0).product();
    if let Some(free) = dims.iter_mut().find(|d| **d < 0) {
        *free = (values.len() as i64).checked_div(known).ok_or_else(bad)?;
    }
    if dims.iter().product::<i64>() != values.len() as i64 {
        return Err(bad());
    }
    Ok(Some(TensorProto::floats("", &dims, &values)))
}

/// `conv(x) * gain + shift` per output channel becomes a convolution with
/// scaled weights and a bias; gain = scale / sqrt(variance + epsilon).
pub(super) fn fold_batch_norm(graph: &mut GraphProto) -> Result<(), PrepareError> {
    let mut weights = take_weights(graph);
    let mut users: BTreeMap<String, usize> = BTreeMap::new();
    for name in graph.node.iter().flat_map(|n| &n.input) {
        *users.entry(name.clone()).or_default() += 1;
    }
    for name in graph.output.iter().filter_map(|o| o.name.as_ref()) {
        *users.entry(name.clone()).or_default() += 1;
    }
    let nodes = std::mem::take(&mut graph.node);
    let mut kept: Vec<NodeProto> = Vec::with_capacity(nodes.len());
    let mut maker: BTreeMap<String, usize> = BTreeMap::new();
    for node in nodes {
        let conv = (node.op() == "BatchNormalization")
            .then(|| node.input.first())
            .flatten()
            .filter(|input| users.get(*input) == Some(&1))
            .and_then(|input| maker.get(input).copied())
            .filter(|&i| kept[i].op() == "Conv");
        if let Some(i) = conv
            && fold_into(&mut kept[i], &node, &users, &mut weights)?
        {
            if let Some(output) = kept[i].output.first() {
                maker.insert(output.clone(), i);
            }
            continue;
        }
        for output in &node.output {
            maker.insert(output.clone(), kept.len());
        }
        kept.push(node);
    }
    graph.node = kept;
    put_weights(graph, weights);
    Ok(())
}

/// Whether `norm` could be folded into `conv`.
fn fold_into(
    conv: &mut NodeProto,
    norm: &NodeProto,
    users: &BTreeMap<String, usize>,
    weights: &mut Weights,
) -> Result<bool, PrepareError> {
    let Some(kernel_name) = conv.input.get(1).cloned() else { return Ok(false) };
    if users.get(&kernel_name) != Some(&1) {
        return Ok(false);
    }
    let bad = || PrepareError::BadWeight(kernel_name.clone());
    let floats = |i: usize| {
        norm.input.get(i).and_then(|name| weights.get(name)).and_then(TensorProto::as_floats)
    };
    let (Some(scale), Some(offset), Some(mean), Some(variance)) =
        (floats(1), floats(2), floats(3), floats(4))
    else {
        return Ok(false);
    };
    let Some(kernel) = weights.get(&kernel_name) else { return Ok(false) };
    let dims = kernel.dims.clone();
    let mut values = kernel.as_floats().ok_or_else(bad)?;
    let channels = dims.first().and_then(|&d| usize::try_from(d).ok()).unwrap_or(0);
    if channels == 0 || [&scale, &offset, &mean, &variance].iter().any(|v| v.len() != channels) {
        return Err(bad());
    }
    let bias = match conv.input.get(2) {
        Some(name) => weights.get(name).and_then(TensorProto::as_floats).ok_or_else(bad)?,
        None => vec![0.0; channels],
    };
    if bias.len() != channels {
        return Err(bad());
    }
    let epsilon = f64::from(norm.float("epsilon", 1e-5));
    let gains: Vec<f64> = scale
        .iter()
        .zip(&variance)
        .map(|(s, v)| f64::from(*s) / (f64::from(*v) + epsilon).sqrt())
        .collect();
    let per_channel = values.len() / channels;
    for (channel, gain) in values.chunks_exact_mut(per_channel.max(1)).zip(&gains) {
        for value in channel {
            *value = (f64::from(*value) * gain) as f32;
        }
    }
    let bias: Vec<f32> = (0..channels)
        .map(|c| {
            ((f64::from(bias[c]) - f64::from(mean[c])) * gains[c] + f64::from(offset[c])) as f32
        })
        .collect();
    let bias_name = format!("{kernel_name}.bias");
    weights.insert(kernel_name.clone(), TensorProto::floats(&kernel_name, &dims, &values));
    weights.insert(bias_name.clone(), TensorProto::floats(&bias_name, &[channels as i64], &bias));
    conv.input.truncate(2);
    conv.input.push(bias_name);
    conv.output.clone_from(&norm.output);
    conv.output.truncate(1);
    Ok(true)
}

pub(super) fn free_size(graph: &mut GraphProto) -> Result<(), PrepareError> {
    let free = |info: &mut super::proto::ValueInfo, from: usize, stem: &str| {
        let shape = info.kind.as_mut().and_then(|k| k.tensor.as_mut()?.shape.as_mut())?;
        for (i, dim) in shape.dim.iter_mut().enumerate().skip(from) {
            dim.dim_value = None;
            dim.dim_param = Some(format!("{stem}{i}"));
        }
        Some(())
    };
    graph.value_info.clear();
    for input in &mut graph.input {
        free(input, 2, "in").ok_or(PrepareError::Unsupported("an input without a shape"))?;
    }
    for (k, output) in graph.output.iter_mut().enumerate() {
        // Only the number of cells depends on the size; the last dimension
        // holds the values of a cell.
        let shape = output.kind.as_mut().and_then(|t| t.tensor.as_mut()?.shape.as_mut());
        if let Some(dim) = shape.and_then(|s| s.dim.get_mut(1)) {
            dim.dim_value = None;
            dim.dim_param = Some(format!("cells{k}"));
        }
    }
    Ok(())
}

pub(super) fn take_weights(graph: &mut GraphProto) -> Weights {
    std::mem::take(&mut graph.initializer)
        .into_iter()
        .filter_map(|t| t.name.clone().map(|name| (name, t)))
        .collect()
}

/// Puts back the weights that a node or an output still uses.
pub(super) fn put_weights(graph: &mut GraphProto, weights: Weights) {
    let used: BTreeSet<&String> = graph
        .node
        .iter()
        .flat_map(|n| &n.input)
        .chain(graph.output.iter().filter_map(|o| o.name.as_ref()))
        .collect();
    let kept: Vec<TensorProto> =
        weights.into_iter().filter(|(name, _)| used.contains(name)).map(|(_, t)| t).collect();
    graph.initializer = kept;
}
