//! One trace a call: monitoring row, operation log, fee, usage.
