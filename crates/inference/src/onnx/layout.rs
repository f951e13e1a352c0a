//! Exact rewrites that let a runtime keep its fast blocked memory layout from
//! the first convolution to the last. Figures: `docs/decisions/0001-inference.md`.

use std::collections::BTreeMap;

use super::PrepareError;
use super::fold::{Weights, put_weights, take_weights};
use super::proto::{Attribute, GraphProto, NodeProto, TensorProto};

/// Below this a weight adds nothing to a 32-bit sum of pixel-sized values, but
/// its products with activations are denormal numbers, which cost a processor
/// about a hundred times as long.
const TINY: f32 = 1e-12;

/// Channels that the blocked layouts of AVX-512 process together.
const BLOCK: usize = 16;

pub(super) fn zero_tiny(graph: &mut GraphProto) {
    for tensor in &mut graph.initializer {
        let Some(values) = tensor.as_floats() else { continue };
        if values.iter().any(|v| *v != 0.0 && v.abs() < TINY) {
            let cleaned: Vec<f32> =
                values.into_iter().map(|v| if v.abs() < TINY { 0.0 } else { v }).collect();
            *tensor =
                TensorProto::floats(tensor.name.as_deref().unwrap_or(""), &tensor.dims, &cleaned);
        }
    }
}

/// Indices of the nodes that use each value.
fn users(nodes: &[NodeProto]) -> BTreeMap<String, Vec<usize>> {
    let mut users: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (i, node) in nodes.iter().enumerate() {
        for input in &node.input {
            users.entry(input.clone()).or_default().push(i);
        }
    }
    users
}

fn bad(name: &str) -> PrepareError {
    PrepareError::BadWeight(name.to_owned())
}

/// A 32-bit weight with its dimensions.
struct Weight {
    dims: Vec<usize>,
    values: Vec<f32>,
}

impl Weight {
    fn get(weights: &Weights, name: &str) -> Result<Self, PrepareError> {
        let tensor = weights.get(name).ok_or_else(|| bad(name))?;
        let dims = tensor.dims.iter().map(|&d| usize::try_from(d).unwrap_or(0)).collect();
        Ok(Self { dims, values: tensor.as_floats().ok_or_else(|| bad(name))? })
    }

    fn put(self, weights: &mut Weights, name: &str) {
        let dims: Vec<i64> = self.dims.iter().map(|&d| d as i64).collect();
        weights.insert(name.to_owned(), TensorProto::floats(name, &dims, &self.values));
    }

    /// `count` zero entries appended along `axis`.
    fn padded(self, axis: usize, count: usize) -> Self {
        let inner: usize = self.dims.iter().skip(axis + 1).product();
        let length = self.dims.get(axis).copied().unwrap_or(1);
        let mut values = Vec::new();
        for outer in self.values.chunks((length * inner).max(1)) {
            values.extend_from_slice(outer);
            values.resize(values.len() + count * inner, 0.0);
        }
        let mut dims = self.dims;
        if let Some(d) = dims.get_mut(axis) {
            *d += count;
        }
        Self { dims, values }
    }

    /// Each slice along the first axis times its factor.
    fn scaled_rows(&self, factors: impl Iterator<Item = f32>) -> Self {
        let row = self.dims.iter().skip(1).product::<usize>().max(1);
        let values = self
            .values
            .chunks(row)
            .zip(factors)
            .flat_map(|(chunk, factor)| chunk.iter().map(move |v| v * factor))
            .collect();
        Self { dims: self.dims.clone(), values }
    }
}

/// Whether a convolution filters each channel by itself: `[C, 1, k, k]`.
fn is_depthwise(node: &NodeProto, weights: &Weights) -> bool {
    node.op() == "Conv"
        && node.input.get(1).and_then(|name| weights.get(name)).is_some_and(|w| {
            w.dims.get(1) == Some(&1) && w.dims.first() == Some(&node.int("group", 1))
        })
}

/// Appends channels that are always zero where an ordinary convolution makes a
/// number of channels that does not fill the blocks, along the chain of PReLU
/// and depthwise convolutions to the ordinary convolution that consumes them.
pub(super) fn pad_channels(graph: &mut GraphProto) -> Result<(), PrepareError> {
    let mut weights = take_weights(graph);
    let users = users(&graph.node);
    for first in 0..graph.node.len() {
        let Some(chain) = padding_chain(&graph.node, first, &users, &weights) else { continue };
        let producer = graph.node[first].clone();
        let kernel_name = producer.input.get(1).cloned().unwrap_or_default();
        let kernel = Weight::get(&weights, &kernel_name)?;
        let channels = kernel.dims.first().copied().unwrap_or(0);
        let count = channels.next_multiple_of(BLOCK) - channels;
        kernel.padded(0, count).put(&mut weights, &kernel_name);
        if let Some(bias) = producer.input.get(2) {
            Weight::get(&weights, bias)?.padded(0, count).put(&mut weights, bias);
        }
        let Some((&last, between)) = chain.split_last() else { continue };
        for &i in between {
            for name in graph.node[i].input.clone().iter().skip(1) {
                Weight::get(&weights, name)?.padded(0, count).put(&mut weights, name);
            }
            if graph.node[i].op() == "Conv" {
                set_int(&mut graph.node[i], "group", (channels + count) as i64);
            }
        }
        let consumer = graph.node[last].input.get(1).cloned().unwrap_or_default();
        Weight::get(&weights, &consumer)?.padded(1, count).put(&mut weights, &consumer);
    }
    put_weights(graph, weights);
    Ok(())
}

/// The nodes behind an ordinary convolution whose channels may be padded, the
/// consuming convolution last; `None` where that is not possible or not needed.
fn padding_chain(
    nodes: &[NodeProto],
    first: usize,
    users: &BTreeMap<String, Vec<usize>>,
    weights: &Weights,
) -> Option<Vec<usize>> {
    let producer = nodes.get(first)?;
    if producer.op() != "Conv" || is_depthwise(producer, weights) || producer.int("group", 1) != 1 {
        return None;
    }
    let single = |name: &String| users.get(name).is_some_and(|u| u.len() == 1);
    let channels = weights.get(producer.input.get(1)?)?.dims.first().copied()?;
    if usize::try_from(channels).ok()? % BLOCK == 0 || !producer.input.iter().skip(1).all(single) {
        return None;
    }
    let mut chain = Vec::new();
    let mut value = producer.output.first()?;
    loop {
        let [next] = users.get(value)?.as_slice() else { return None };
        let node = nodes.get(*next)?;
        if node.input.first() != Some(value) || !node.input.iter().skip(1).all(single) {
            return None;
        }
        chain.push(*next);
        let slopes = || weights.get(node.input.get(1)?).and_then(|w| w.dims.first().copied());
        match node.op() {
            "PRelu" if slopes() == Some(channels) => value = node.output.first()?,
            "Conv" if is_depthwise(node, weights) => value = node.output.first()?,
            "Conv" if node.int("group", 1) == 1 => return Some(chain),
            _ => return None,
        }
    }
}

fn set_int(node: &mut NodeProto, name: &str, value: i64) {
    if let Some(attribute) = node.attribute.iter_mut().find(|a| a.name.as_deref() == Some(name)) {
        attribute.i = Some(value);
    }
}

/// `PReLU(y) = a*y + (1-a)*ReLU(y)`, written with convolutions, ReLU and Add
/// only. Before a depthwise convolution the factors go into its weights;
/// elsewhere two 1x1 depthwise convolutions carry them.
pub(super) fn split_prelu(graph: &mut GraphProto) -> Result<(), PrepareError> {
    let weights = take_weights(graph);
    let users = users(&graph.node);
    let mut split = Splitter { weights, nodes: Vec::new(), count: 0 };
    let nodes = std::mem::take(&mut graph.node);
    // Output of a PReLU that goes into the next depthwise convolution: what it
    // was made of.
    let mut pending: BTreeMap<String, (String, String, Vec<f32>)> = BTreeMap::new();
    for node in &nodes {
        if let Some((y, relu, slopes)) = node.input.first().and_then(|input| pending.remove(input))
        {
            split.depthwise(node, &y, &relu, &slopes)?;
            continue;
        }
        let (Some(y), Some(slope_name), Some(output)) =
            (node.input.first(), node.input.get(1), node.output.first())
        else {
            split.nodes.push(node.clone());
            continue;
        };
        let channels = channels_of(&nodes, y, &split.weights);
        let (true, Some(channels)) = (node.op() == "PRelu", channels) else {
            split.nodes.push(node.clone());
            continue;
        };
        let mut slopes = Weight::get(&split.weights, slope_name)?.values;
        if slopes.len() == 1 {
            slopes = slopes.repeat(channels);
        }
        if slopes.len() != channels {
            return Err(bad(slope_name));
        }
        let relu = split.add("Relu", &[y], None);
        match users.get(output).map(Vec::as_slice) {
            Some([next]) if nodes.get(*next).is_some_and(|n| is_depthwise(n, &split.weights)) => {
                pending.insert(output.clone(), (y.clone(), relu, slopes));
            }
            _ => {
                let rest = split.scale(&relu, slopes.iter().map(|a| 1.0 - a).collect());
                let share = split.scale(y, slopes);
                split.add("Add", &[&rest, &share], Some(output));
            }
        }
    }
    graph.node = split.nodes;
    put_weights(graph, split.weights);
    Ok(())
}

/// Channels of the value `name`, if a convolution makes it.
fn channels_of(nodes: &[NodeProto], name: &str, weights: &Weights) -> Option<usize> {
    let maker = nodes.iter().find(|n| n.output.first().is_some_and(|o| o == name))?;
    if maker.op() != "Conv" {
        return None;
    }
    usize::try_from(*weights.get(maker.input.get(1)?)?.dims.first()?).ok()
}

struct Splitter {
    weights: Weights,
    nodes: Vec<NodeProto>,
    count: usize,
}

impl Splitter {
    fn fresh(&mut self, stem: &str) -> String {
        self.count += 1;
        format!("split.{stem}.{}", self.count)
    }

    /// A node without attributes; gives the name of its output.
    fn add(&mut self, op: &str, inputs: &[&str], output: Option<&str>) -> String {
        let output = output.map_or_else(|| self.fresh("value"), str::to_owned);
        self.nodes.push(NodeProto {
            input: inputs.iter().map(|&i| i.to_owned()).collect(),
            output: vec![output.clone()],
            op_type: Some(op.to_owned()),
            ..NodeProto::default()
        });
        output
    }

    /// A convolution with a new kernel and the attributes given.
    fn conv(
        &mut self,
        input: &str,
        kernel: Weight,
        bias: Option<&String>,
        attributes: &[Attribute],
    ) -> String {
        let kernel_name = self.fresh("weight");
        kernel.put(&mut self.weights, &kernel_name);
        let output = self.fresh("value");
        let mut inputs = vec![input.to_owned(), kernel_name];
        inputs.extend(bias.cloned());
        self.nodes.push(NodeProto {
            input: inputs,
            output: vec![output.clone()],
            op_type: Some("Conv".to_owned()),
            attribute: attributes.to_vec(),
            ..NodeProto::default()
        });
        output
    }

    /// Each channel times its factor, as a 1x1 depthwise convolution.
    fn scale(&mut self, input: &str, factors: Vec<f32>) -> String {
        let channels = factors.len();
        let attributes = [
            Attribute::int("group", channels as i64),
            Attribute::ints("kernel_shape", &[1, 1]),
            Attribute::ints("pads", &[0, 0, 0, 0]),
            Attribute::ints("strides", &[1, 1]),
        ];
        let kernel = Weight { dims: vec![channels, 1, 1, 1], values: factors };
        self.conv(input, kernel, None, &attributes)
    }

    /// The depthwise convolution `node` of `a*y + (1-a)*relu`.
    fn depthwise(
        &mut self,
        node: &NodeProto,
        y: &str,
        relu: &str,
        slopes: &[f32],
    ) -> Result<(), PrepareError> {
        let kernel_name = node.input.get(1).map(String::as_str).unwrap_or_default();
        let kernel = Weight::get(&self.weights, kernel_name)?;
        if kernel.dims.first() != Some(&slopes.len()) {
            return Err(bad(kernel_name));
        }
        let rest = kernel.scaled_rows(slopes.iter().map(|a| 1.0 - a));
        let share = kernel.scaled_rows(slopes.iter().copied());
        let rest = self.conv(relu, rest, node.input.get(2), &node.attribute);
        let share = self.conv(y, share, None, &node.attribute);
        self.add("Add", &[&rest, &share], node.output.first().map(String::as_str));
        Ok(())
    }
}
