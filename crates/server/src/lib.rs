//! TLS, HTTP, admission, health, metrics, mounting of the dialects.
