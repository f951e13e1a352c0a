//! A decoded frame: three planes of whole blocks.

/// A plane, its sides whole blocks.
#[derive(Clone)]
pub(super) struct Plane {
    pub(super) stride: usize,
    pub(super) height: usize,
    pub(super) bytes: Vec<u8>,
}

impl Plane {
    fn new(stride: usize, height: usize) -> Self {
        Self { stride, height, bytes: vec![0; stride * height] }
    }

    /// Where a pixel is.
    pub(super) fn at(&self, x: usize, y: usize) -> usize {
        y * self.stride + x
    }
}

/// Brightness and both colour differences.
#[derive(Clone)]
pub(super) struct Frame {
    pub(super) planes: [Plane; 3],
}

impl Frame {
    /// Of so many blocks across and down.
    pub(super) fn new(across: usize, down: usize) -> Self {
        let colour = || Plane::new(across * 8, down * 8);
        Self { planes: [Plane::new(across * 16, down * 16), colour(), colour()] }
    }
}
