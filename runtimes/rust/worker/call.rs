//! One call, as its handler sees it.

use std::borrow::Cow;
use std::collections::HashMap;
use std::error::Error;
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use service::axiom_context::{
    AxiomAgent, AxiomContext, AxiomLogger, AxiomParams, AxiomReflection, AxiomSecrets,
    AxiomTelemetry, Flow,
};
use service::codec::{InvalidMessage, Reader, Writer};
use service::failure::Frames;

use crate::channel::{self, Channel, Frame, Kind};
use crate::stream::Stream;
use crate::text;

const MAX_PAYLOAD: usize = 16 << 20;
const MAX_NAME: usize = 128;
const MAX_LINE: usize = 16 << 10;
const MAX_FIELDS: usize = 8 << 10;
const MAX_FIELD: usize = 1024;

/// What unwinds a handler that is stopped while it waits for an answer.
pub struct Cancelled;

pub struct Call<'a> {
    channel: &'a Channel,
    number: u32,
    cancelled: AtomicBool,
    pub node: String,
    pub input: Vec<u8>,
    execution_id: String,
    flow_id: String,
    tenant_id: String,
    deadline: Option<SystemTime>,
    params: HashMap<String, String>,
    /// True for a call of a pipeline node.
    pub streams: bool,
    stream: Mutex<Stream>,
    flow: Mutex<Option<Flow>>,
}

impl<'a> Call<'a> {
    /// The host sends what it should; what cannot be read is left empty.
    pub fn read(channel: &'a Channel, number: u32, payload: &[u8]) -> Self {
        let mut call = Call {
            channel,
            number,
            cancelled: AtomicBool::new(false),
            node: String::new(),
            input: Vec::new(),
            execution_id: String::new(),
            flow_id: String::new(),
            tenant_id: String::new(),
            deadline: None,
            params: HashMap::new(),
            streams: false,
            stream: Mutex::new(Stream::new()),
            flow: Mutex::new(None),
        };
        let _ = call.fields(&mut Reader::new(payload, 0));
        if call.streams {
            // The time of a stream is that between its signs of life, which the host looks at.
            call.deadline = None;
        }
        call
    }

    fn fields(&mut self, reader: &mut Reader<'_>) -> Result<(), InvalidMessage> {
        while let Some(tag) = reader.tag()? {
            match tag {
                10 => self.node = reader.string()?,
                18 => self.input = reader.bytes()?,
                24 => {
                    let left = Duration::from_millis(reader.uint64()?);
                    self.deadline = SystemTime::now().checked_add(left);
                }
                34 => self.execution_id = reader.string()?,
                42 => self.flow_id = reader.string()?,
                50 => self.tenant_id = reader.string()?,
                66 => {
                    let (mut key, mut value) = (String::new(), String::new());
                    let mut entry = reader.entry()?;
                    while let Some(tag) = entry.tag()? {
                        match tag {
                            10 => key = entry.string()?,
                            18 => value = entry.string()?,
                            _ => entry.skip(tag)?,
                        }
                    }
                    self.params.insert(key, value);
                }
                120 => self.streams = reader.bool()?,
                _ => reader.skip(tag)?,
            }
        }
        Ok(())
    }

    pub fn stream(&self) -> MutexGuard<'_, Stream> {
        self.stream.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn was_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }

    /// Notes what a frame that is no answer means. True for a frame of this call that the caller has to look at.
    fn concerns(&self, frame: &mut Frame) -> bool {
        if frame.kind == Kind::SHUTDOWN {
            channel::exit();
        }
        if frame.call != self.number {
            return false;
        }
        match frame.kind {
            Kind::CANCEL => self.cancelled.store(true, Ordering::Relaxed),
            Kind::INPUT => self.stream().add(std::mem::take(&mut frame.payload)),
            Kind::INPUT_END => self.stream().end(),
            Kind::OUTPUT_CREDIT => self.stream().grant(&frame.payload),
            _ => {}
        }
        frame.kind == Kind::SECRET_VALUE || frame.kind == Kind::ANSWER
    }

    /// Reads what the host says until something is ready. A stop unwinds the handler.
    fn until<T>(&self, mut ready: impl FnMut(&mut Stream) -> Option<T>) -> T {
        let mut input = self.channel.lock();
        while !self.was_cancelled() {
            if let Some(value) = ready(&mut self.stream()) {
                return value;
            }
            self.concerns(&mut input.receive());
        }
        drop(input);
        resume_unwind(Box::new(Cancelled))
    }

    /// Asks the host, and gives the payload of its answer. A call that is stopped meanwhile is unwound.
    pub fn ask(&self, kind: u8, payload: &[u8], awaited: u8) -> Vec<u8> {
        let mut input = self.channel.lock();
        if !self.was_cancelled() {
            self.channel.send(kind, self.number, payload);
        }
        while !self.was_cancelled() {
            let mut frame = input.receive();
            if self.concerns(&mut frame) && frame.kind == awaited {
                return frame.payload;
            }
        }
        drop(input);
        resume_unwind(Box::new(Cancelled))
    }

    pub fn tell(&self, kind: u8, payload: &[u8]) {
        self.channel.send(kind, self.number, payload);
    }

    /// The graph that runs, once it has been asked for.
    pub fn known_flow(&self) -> MutexGuard<'_, Option<Flow>> {
        self.flow.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn line(&self, level: &str, message: &str, attributes: &HashMap<&str, String>) {
        let mut sorted: Vec<_> = attributes.iter().collect();
        sorted.sort();
        let mut left = MAX_FIELDS;
        let payload = Writer::encoded(|writer| {
            text(writer, 1, level);
            text(writer, 2, clip(message, MAX_LINE).as_ref());
            for (key, value) in sorted {
                let value = clip(value, MAX_FIELD);
                let size = key.len() + value.len() + 10;
                if size > left {
                    break;
                }
                left -= size;
                writer.varint(3 << 3 | 2);
                writer.nested(|entry| {
                    text(entry, 1, key);
                    text(entry, 2, value.as_ref());
                });
            }
        });
        self.channel.send(Kind::LOG, self.number, &payload);
    }
}

impl AxiomContext for Call<'_> {
    fn log(&self) -> &dyn AxiomLogger {
        self
    }

    fn secrets(&self) -> &dyn AxiomSecrets {
        self
    }

    fn params(&self) -> &dyn AxiomParams {
        self
    }

    fn reflection(&self) -> &dyn AxiomReflection {
        self
    }

    fn agent(&self) -> &dyn AxiomAgent {
        self
    }

    fn axiom_telemetry(&self) -> Option<&dyn AxiomTelemetry> {
        Some(self)
    }

    fn progress(&self, fraction: f64, message: &str) {
        self.note_progress(fraction, message);
    }

    fn execution_id(&self) -> &str {
        &self.execution_id
    }

    fn flow_id(&self) -> &str {
        &self.flow_id
    }

    fn tenant_id(&self) -> &str {
        &self.tenant_id
    }

    fn deadline(&self) -> Option<SystemTime> {
        self.deadline
    }

    fn is_cancelled(&self) -> bool {
        let mut input = self.channel.lock();
        while !self.was_cancelled() && input.has_more() {
            self.concerns(&mut input.receive());
        }
        self.was_cancelled()
    }
}

impl AxiomSecrets for Call<'_> {
    /// Names that cannot be find nothing.
    fn get(&self, name: &str) -> (String, bool) {
        if name.is_empty() || name.len() > MAX_NAME {
            return (String::new(), false);
        }
        let mut payload = self.ask(Kind::SECRET_GET, name.as_bytes(), Kind::SECRET_VALUE);
        let found = payload.first().map_or(false, |flag| *flag != 0);
        let value = if found {
            String::from_utf8_lossy(&payload[1..]).into_owned()
        } else {
            String::new()
        };
        payload.fill(0);
        (value, found)
    }
}

impl Frames for Call<'_> {
    fn take(&self) -> Option<Vec<u8>> {
        let is_pipe_empty = self.channel.lock().is_empty();
        let owed = self.stream().owed(is_pipe_empty);
        if let Some(payload) = owed {
            self.channel.send(Kind::INPUT_CREDIT, self.number, &payload);
        }
        self.until(Stream::next)
    }

    fn emit(&self, frame: Vec<u8>) -> Result<(), Box<dyn Error>> {
        if frame.len() > MAX_PAYLOAD {
            let message = format!(
                "a frame has {} bytes, more than {}",
                frame.len(),
                MAX_PAYLOAD
            );
            self.stream().too_large = Some(message.clone());
            return Err(message.into());
        }
        self.until(|stream| stream.pay(&frame).then_some(()));
        self.channel.send(Kind::OUTPUT, self.number, &frame);
        Ok(())
    }
}

impl AxiomParams for Call<'_> {
    fn get(&self, name: &str) -> (String, bool) {
        match self.params.get(name) {
            Some(value) => (value.clone(), true),
            None => (String::new(), false),
        }
    }
}

impl AxiomLogger for Call<'_> {
    fn debug(&self, message: &str, attributes: &HashMap<&str, String>) {
        self.line("debug", message, attributes);
    }

    fn info(&self, message: &str, attributes: &HashMap<&str, String>) {
        self.line("info", message, attributes);
    }

    fn warn(&self, message: &str, attributes: &HashMap<&str, String>) {
        self.line("warn", message, attributes);
    }

    fn error(&self, message: &str, attributes: &HashMap<&str, String>) {
        self.line("error", message, attributes);
    }
}

/// At most so many bytes.
pub fn clip(text: &str, max: usize) -> Cow<'_, str> {
    if text.len() <= max {
        return Cow::Borrowed(text);
    }
    let mut end = max - '…'.len_utf8();
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    Cow::Owned(format!("{}…", &text[..end]))
}
