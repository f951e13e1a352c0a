//! A TensorFlow Lite file as the ONNX model that computes the same.
//!
//! Channels, last there, come second here, in every value and weight, so that nothing
//! is transposed at run time; a network's input and outputs change their layout with
//! it. Only what convolutional networks of 32-bit floats consist of is known; anything
//! else is refused by name.

mod flatbuffer;
mod schema;
#[cfg(test)]
mod tests;

use crate::onnx::PrepareError;
use crate::onnx::proto::{
    Attribute, Dimension, GraphProto, ModelProto, NodeProto, OperatorSet, Shape, TensorProto,
    TensorType, TypeProto, ValueInfo, data_type,
};

use flatbuffer::{Malformed, Table};
use schema::{Kind, Network, Operator, Tensor, code};

/// A value has no more dimensions, and none is longer.
const DIMENSIONS: usize = 4;
const LONGEST: usize = 1 << 20;
/// A network has no more operators: each may read all of the file's weights.
const OPERATORS_MOST: usize = 1_000;
/// The name of an input or output is no longer.
const LONGEST_NAME: usize = 100;
/// The ONNX version whose operators are written: the first in which `Pad` takes its
/// widths as a value was 11, and every runtime has 13.
const OPERATORS: i64 = 13;
const FORMAT: i64 = 7;

impl From<Malformed> for PrepareError {
    fn from(_: Malformed) -> Self {
        Self::NotTflite
    }
}

/// The same network as an ONNX model with its channels second.
pub(crate) fn to_onnx(bytes: &[u8]) -> Result<ModelProto, PrepareError> {
    let network = Network::read(bytes)?.ok_or(PrepareError::Unsupported("several graphs"))?;
    // What several tensors share would be written several times: a short file could
    // become a long one.
    let data: usize = network.tensors.iter().map(|tensor| tensor.data.len()).sum();
    if data > bytes.len() {
        return Err(PrepareError::Unsupported("weights that share bytes"));
    }
    if network.operators.len() > OPERATORS_MOST {
        return Err(PrepareError::Unsupported("a thousand operators"));
    }
    let mut writer = Writer { network: &network, weights: Vec::new(), nodes: Vec::new() };
    for operator in &network.operators {
        writer.operator(operator)?;
    }
    let value = |at: &usize| writer.value_info(*at);
    let graph = GraphProto {
        name: Some("network".to_owned()),
        input: network.inputs.iter().map(value).collect::<Result<_, _>>()?,
        output: network.outputs.iter().map(value).collect::<Result<_, _>>()?,
        node: writer.nodes,
        initializer: writer.weights,
        value_info: Vec::new(),
    };
    let version = OperatorSet { domain: Some(String::new()), version: Some(OPERATORS) };
    Ok(ModelProto {
        ir_version: Some(FORMAT),
        opset_import: vec![version],
        graph: Some(graph),
        ..ModelProto::default()
    })
}

/// Writes the nodes one after another.
struct Writer<'n, 'b> {
    network: &'n Network<'b>,
    weights: Vec<TensorProto>,
    nodes: Vec<NodeProto>,
}

/// Rows and columns, channels, and what a window does along both.
struct Window {
    kernel: [usize; 2],
    stride: [usize; 2],
    dilation: [usize; 2],
    pads: [i64; 4],
}

impl<'b> Writer<'_, 'b> {
    fn operator(&mut self, operator: &Operator<'b>) -> Result<(), PrepareError> {
        match operator.code {
            code::ADD => self.add(operator),
            code::CONV_2D => self.convolution(operator, false),
            code::DEPTHWISE_CONV_2D => self.convolution(operator, true),
            code::MAX_POOL_2D => self.max_pool(operator),
            code::PAD => self.pad(operator),
            code::PRELU => self.prelu(operator),
            _ => Err(PrepareError::Unsupported("an operator that is not known here")),
        }
    }

    /// Two values, element by element.
    fn add(&mut self, operator: &Operator<'b>) -> Result<(), PrepareError> {
        let (a, b) = (self.computed(operator, 0)?, self.computed(operator, 1)?);
        if self.tensor(a)?.shape != self.tensor(b)?.shape {
            return Err(PrepareError::Unsupported("a sum of values of different shape"));
        }
        let inputs = vec![self.name(a)?, self.name(b)?];
        let fused = operator.options.map_or(Ok(0), |options| options.byte(0))?;
        self.node("Add", inputs, vec![], self.output(operator)?, fused)
    }

    /// A convolution, of all channels or of each by itself.
    fn convolution(&mut self, operator: &Operator<'b>, each: bool) -> Result<(), PrepareError> {
        let options = operator.options.ok_or(PrepareError::NotTflite)?;
        let (from, kernel) = (self.computed(operator, 0)?, self.place(operator, 1)?);
        let to = self.output(operator)?;
        let (weights, shape) = self.floats(kernel)?;
        let [first, rows, columns, last] = four(&shape)?;
        let [_, _, _, channels] = four(&self.tensor(from)?.shape)?;
        // Field numbers differ by the multiplier, which the weights tell as well.
        let (fused, dilation) = if each { (4, 5) } else { (3, 4) };
        let window = self.window(&options, (from, to), [rows, columns], dilation)?;
        let name = format!("w{kernel}");
        let bad = || PrepareError::BadWeight(name.clone());
        let (group, dims, made) = if each {
            if first != 1 || channels == 0 || last % channels != 0 {
                return Err(bad());
            }
            (channels, [last, 1, rows, columns], last)
        } else {
            if last != channels {
                return Err(bad());
            }
            (1, [first, last, rows, columns], first)
        };
        // From [out, rows, columns, in], or [1, rows, columns, out], to [out, in, rows,
        // columns].
        let area = rows * columns;
        let mut turned = Vec::with_capacity(weights.len());
        for out in 0..made {
            for inner in 0..dims[1] {
                for at in 0..area {
                    let from =
                        if each { at * last + out } else { (out * area + at) * last + inner };
                    turned.push(*weights.get(from).ok_or_else(bad)?);
                }
            }
        }
        let mut inputs = vec![self.name(from)?, self.keep(&name, &dims, &turned)];
        if let Some(bias) = operator.inputs.get(2).filter(|at| **at >= 0) {
            let bias = usize::try_from(*bias).map_err(|_| PrepareError::NotTflite)?;
            let (values, _) = self.floats(bias)?;
            if values.len() != made {
                return Err(bad());
            }
            inputs.push(self.keep(&format!("w{bias}"), &[made], &values));
        }
        let mut attributes = window.attributes();
        attributes.push(Attribute::int("group", group as i64));
        attributes.push(Attribute::ints("dilations", &window.dilation.map(|n| n as i64)));
        self.node("Conv", inputs, attributes, to, options.byte(fused)?)
    }

    /// The largest value of every window.
    fn max_pool(&mut self, operator: &Operator<'b>) -> Result<(), PrepareError> {
        let options = operator.options.ok_or(PrepareError::NotTflite)?;
        let (from, to) = (self.computed(operator, 0)?, self.output(operator)?);
        let kernel = [options.index(4)?, options.index(3)?];
        // Nothing is skipped within a window: the field does not exist.
        let window = self.window(&options, (from, to), kernel, usize::MAX)?;
        let inputs = vec![self.name(from)?];
        self.node("MaxPool", inputs, window.attributes(), to, options.byte(5)?)
    }

    /// Zeros around a value.
    fn pad(&mut self, operator: &Operator<'b>) -> Result<(), PrepareError> {
        let (from, widths) = (self.computed(operator, 0)?, self.place(operator, 1)?);
        let tensor = self.tensor(widths)?;
        let bytes = tensor.data.chunks_exact(4);
        let values: Vec<i64> = bytes
            .map(|b| i64::from(i32::from_le_bytes([b[0], b[1], b[2], b[3]])))
            .filter(|width| (0..LONGEST as i64).contains(width))
            .collect();
        let &[b0, b1, r0, r1, c0, c1, n0, n1] = values.as_slice() else {
            return Err(PrepareError::BadWeight(format!("w{widths}")));
        };
        if tensor.kind != Kind::Int32 {
            return Err(PrepareError::BadWeight(format!("w{widths}")));
        }
        let name = format!("w{widths}");
        let pads = [b0, n0, r0, c0, b1, n1, r1, c1];
        if !self.weights.iter().any(|kept| kept.name.as_deref() == Some(name.as_str())) {
            self.weights.push(TensorProto::integers(&name, &[8], &pads));
        }
        let inputs = vec![self.name(from)?, name];
        self.node("Pad", inputs, vec![], self.output(operator)?, 0)
    }

    /// A slope for each channel below zero.
    fn prelu(&mut self, operator: &Operator<'b>) -> Result<(), PrepareError> {
        let (from, slopes) = (self.computed(operator, 0)?, self.place(operator, 1)?);
        let (values, _) = self.floats(slopes)?;
        let [_, _, _, channels] = four(&self.tensor(from)?.shape)?;
        if values.len() != channels {
            return Err(PrepareError::Unsupported("slopes that differ from place to place"));
        }
        let kept = self.keep(&format!("w{slopes}"), &[channels, 1, 1], &values);
        let inputs = vec![self.name(from)?, kept];
        self.node("PRelu", inputs, vec![], self.output(operator)?, 0)
    }

    /// How a window moves from one value to the other; fields 0, 1 and 2 of all
    /// options are the kind of padding and the two strides.
    fn window(
        &self,
        options: &Table<'b>,
        (from, to): (usize, usize),
        kernel: [usize; 2],
        dilation: usize,
    ) -> Result<Window, PrepareError> {
        let stride = [options.index(2)?, options.index(1)?];
        let dilation = match dilation {
            usize::MAX => [1, 1],
            field => {
                let along =
                    |field: usize| usize::try_from(options.int(field, 1)?).map_err(|_| Malformed);
                [along(field + 1)?, along(field)?]
            }
        };
        let sane = |n: &usize| (1..=LONGEST).contains(n);
        if !stride.iter().chain(&kernel).chain(&dilation).all(sane) {
            return Err(PrepareError::NotTflite);
        }
        let [_, rows, columns, _] = four(&self.tensor(from)?.shape)?;
        let [_, rows_out, columns_out, _] = four(&self.tensor(to)?.shape)?;
        let (length, made) = ([rows, columns], [rows_out, columns_out]);
        let mut pads = [0; 4];
        match options.byte(0)? {
            // As much as the last window reaches over, the odd one behind.
            0 => {
                for axis in 0..2 {
                    let window = (kernel[axis] - 1) * dilation[axis] + 1;
                    let reach = made[axis].saturating_sub(1) * stride[axis] + window;
                    let lacking = reach.saturating_sub(length[axis]);
                    pads[axis] = (lacking / 2) as i64;
                    pads[axis + 2] = (lacking - lacking / 2) as i64;
                }
            }
            1 => {}
            _ => return Err(PrepareError::NotTflite),
        }
        Ok(Window { kernel, stride, dilation, pads })
    }

    /// Adds a node and, where the file fused one to it, its activation.
    fn node(
        &mut self,
        op: &str,
        inputs: Vec<String>,
        attribute: Vec<Attribute>,
        to: usize,
        fused: u8,
    ) -> Result<(), PrepareError> {
        let name = self.name(to)?;
        let made = match fused {
            0 => name.clone(),
            1 => format!("{name}.before"),
            _ => return Err(PrepareError::Unsupported("an activation that is not known here")),
        };
        let node = |op: &str, input, output, attribute| NodeProto {
            input,
            output: vec![output],
            op_type: Some(op.to_owned()),
            attribute,
            ..NodeProto::default()
        };
        self.nodes.push(node(op, inputs, made.clone(), attribute));
        if fused == 1 {
            self.nodes.push(node("Relu", vec![made], name, vec![]));
        }
        Ok(())
    }

    /// Keeps a weight once; gives its name.
    fn keep(&mut self, name: &str, dims: &[usize], values: &[f32]) -> String {
        if !self.weights.iter().any(|kept| kept.name.as_deref() == Some(name)) {
            let dims: Vec<i64> = dims.iter().map(|&n| n as i64).collect();
            self.weights.push(TensorProto::floats(name, &dims, values));
        }
        name.to_owned()
    }

    fn tensor(&self, at: usize) -> Result<&Tensor<'b>, PrepareError> {
        self.network.tensors.get(at).ok_or(PrepareError::NotTflite)
    }

    /// Which tensor an operator takes in this place.
    fn place(&self, operator: &Operator<'b>, input: usize) -> Result<usize, PrepareError> {
        let at = operator.inputs.get(input).and_then(|at| usize::try_from(*at).ok());
        at.filter(|at| *at < self.network.tensors.len()).ok_or(PrepareError::NotTflite)
    }

    /// As [`Writer::place`], for what is computed rather than stored.
    fn computed(&self, operator: &Operator<'b>, input: usize) -> Result<usize, PrepareError> {
        let at = self.place(operator, input)?;
        let tensor = self.tensor(at)?;
        if !tensor.data.is_empty() || tensor.kind != Kind::Float32 {
            return Err(PrepareError::Unsupported("operations on constants or whole numbers"));
        }
        four(&tensor.shape)?;
        Ok(at)
    }

    fn output(&self, operator: &Operator<'b>) -> Result<usize, PrepareError> {
        match operator.outputs.as_slice() {
            [at] => usize::try_from(*at)
                .ok()
                .filter(|at| *at < self.network.tensors.len())
                .ok_or(PrepareError::NotTflite),
            _ => Err(PrepareError::NotTflite),
        }
    }

    /// The values of a weight, and its lengths.
    fn floats(&self, at: usize) -> Result<(Vec<f32>, Vec<usize>), PrepareError> {
        let tensor = self.tensor(at)?;
        let count = tensor.shape.iter().try_fold(1usize, |n, &d| n.checked_mul(d));
        let whole = count.and_then(|n| n.checked_mul(4)) == Some(tensor.data.len());
        if tensor.kind != Kind::Float32 || !whole || tensor.shape.len() > DIMENSIONS {
            return Err(PrepareError::BadWeight(format!("w{at}")));
        }
        let values =
            tensor.data.chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]]));
        Ok((values.collect(), tensor.shape.clone()))
    }

    /// What a value is called: inputs and outputs as in the file, the rest by number.
    fn name(&self, at: usize) -> Result<String, PrepareError> {
        let open = self.network.inputs.contains(&at) || self.network.outputs.contains(&at);
        let tensor = self.tensor(at)?;
        let own = std::str::from_utf8(tensor.name).ok().filter(|_| open);
        match own.filter(|own| !own.is_empty() && own.len() <= LONGEST_NAME) {
            Some(own) => Ok(own.to_owned()),
            None => Ok(format!("v{at}")),
        }
    }

    fn value_info(&self, at: usize) -> Result<ValueInfo, PrepareError> {
        let [batch, rows, columns, channels] = four(&self.tensor(at)?.shape)?;
        let lengths = [batch, channels, rows, columns];
        let dim = |n: usize| Dimension { dim_value: Some(n as i64), dim_param: None };
        let shape = Shape { dim: lengths.map(dim).to_vec() };
        let tensor = TensorType { elem_type: Some(data_type::FLOAT), shape: Some(shape) };
        let kind = TypeProto { tensor: Some(tensor) };
        Ok(ValueInfo { name: Some(self.name(at)?), kind: Some(kind) })
    }
}

impl Window {
    fn attributes(&self) -> Vec<Attribute> {
        vec![
            Attribute::ints("kernel_shape", &self.kernel.map(|n| n as i64)),
            Attribute::ints("strides", &self.stride.map(|n| n as i64)),
            Attribute::ints("pads", &self.pads),
        ]
    }
}

/// The four lengths of a value.
fn four(shape: &[usize]) -> Result<[usize; 4], PrepareError> {
    let four: [usize; 4] = shape
        .try_into()
        .map_err(|_| PrepareError::Unsupported("values of other than four dimensions"))?;
    match four.iter().all(|n| (1..=LONGEST).contains(n)) {
        true => Ok(four),
        false => Err(PrepareError::NotTflite),
    }
}
