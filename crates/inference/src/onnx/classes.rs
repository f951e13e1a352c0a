//! Cutting a text recogniser to the classes that are asked of it.

use super::PrepareError;
use super::fold::{put_weights, take_weights};
use super::proto::{GraphProto, NodeProto, StringPair, TensorProto};

/// Whether a dictionary entry stays: letters of Latin, Greek and Cyrillic
/// script, digits, signs, and what recognisers write for symbols of a
/// machine-readable zone (full-width forms, brackets, three Han and Kana look-alikes).
fn stays(entry: &str) -> bool {
    entry.chars().all(|c| {
        matches!(c,
            '\0'..='\u{24f}' | '\u{370}'..='\u{4ff}' | '\u{1e00}'..='\u{1eff}'
            | '\u{2000}'..='\u{22ff}' | '\u{3000}'..='\u{3020}' | '\u{ff01}'..='\u{ff5e}'
            | '○' | '⟨' | 'く' | '丨' | '﹤' | '￥')
    })
}

/// Cuts the last linear layer, whose outputs are the blank, the entries of the
/// `character` list in order, and the space; and the list itself.
pub(super) fn cut(graph: &mut GraphProto, metadata: &mut [StringPair]) -> Result<(), PrepareError> {
    const UNLIKE: PrepareError =
        PrepareError::Unsupported("another output layer than a recogniser's");
    let list = metadata
        .iter_mut()
        .find(|p| p.key.as_deref() == Some("character"))
        .and_then(|p| p.value.as_mut())
        .ok_or(PrepareError::Unsupported("no `character` list"))?;
    let entries: Vec<&str> = list.lines().collect();
    let classes = entries.len() + 2;
    let mut kept = vec![0];
    kept.extend(entries.iter().enumerate().filter(|(_, e)| stays(e)).map(|(i, _)| i + 1));
    kept.push(classes - 1);

    let maker = |nodes: &[NodeProto], value: &str, op: &str| {
        nodes.iter().find(|n| n.output.first().is_some_and(|o| o == value) && n.op() == op).cloned()
    };
    let output = graph.output.first().and_then(|o| o.name.clone()).ok_or(UNLIKE)?;
    let input_of = |node: &NodeProto| node.input.first().cloned().unwrap_or_default();
    let softmax = maker(&graph.node, &output, "Softmax").ok_or(UNLIKE)?;
    let add = maker(&graph.node, &input_of(&softmax), "Add").ok_or(UNLIKE)?;
    let matmul = maker(&graph.node, &input_of(&add), "MatMul").ok_or(UNLIKE)?;
    let mut weights = take_weights(graph);
    for name in [add.input.get(1), matmul.input.get(1)] {
        let name = name.ok_or(UNLIKE)?;
        let tensor = weights.get(name).ok_or(UNLIKE)?;
        let values = tensor.as_floats().ok_or(UNLIKE)?;
        if tensor.dims.last() != Some(&(classes as i64)) {
            return Err(UNLIKE);
        }
        let cut: Vec<f32> = values
            .chunks_exact(classes)
            .flat_map(|row| kept.iter().filter_map(|&class| row.get(class).copied()))
            .collect();
        let mut dims = tensor.dims.clone();
        if let Some(last) = dims.last_mut() {
            *last = kept.len() as i64;
        }
        weights.insert(name.clone(), TensorProto::floats(name, &dims, &cut));
    }
    put_weights(graph, weights);
    graph.value_info.clear();
    let shape = graph.output.first_mut().and_then(|o| o.kind.as_mut()?.tensor.as_mut());
    if let Some(shape) = shape.and_then(|tensor| tensor.shape.as_mut())
        && let Some(last) = shape.dim.last_mut()
    {
        last.dim_value = Some(kept.len() as i64);
        last.dim_param = None;
    }
    let remaining: Vec<&str> = entries.into_iter().filter(|e| stays(e)).collect();
    let mut text = remaining.join("\n");
    text.push('\n');
    *list = text;
    Ok(())
}
