//! `tracing` spans of our own rooms become OpenTelemetry spans.

use std::time::Duration;

use opentelemetry::trace::{
    Span as _, SpanContext, SpanId, SpanKind, Status, TraceContextExt, TraceFlags, TraceId,
    TraceState, Tracer,
};
use opentelemetry::{Context as Parent, KeyValue};
use opentelemetry_sdk::trace::{SdkTracer, Span};
use tracing::Subscriber;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing_subscriber::layer::{Context, Layer};
use tracing_subscriber::registry::LookupSpan;

use crate::logs::{Fact, Fence};

/// Records spans.
pub(crate) struct Spans {
    tracer: SdkTracer,
    share: f64,
}

impl Spans {
    pub(super) fn new(tracer: SdkTracer, share: f64) -> Self {
        Self { tracer, share }
    }

    /// The span above a new one: in this process, or at the client.
    fn above(&self, around: Option<SpanContext>, named: Option<SpanContext>) -> Parent {
        match around.or_else(|| named.map(|named| self.judge(&named))) {
            Some(above) => Parent::new().with_remote_span_context(above),
            None => Parent::new(),
        }
    }

    /// The client names the trace, but what share of traces is kept is not for
    /// it to say.
    fn judge(&self, named: &SpanContext) -> SpanContext {
        let low = u64::from_be_bytes(
            named.trace_id().to_bytes().last_chunk::<8>().copied().unwrap_or_default(),
        );
        let kept = self.share >= 1.0 || (low >> 1) < (self.share * (1u64 << 63) as f64) as u64;
        let flags = TraceFlags::default().with_sampled(kept);
        SpanContext::new(named.trace_id(), named.span_id(), flags, true, TraceState::NONE)
    }
}

impl<S> Layer<S> for Spans
where
    S: Subscriber + for<'span> LookupSpan<'span>,
{
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        let around = span.parent().and_then(|parent| {
            parent.extensions().get::<Span>().map(|parent| parent.span_context().clone())
        });
        let (mut fence, mut named) = (Fence::default(), TraceParent(None));
        attributes.record(&mut fence);
        attributes.record(&mut named);
        let kind = if around.is_none() { SpanKind::Server } else { SpanKind::Internal };
        let mut builder = self.tracer.span_builder(span.name()).with_kind(kind);
        if let Some(lasted) = lasted(&fence) {
            // A step is told of when it is over.
            let now = opentelemetry::time::now();
            builder = builder.with_start_time(now.checked_sub(lasted).unwrap_or(now));
        }
        let mut recorded = self.tracer.build_with_context(builder, &self.above(around, named.0));
        recorded.set_attributes(key_values(fence));
        span.extensions_mut().insert(recorded);
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        let mut fence = Fence::default();
        values.record(&mut fence);
        let Some(span) = context.span(id) else { return };
        if let Some(recorded) = span.extensions_mut().get_mut::<Span>() {
            let failed = ("outcome", Fact::Text("failed".to_owned()));
            if fence.facts.contains(&failed) {
                recorded.set_status(Status::error(""));
            }
            recorded.set_attributes(key_values(fence));
        }
    }

    fn on_close(&self, id: Id, context: Context<'_, S>) {
        let ended = context.span(&id).and_then(|span| span.extensions_mut().remove::<Span>());
        if let Some(mut recorded) = ended {
            recorded.end();
        }
    }
}

/// How long a step lasted that is told of when it is over.
fn lasted(fence: &Fence) -> Option<Duration> {
    let (_, fact) = fence.facts.iter().find(|(name, _)| *name == "duration_ms")?;
    let milliseconds = match fact {
        Fact::Whole(whole) => *whole as f64,
        Fact::Real(real) => *real,
        Fact::Text(_) | Fact::Flag(_) => return None,
    };
    Duration::try_from_secs_f64(milliseconds / 1e3).ok()
}

fn key_values(fence: Fence) -> impl Iterator<Item = KeyValue> {
    let call = fence.call.map(|call| KeyValue::new("call_id", call.to_string()));
    let facts = fence.facts.into_iter().map(|(name, fact)| match fact {
        Fact::Text(text) => KeyValue::new(name, text),
        Fact::Whole(whole) => KeyValue::new(name, whole),
        Fact::Real(real) => KeyValue::new(name, real),
        Fact::Flag(flag) => KeyValue::new(name, flag),
    });
    call.into_iter().chain(facts)
}

/// Reads the client's `traceparent` (W3C Trace Context, version 00).
struct TraceParent(Option<SpanContext>);

impl Visit for TraceParent {
    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "traceparent" {
            self.0 = parse(value);
        }
    }

    fn record_debug(&mut self, _field: &Field, _value: &dyn std::fmt::Debug) {}
}

fn parse(header: &str) -> Option<SpanContext> {
    let lower = |part: &&str| part.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    let mut parts = header.split('-');
    let mut part = |length| parts.next().filter(|part| part.len() == length).filter(lower);
    let (version, trace, span, flags) = (part(2)?, part(32)?, part(16)?, part(2)?);
    // Later versions may add parts; 00 has none, and ff is no version.
    if version == "ff" || (version == "00" && parts.next().is_some()) {
        return None;
    }
    let flags = TraceFlags::new(u8::from_str_radix(flags, 16).ok()?);
    let (trace, span) = (TraceId::from_hex(trace).ok()?, SpanId::from_hex(span).ok()?);
    let context = SpanContext::new(trace, span, flags, true, TraceState::NONE);
    context.is_valid().then_some(context)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const GOOD: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    #[test]
    fn a_traceparent_is_read_strictly() {
        let read = parse(GOOD).unwrap();
        assert_eq!(read.trace_id().to_string(), "0af7651916cd43dd8448eb211c80319c");
        assert_eq!(read.span_id().to_string(), "b7ad6b7169203331");
        assert!(parse(&format!("01{}-later", &GOOD[2..])).is_some());
        for wrong in [
            "",
            &GOOD[..54],
            &GOOD.to_uppercase(),
            &format!("ff{}", &GOOD[2..]),
            &format!("{GOOD}-more"),
            "00-00000000000000000000000000000000-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
            "00-+af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        ] {
            assert!(parse(wrong).is_none(), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn no_header_is_a_panic(header in "\\PC{0,80}") {
            let _ = parse(&header);
        }
    }
}
