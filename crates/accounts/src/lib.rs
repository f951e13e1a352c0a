//! Tenants, applications, keys, users, quotas and templates.
