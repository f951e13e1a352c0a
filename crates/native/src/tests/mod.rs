//! Tests through the real router over real stores.

mod codes;
mod consents;
mod device;
mod document;
mod grants;
mod house;
mod idempotency;
mod listings;
mod matrix;
mod obligations;
mod policy;
mod receipts;
mod refusals;
mod shapes;
mod store;
mod subjects;
mod traced;
