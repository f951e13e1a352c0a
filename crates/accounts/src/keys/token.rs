//! The bearer token, and the hash it is known by.
