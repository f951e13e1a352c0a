//! Tests through the real router over real stores.

mod camera;
mod codes;
mod configuration;
mod consents;
mod device;
mod document;
mod filmed;
mod grants;
mod house;
mod idempotency;
mod life;
mod listings;
mod liveness;
mod matrix;
mod obligations;
mod policy;
mod receipts;
mod recordings;
mod refusals;
mod risk;
mod risk_sets;
mod shapes;
mod store;
mod subjects;
mod tenancy;
mod traced;
