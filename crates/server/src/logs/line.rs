//! One line for one event.

use std::fmt::Write;
use std::sync::Arc;

use bonafide_context::{CallId, Clock, Timestamp};
use serde::Serialize;
use serde::ser::SerializeMap;
use tracing::span::{Attributes, Id};
use tracing::{Event, Metadata, Subscriber};
use tracing_subscriber::layer::{Context, Layer};
use tracing_subscriber::registry::LookupSpan;

use super::writer::Writer;
use super::{Fact, Fence, is_own};

/// Writes a line for every event that it is shown.
pub(super) struct Lines {
    json: bool,
    clock: Arc<dyn Clock>,
    writer: Arc<Writer>,
}

impl Lines {
    pub(super) fn new(json: bool, clock: Arc<dyn Clock>, writer: Arc<Writer>) -> Self {
        Self { json, clock, writer }
    }
}

/// The call of a span, for the events within it.
struct CallOf(CallId);

impl<S> Layer<S> for Lines
where
    S: Subscriber + for<'span> LookupSpan<'span>,
{
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        if attributes.metadata().fields().field("call_id").is_none() {
            return;
        }
        let mut fence = Fence::default();
        attributes.record(&mut fence);
        if let (Some(call), Some(span)) = (fence.call, context.span(id)) {
            span.extensions_mut().replace(CallOf(call));
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let metadata = event.metadata();
        let mut fence = Fence::default();
        if is_own(metadata.target()) {
            event.record(&mut fence);
        }
        let outer = || {
            let scope = context.event_scope(event)?;
            scope
                .into_iter()
                .find_map(|span| span.extensions().get::<CallOf>().map(|CallOf(call)| *call))
        };
        let call = fence.call.or_else(outer);
        let line = Line { at: self.clock.now(), metadata, call, fence: &fence };
        let mut bytes = if self.json {
            serde_json::to_vec(&line).unwrap_or_default()
        } else {
            line.text().into_bytes()
        };
        bytes.push(b'\n');
        self.writer.line(bytes);
    }
}

/// What stands in a line.
struct Line<'a> {
    at: Timestamp,
    metadata: &'a Metadata<'static>,
    call: Option<CallId>,
    fence: &'a Fence,
}

impl Line<'_> {
    /// The event's name, or its place in the source when it has none.
    fn event(&self) -> &'static str {
        let name = self.metadata.name();
        let Some(place) = name.strip_prefix("event ") else { return name };
        // A dependency's place begins with the folder of the machine that
        // built it; its own folder and file say enough.
        let Some((before, _)) = place.rsplit_once("/src/") else { return place };
        before.rfind('/').map_or(place, |slash| &place[slash + 1..])
    }

    fn time(&self) -> String {
        let milliseconds = self.at.0 % 1_000;
        let seconds = self.at.0 / 1_000 % 86_400;
        let (hour, minute, second) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
        let date = self.at.date();
        format!("{date}T{hour:02}:{minute:02}:{second:02}.{milliseconds:03}Z")
    }

    fn text(&self) -> String {
        let metadata = self.metadata;
        let said = self.fence.message.as_deref().unwrap_or_else(|| self.event());
        let mut text = format!("{} {:5} {said}", self.time(), metadata.level());
        for (name, fact) in &self.fence.facts {
            // Writing to a string does not fail.
            let _ = match fact {
                Fact::Text(value) => write!(text, " {name}={value}"),
                Fact::Whole(value) => write!(text, " {name}={value}"),
                Fact::Real(value) => write!(text, " {name}={value}"),
                Fact::Flag(value) => write!(text, " {name}={value}"),
            };
        }
        if let Some(call) = self.call {
            let _ = write!(text, " call_id={call}");
        }
        text
    }
}

impl Serialize for Line<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("time", &self.time())?;
        map.serialize_entry("level", &self.metadata.level().as_str().to_ascii_lowercase())?;
        map.serialize_entry("target", self.metadata.target())?;
        map.serialize_entry("event", self.event())?;
        if let Some(message) = &self.fence.message {
            map.serialize_entry("message", message)?;
        }
        if let Some(call) = self.call {
            map.serialize_entry("call_id", &call.to_string())?;
        }
        for (name, fact) in &self.fence.facts {
            map.serialize_entry(name, fact)?;
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::{Mutex, PoisonError};

    use bonafide_context::{FixedClock, Seeded};
    use tracing_subscriber::layer::SubscriberExt;
    use tracing_subscriber::registry::Registry;

    use super::*;

    #[derive(Clone, Default)]
    struct Shared(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Shared {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn logged(json: bool, act: impl FnOnce()) -> String {
        let out = Shared::default();
        let writer = Arc::new(Writer::start(Box::new(out.clone())).unwrap());
        let clock = Arc::new(FixedClock::at(Timestamp(1_767_323_045_678)));
        let subscriber = Registry::default().with(Lines::new(json, clock, Arc::clone(&writer)));
        tracing::subscriber::with_default(subscriber, act);
        writer.flush();
        let bytes = out.0.lock().unwrap().clone();
        String::from_utf8(bytes).unwrap()
    }

    /// A value as it would come from outside: not part of the program.
    fn sent(text: &str) -> String {
        text.chars().collect()
    }

    fn call() -> CallId {
        CallId::new(Timestamp(1), &mut Seeded::new(1))
    }

    #[test]
    fn a_line_is_one_json_object() {
        let line = logged(true, || {
            tracing::warn!(
                name: "index_down",
                target: "bonafide_ledger::ship",
                code = "no_answer",
                items = 3,
                "the index does not answer"
            );
        });
        assert_eq!(
            line,
            "{\"time\":\"2026-01-02T03:04:05.678Z\",\"level\":\"warn\",\
             \"target\":\"bonafide_ledger::ship\",\"event\":\"index_down\",\
             \"message\":\"the index does not answer\",\"code\":\"no_answer\",\"items\":3}\n"
        );
    }

    #[test]
    fn a_line_for_people() {
        let line = logged(false, || {
            tracing::error!(target: "bonafide", status = 503, seconds = 0.5, "no");
        });
        assert_eq!(line, "2026-01-02T03:04:05.678Z ERROR no status=503 seconds=0.5\n");
    }

    #[test]
    fn m7_what_was_sent_is_kept_out_of_every_place() {
        let name = sent("ERIKSSON");
        let error = io::Error::other(sent("ERIKSSON was refused"));
        let lines = logged(true, || {
            let span = tracing::info_span!(target: "bonafide", "x", code = name, code = ?name);
            let _entered = span.enter();
            tracing::info!(target: "bonafide", name, "unknown field");
            tracing::info!(target: "bonafide", code = name, "as a string");
            tracing::info!(target: "bonafide", code = %name, "displayed");
            tracing::info!(target: "bonafide", code = ?Some(&name), "debugged");
            tracing::info!(target: "bonafide", code = name.len(), "a number as a code");
            tracing::info!(target: "bonafide", count = name, "a text as a number");
            tracing::info!(target: "bonafide", call_id = name, "no call id");
            tracing::info!(target: "bonafide", %error, "an error");
            tracing::info!(target: "bonafide", error = &error as &dyn std::error::Error, "an error");
            tracing::info!(target: "bonafide", "hello {name}, {}", name.to_lowercase());
            tracing::info!(target: "bonafide", "{name}");
            tracing::info!(target: "bonafide", "{:?} {:>20}", [&name], name);
            tracing::warn!(target: "other", code = "theirs", "hello {name}");
        });
        assert_eq!(lines.lines().count(), 13, "{lines}");
        let low = lines.to_lowercase();
        assert!(!low.contains("eriksson") && !low.contains("theirs"), "{lines}");
        assert!(lines.contains("\"message\":\"hello …, …\""), "{lines}");
        assert!(lines.contains("\"code\":\"Some(…)\""), "{lines}");
        let theirs: serde_json::Value =
            serde_json::from_str(lines.lines().last().unwrap()).unwrap();
        let keys: Vec<&String> = theirs.as_object().unwrap().keys().collect();
        assert_eq!(keys, ["event", "level", "target", "time"], "{theirs}");
        assert!(theirs["event"].as_str().unwrap().contains("src/logs/line.rs"));
    }

    #[test]
    fn what_is_kept_out_is_counted() {
        let before = super::super::FIELDS_DROPPED.load(std::sync::atomic::Ordering::Relaxed);
        logged(true, || tracing::info!(target: "bonafide", name = sent("x"), "x {}", sent("y")));
        let after = super::super::FIELDS_DROPPED.load(std::sync::atomic::Ordering::Relaxed);
        assert!(after >= before + 2, "{before} {after}");
    }

    #[test]
    fn events_within_a_call_carry_its_id() {
        let id = call();
        let lines = logged(true, || {
            let outer = tracing::info_span!(target: "bonafide", "call", call_id = %id);
            let _outer = outer.enter();
            let _inner = tracing::info_span!(target: "bonafide", "step").entered();
            tracing::info!(target: "bonafide", "within");
            tracing::info!(target: "bonafide", call_id = %id, "named");
        });
        assert_eq!(lines.matches(&format!("\"call_id\":\"{id}\"")).count(), 2, "{lines}");
    }

    #[test]
    fn a_dependency_is_placed_without_the_builders_folders() {
        tracing::subscriber::with_default(Registry::default(), || {
            let line = |name| {
                let metadata: &'static Metadata<'static> = Box::leak(Box::new(Metadata::new(
                    name,
                    "h2",
                    tracing::Level::WARN,
                    None,
                    None,
                    None,
                    tracing::field::FieldSet::new(&[], tracing::callsite::Identifier(&SITE)),
                    tracing::metadata::Kind::EVENT,
                )));
                let fence = Fence::default();
                Line { at: Timestamp(0), metadata, call: None, fence: &fence }.event()
            };
            assert_eq!(line("event /home/x/h2-0.4/src/a/b.rs:7"), "h2-0.4/src/a/b.rs:7");
            assert_eq!(line("event src/main.rs:7"), "src/main.rs:7");
            assert_eq!(line("named"), "named");
        });
    }

    static SITE: Site = Site;
    struct Site;

    impl tracing::callsite::Callsite for Site {
        fn set_interest(&self, _: tracing::subscriber::Interest) {}

        fn metadata(&self) -> &Metadata<'_> {
            unreachable!("only its address is used")
        }
    }
}
