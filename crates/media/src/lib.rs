//! Bytes to upright pictures, videos to frames, and the geometry and pixel work that the vision
//! rooms share.

mod decode;
mod encode;
pub mod geometry;
mod picture;
mod resize;
pub mod tensor;
pub mod video;
mod warp;
pub mod worker;

pub use decode::{
    ColourModel, DecodeError, Decoded, Decoder, Format, InProcess, Limits, SourceFacts,
};
pub use encode::{EncodeError, encode_jpeg, encode_png};
pub use geometry::{Affine, Homography, Point, Quad, Rect};
pub use picture::{Luma, Picture, PictureError, QuarterTurn};
pub use resize::resize;
pub use warp::{Border, warp_affine, warp_affine_smooth, warp_perspective, warp_quad};
