//! The parts of the TensorFlow Lite format that are read here, with the numbers of its
//! `schema.fbs` (version 3).

use super::flatbuffer::{Malformed, Table};

/// A network with one graph, as its file has it: channels last.
pub(super) struct Network<'b> {
    pub(super) tensors: Vec<Tensor<'b>>,
    pub(super) inputs: Vec<usize>,
    pub(super) outputs: Vec<usize>,
    pub(super) operators: Vec<Operator<'b>>,
}

/// A value: a constant if it has data.
pub(super) struct Tensor<'b> {
    /// Lengths; rows, columns, channels in the last places.
    pub(super) shape: Vec<usize>,
    pub(super) kind: Kind,
    pub(super) data: &'b [u8],
    pub(super) name: &'b [u8],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Float32,
    Int32,
    Other,
}

/// One step of the computation.
pub(super) struct Operator<'b> {
    pub(super) code: i32,
    /// Numbers of tensors; a negative one is left out.
    pub(super) inputs: Vec<i32>,
    pub(super) outputs: Vec<i32>,
    pub(super) options: Option<Table<'b>>,
}

/// Numbers of the operators that are known here.
pub(super) mod code {
    pub(crate) const ADD: i32 = 0;
    pub(crate) const CONV_2D: i32 = 3;
    pub(crate) const DEPTHWISE_CONV_2D: i32 = 4;
    pub(crate) const MAX_POOL_2D: i32 = 17;
    pub(crate) const PAD: i32 = 34;
    pub(crate) const PRELU: i32 = 54;
}

/// What a file of this format carries behind its first reference.
const IDENTIFIER: [u8; 4] = *b"TFL3";

impl<'b> Network<'b> {
    /// Reads a file; `None` for one with several graphs.
    pub(super) fn read(bytes: &'b [u8]) -> Result<Option<Self>, Malformed> {
        let model = Table::root(bytes, IDENTIFIER)?;
        let codes = model.tables(1)?.iter().map(operator_code).collect::<Result<Vec<_>, _>>()?;
        let graphs = model.tables(2)?;
        let [graph] = graphs.as_slice() else { return Ok(None) };
        let buffers = model.tables(4)?;
        let tensor = |table: &Table<'b>| -> Result<Tensor<'b>, Malformed> {
            let shape = table.ints(0)?.into_iter().map(|n| usize::try_from(n).ok());
            let kind = match table.byte(1)? {
                0 => Kind::Float32,
                2 => Kind::Int32,
                _ => Kind::Other,
            };
            let buffer = buffers.get(table.index(2)?).ok_or(Malformed)?;
            let shape = shape.collect::<Option<Vec<_>>>().ok_or(Malformed)?;
            Ok(Tensor { shape, kind, data: buffer.bytes(0)?, name: table.bytes(3)? })
        };
        let operator = |table: &Table<'b>| -> Result<Operator<'b>, Malformed> {
            let code = *codes.get(table.index(0)?).ok_or(Malformed)?;
            let (inputs, outputs) = (table.ints(1)?, table.ints(2)?);
            Ok(Operator { code, inputs, outputs, options: table.table(4)? })
        };
        let places = |numbers: Vec<i32>| {
            let places = numbers.into_iter().map(|n| usize::try_from(n).ok());
            places.collect::<Option<Vec<_>>>().ok_or(Malformed)
        };
        Ok(Some(Self {
            tensors: graph.tables(0)?.iter().map(tensor).collect::<Result<_, _>>()?,
            inputs: places(graph.ints(1)?)?,
            outputs: places(graph.ints(2)?)?,
            operators: graph.tables(3)?.iter().map(operator).collect::<Result<_, _>>()?,
        }))
    }
}

/// Newer files have the number in a field that has room for more than 127.
fn operator_code(table: &Table<'_>) -> Result<i32, Malformed> {
    Ok(table.int(3, 0)?.max(i32::from(table.byte(0)?)))
}
