//! Bytes to upright pictures, and the geometry and pixel work that the vision
//! rooms share.

pub mod geometry;
mod picture;
mod resize;
pub mod tensor;
mod warp;

pub use geometry::{Affine, Homography, Point, Quad, Rect};
pub use picture::{Luma, Picture, PictureError, QuarterTurn};
pub use resize::resize;
pub use warp::{Border, warp_affine, warp_perspective};
