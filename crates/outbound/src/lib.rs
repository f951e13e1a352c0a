//! The only HTTP client: registered destinations, an address guard, time-outs, signed webhooks.
