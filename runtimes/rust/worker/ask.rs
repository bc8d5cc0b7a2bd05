//! What a handler asks its run and its flow's memory, and what it tells of itself.

use std::collections::HashMap;

use service::axiom_context::{
    AxiomAgent, AxiomReflection, AxiomTelemetry, Entry, Flow, FlowEdge, FlowNode, Memory,
    MemoryStore, Position, Refusal, Turn,
};
use service::codec::{InvalidMessage, Reader, Writer};

use crate::call::{clip, Call};
use crate::channel::Kind;
use crate::text;

const REFLECT: i32 = 1;
const APPEND: i32 = 2;
const LAST: i32 = 3;
const END: i32 = 4;
const WRITE: i32 = 5;
const FIND: i32 = 6;

const PROGRESS: i32 = 1;
const EVENT: i32 = 2;
const COUNTER: i32 = 3;
const HISTOGRAM: i32 = 4;

const MAX_ASK: usize = 72 << 10;
const MAX_NAME: usize = 256;
const MAX_ATTRIBUTES: usize = 16;

/// Fields that are empty are not sent.
#[derive(Default)]
struct Question<'a> {
    what: i32,
    session: &'a str,
    role: &'a str,
    text: &'a str,
    count: i64,
    importance: f64,
    tool_name: &'a str,
    tool_call_id: &'a str,
}

#[derive(Default)]
struct Answer {
    code: String,
    message: String,
    id: String,
    turns: Vec<Turn>,
    entries: Vec<Entry>,
    flow: Flow,
}

impl Call<'_> {
    /// Whose memory it is, the host knows.
    fn question(&self, asked: Question<'_>) -> Result<Answer, Refusal> {
        let payload = Writer::encoded(|writer| {
            whole(writer, 1, asked.what.into());
            text(writer, 2, asked.session);
            text(writer, 3, asked.role);
            text(writer, 4, asked.text);
            whole(writer, 5, asked.count);
            double(writer, 6, asked.importance);
            text(writer, 7, asked.tool_name);
            text(writer, 8, asked.tool_call_id);
        });
        if payload.len() > MAX_ASK {
            return Err(Refusal::new(
                "too_large",
                "The question is larger than a question may be.",
            ));
        }
        let said = self.ask(Kind::ASK, &payload, Kind::ANSWER);
        let answer = Answer::read(&mut Reader::new(&said, 0))
            .map_err(|_| Refusal::new("unavailable", "The answer cannot be read."))?;
        if answer.code.is_empty() {
            Ok(answer)
        } else {
            Err(Refusal {
                code: answer.code,
                message: answer.message,
            })
        }
    }

    pub fn note(&self, what: i32, name: &str, value: f64, attributes: &HashMap<&str, String>) {
        let mut sorted: Vec<_> = attributes.iter().collect();
        sorted.sort();
        let payload = Writer::encoded(|writer| {
            whole(writer, 1, what.into());
            text(writer, 2, clip(name, MAX_NAME).as_ref());
            double(writer, 3, value);
            for (key, value) in sorted.into_iter().take(MAX_ATTRIBUTES) {
                writer.varint(4 << 3 | 2);
                writer.nested(|entry| {
                    text(entry, 1, clip(key, MAX_NAME).as_ref());
                    text(entry, 2, clip(value, MAX_NAME).as_ref());
                });
            }
        });
        self.tell(Kind::NOTE, &payload);
    }

    pub fn note_progress(&self, fraction: f64, message: &str) {
        self.note(PROGRESS, message, fraction, &HashMap::new());
    }
}

fn whole(writer: &mut Writer, number: u64, value: i64) {
    if value != 0 {
        writer.varint(number << 3);
        writer.varint(value as u64);
    }
}

fn double(writer: &mut Writer, number: u64, value: f64) {
    if value.to_bits() != 0 {
        writer.varint(number << 3 | 1);
        writer.double(&value);
    }
}

impl AxiomReflection for Call<'_> {
    fn flow(&self) -> Flow {
        let question = || {
            let answer = self.question(Question {
                what: REFLECT,
                ..Default::default()
            });
            answer.map_or_else(|_| Flow::default(), |answer| answer.flow)
        };
        let mut known = self.known_flow();
        known.get_or_insert_with(question).clone()
    }
}

impl AxiomAgent for Call<'_> {
    fn memory(&self) -> Memory<'_> {
        Memory::new(self)
    }
}

impl MemoryStore for Call<'_> {
    fn append(&self, session: &str, turn: Turn) -> Result<String, Refusal> {
        let answer = self.question(Question {
            what: APPEND,
            session,
            role: &turn.role,
            text: &turn.content,
            tool_name: &turn.tool_name,
            tool_call_id: &turn.tool_call_id,
            ..Default::default()
        })?;
        Ok(answer.id)
    }

    fn last(&self, session: &str, n: usize) -> Result<Vec<Turn>, Refusal> {
        let answer = self.question(Question {
            what: LAST,
            session,
            count: n as i64,
            ..Default::default()
        })?;
        Ok(answer.turns)
    }

    fn end(&self, session: &str) -> Result<(), Refusal> {
        let what = END;
        self.question(Question {
            what,
            session,
            ..Default::default()
        })?;
        Ok(())
    }

    fn write(&self, session: &str, content: &str, importance: f64) -> Result<String, Refusal> {
        let answer = self.question(Question {
            what: WRITE,
            session,
            text: content,
            importance,
            ..Default::default()
        })?;
        Ok(answer.id)
    }

    fn search(&self, session: &str, query: &str, limit: usize) -> Result<Vec<Entry>, Refusal> {
        let answer = self.question(Question {
            what: FIND,
            session,
            text: query,
            count: limit as i64,
            ..Default::default()
        })?;
        Ok(answer.entries)
    }
}

impl AxiomTelemetry for Call<'_> {
    fn add_event(&self, name: &str, attributes: &HashMap<&str, String>) {
        self.note(EVENT, name, 0.0, attributes);
    }

    fn counter(&self, name: &str, value: f64, attributes: &HashMap<&str, String>) {
        self.note(COUNTER, name, value, attributes);
    }

    fn histogram(&self, name: &str, value: f64, attributes: &HashMap<&str, String>) {
        self.note(HISTOGRAM, name, value, attributes);
    }
}

impl Answer {
    fn read(reader: &mut Reader<'_>) -> Result<Self, InvalidMessage> {
        let mut it = Answer::default();
        while let Some(tag) = reader.tag()? {
            match tag {
                10 => it.code = reader.string()?,
                18 => it.message = reader.string()?,
                26 => it.id = reader.string()?,
                34 => it.turns.push(turn(reader.entry()?)?),
                42 => it.entries.push(entry(reader.entry()?)?),
                50 => it.flow = flow(reader.entry()?)?,
                _ => reader.skip(tag)?,
            }
        }
        Ok(it)
    }
}

fn turn(mut reader: Reader<'_>) -> Result<Turn, InvalidMessage> {
    let mut it = Turn::default();
    while let Some(tag) = reader.tag()? {
        match tag {
            10 => it.id = reader.string()?,
            18 => it.session_id = reader.string()?,
            26 => it.role = reader.string()?,
            34 => it.content = reader.string()?,
            40 => it.created_at = reader.int64()?,
            50 => it.tool_name = reader.string()?,
            58 => it.tool_call_id = reader.string()?,
            _ => reader.skip(tag)?,
        }
    }
    Ok(it)
}

fn entry(mut reader: Reader<'_>) -> Result<Entry, InvalidMessage> {
    let mut it = Entry::default();
    while let Some(tag) = reader.tag()? {
        match tag {
            10 => it.id = reader.string()?,
            18 => it.content = reader.string()?,
            26 => it.session_id = reader.string()?,
            33 => it.importance = reader.double()?,
            41 => it.score = reader.double()?,
            48 => it.created_at = reader.int64()?,
            _ => reader.skip(tag)?,
        }
    }
    Ok(it)
}

fn flow(mut reader: Reader<'_>) -> Result<Flow, InvalidMessage> {
    let mut it = Flow::default();
    while let Some(tag) = reader.tag()? {
        match tag {
            10 => it.graph_id = reader.string()?,
            18 => it.nodes.push(node(reader.entry()?)?),
            26 => it.edges.push(edge(reader.entry()?)?),
            34 => it.loop_edges.push(edge(reader.entry()?)?),
            42 => it.position = position(reader.entry()?)?,
            _ => reader.skip(tag)?,
        }
    }
    Ok(it)
}

fn node(mut reader: Reader<'_>) -> Result<FlowNode, InvalidMessage> {
    let mut it = FlowNode::default();
    while let Some(tag) = reader.tag()? {
        match tag {
            8 => it.instance_id = reader.int32()?,
            18 => it.name = reader.string()?,
            26 => it.package_name = reader.string()?,
            34 => it.package_version = reader.string()?,
            42 => it.node_type = reader.string()?,
            50 => it.input_message_name = reader.string()?,
            58 => it.output_message_name = reader.string()?,
            66 => it.canvas_node_id = reader.string()?,
            _ => reader.skip(tag)?,
        }
    }
    Ok(it)
}

fn edge(mut reader: Reader<'_>) -> Result<FlowEdge, InvalidMessage> {
    let mut it = FlowEdge::default();
    while let Some(tag) = reader.tag()? {
        match tag {
            8 => it.src_instance = reader.int32()?,
            16 => it.dst_instance = reader.int32()?,
            26 => it.canvas_edge_id = reader.string()?,
            32 => it.has_condition = reader.bool()?,
            40 => it.has_adapter = reader.bool()?,
            48 => it.max_iterations = reader.int32()?,
            _ => reader.skip(tag)?,
        }
    }
    Ok(it)
}

fn position(mut reader: Reader<'_>) -> Result<Position, InvalidMessage> {
    let mut it = Position::default();
    while let Some(tag) = reader.tag()? {
        match tag {
            8 => it.current_instance = reader.int32()?,
            18 => it.alias = reader.string()?,
            24 => it.depth = reader.int32()?,
            34 => {
                let (mut head, mut visit) = (0, 0);
                let mut entry = reader.entry()?;
                while let Some(tag) = entry.tag()? {
                    match tag {
                        8 => head = entry.int32()?,
                        16 => visit = entry.int32()?,
                        _ => entry.skip(tag)?,
                    }
                }
                it.loop_iterations.insert(head, visit);
            }
            42 => it.subflow_stack_graph_ids.push(reader.string()?),
            48 => it.visit = reader.int32()?,
            56 => it.item = reader.int32()? - 1,
            64 => it.attempt = reader.int32()?,
            _ => reader.skip(tag)?,
        }
    }
    Ok(it)
}
