//! What a node asks its run and its flow's memory, and a memory for tests.

use std::collections::{HashMap, HashSet};
use std::error::Error;
use std::fmt;
use std::sync::{Mutex, PoisonError};

/// The structure of the graph that runs, and where in it the call is. No condition, adapter or payload is in it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Flow {
    pub graph_id: String,
    pub nodes: Vec<FlowNode>,
    pub edges: Vec<FlowEdge>,
    pub loop_edges: Vec<FlowEdge>,
    pub position: Position,
}

/// A placement of the graph.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FlowNode {
    /// From 1 on.
    pub instance_id: i32,
    pub name: String,
    pub package_name: String,
    pub package_version: String,
    /// node or subflow.
    pub node_type: String,
    pub input_message_name: String,
    pub output_message_name: String,
    /// The placement's alias.
    pub canvas_node_id: String,
}

/// An edge of the graph; instance 0 stands for the flow's own input and output.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FlowEdge {
    pub src_instance: i32,
    pub dst_instance: i32,
    pub canvas_edge_id: String,
    pub has_condition: bool,
    pub has_adapter: bool,
    /// Of a loop edge, else 0.
    pub max_iterations: i32,
}

/// Where in the graph the call is.
#[derive(Clone, Debug, PartialEq)]
pub struct Position {
    pub current_instance: i32,
    pub alias: String,
    /// 0 in a run that nobody's subflow is.
    pub depth: i32,
    /// By the instance that the innermost loop around the call leads back to: which visit this is.
    pub loop_iterations: HashMap<i32, i32>,
    /// From the root run to the parent.
    pub subflow_stack_graph_ids: Vec<String>,
    pub visit: i32,
    /// The index in a fan-out, else -1.
    pub item: i32,
    pub attempt: i32,
}

impl Default for Position {
    fn default() -> Self {
        Position {
            current_instance: 0,
            alias: String::new(),
            depth: 0,
            loop_iterations: HashMap::new(),
            subflow_stack_graph_ids: Vec::new(),
            visit: 1,
            item: -1,
            attempt: 1,
        }
    }
}

/// A turn of a session.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Turn {
    pub id: String,
    pub session_id: String,
    /// user, assistant, tool or system.
    pub role: String,
    pub content: String,
    /// In milliseconds since 1970.
    pub created_at: i64,
    pub tool_name: String,
    pub tool_call_id: String,
}

/// An entry that was found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Entry {
    pub id: String,
    pub content: String,
    /// Empty for an entry of the flow.
    pub session_id: String,
    /// 0 to 1, as it was written.
    pub importance: f64,
    /// How well it fits, above 0 and at most 1.
    pub score: f64,
    /// In milliseconds since 1970.
    pub created_at: i64,
}

/// Why something was not remembered or found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// invalid, too_large, full, ended, rate_limited, unavailable or unsupported.
    pub code: String,
    pub message: String,
}

impl Refusal {
    pub fn new(code: &str, message: &str) -> Self {
        Refusal {
            code: code.to_string(),
            message: message.to_string(),
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl Error for Refusal {}

/// What memory is kept in; the session is empty for the flow. Every member has an implementation here, which refuses.
pub trait MemoryStore: Send + Sync {
    /// Keeps the role, content and tool of the turn, and gives its id.
    fn append(&self, _session: &str, _turn: Turn) -> Result<String, Refusal> {
        forgetful()
    }

    fn last(&self, _session: &str, _n: usize) -> Result<Vec<Turn>, Refusal> {
        forgetful()
    }

    fn end(&self, _session: &str) -> Result<(), Refusal> {
        forgetful()
    }

    fn write(&self, _session: &str, _content: &str, _importance: f64) -> Result<String, Refusal> {
        forgetful()
    }

    fn search(&self, _session: &str, _query: &str, _limit: usize) -> Result<Vec<Entry>, Refusal> {
        forgetful()
    }
}

fn forgetful<T>() -> Result<T, Refusal> {
    Err(Refusal::new(
        "unavailable",
        "This context remembers nothing.",
    ))
}

/// What a flow remembers from run to run. Its own entries are found by every run of the flow.
pub struct Memory<'a> {
    store: &'a dyn MemoryStore,
}

impl<'a> Memory<'a> {
    pub fn new(store: &'a dyn MemoryStore) -> Self {
        Memory { store }
    }

    /// The session with the name that the node's input gives it.
    pub fn session(&self, id: &str) -> Session<'a> {
        Session {
            store: self.store,
            id: id.to_string(),
        }
    }

    /// Entries of the flow that have some of the words, best first; the limit is 1 to 50.
    pub fn search(&self, query: &str, limit: usize) -> Result<Vec<Entry>, Refusal> {
        self.store.search("", query, limit)
    }

    /// Keeps an entry of the flow and gives its id; the importance is 0 to 1.
    pub fn write(&self, content: &str, importance: f64) -> Result<String, Refusal> {
        self.store.write("", content, importance)
    }
}

/// A session of the flow, with turns and entries.
pub struct Session<'a> {
    store: &'a dyn MemoryStore,
    id: String,
}

impl Session<'_> {
    pub fn id(&self) -> &str {
        &self.id
    }

    pub fn history(&self) -> History<'_> {
        History {
            store: self.store,
            id: &self.id,
        }
    }

    /// Entries of the session and of the flow that have some of the words, best first; the limit is 1 to 50.
    pub fn search(&self, query: &str, limit: usize) -> Result<Vec<Entry>, Refusal> {
        self.store.search(&self.id, query, limit)
    }

    /// Keeps an entry of the session and gives its id; the importance is 0 to 1.
    pub fn write(&self, content: &str, importance: f64) -> Result<String, Refusal> {
        self.store.write(&self.id, content, importance)
    }

    /// Closes it: nothing can be added any more.
    pub fn end(&self) -> Result<(), Refusal> {
        self.store.end(&self.id)
    }
}

/// The turns of a session.
pub struct History<'a> {
    store: &'a dyn MemoryStore,
    id: &'a str,
}

impl History<'_> {
    /// The n newest turns, oldest first; n is 1 to 200.
    pub fn last(&self, n: usize) -> Result<Vec<Turn>, Refusal> {
        self.store.last(self.id, n)
    }

    /// Adds a turn and gives its id; the role is user, assistant, tool or system.
    pub fn append(&self, role: &str, content: &str) -> Result<String, Refusal> {
        self.add(role, content, "", "")
    }

    /// Adds what a tool said.
    pub fn append_tool(&self, name: &str, call_id: &str, content: &str) -> Result<String, Refusal> {
        self.add("tool", content, name, call_id)
    }

    fn add(&self, role: &str, content: &str, tool: &str, call: &str) -> Result<String, Refusal> {
        let turn = Turn {
            session_id: self.id.to_string(),
            role: role.to_string(),
            content: content.to_string(),
            tool_name: tool.to_string(),
            tool_call_id: call.to_string(),
            ..Default::default()
        };
        self.store.append(self.id, turn)
    }
}

/// A memory in the test's own process, with none of the limits. It finds whole words.
#[derive(Default)]
pub struct TestMemory {
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    turns: Vec<Turn>,
    entries: Vec<Entry>,
    ended: HashSet<String>,
}

impl TestMemory {
    /// All turns, oldest first.
    pub fn turns(&self) -> Vec<Turn> {
        self.lock().turns.clone()
    }

    /// All entries, oldest first.
    pub fn entries(&self) -> Vec<Entry> {
        self.lock().entries.clone()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl MemoryStore for TestMemory {
    fn append(&self, session: &str, mut turn: Turn) -> Result<String, Refusal> {
        let mut kept = self.lock();
        if kept.ended.contains(session) {
            return Err(Refusal::new("ended", "The session has ended."));
        }
        turn.id = format!("turn-{}", kept.turns.len() + 1);
        kept.turns.push(turn.clone());
        Ok(turn.id)
    }

    fn last(&self, session: &str, n: usize) -> Result<Vec<Turn>, Refusal> {
        let mut turns = self.turns();
        turns.retain(|turn| turn.session_id == session);
        Ok(turns.split_off(turns.len().saturating_sub(n)))
    }

    fn end(&self, session: &str) -> Result<(), Refusal> {
        self.lock().ended.insert(session.to_string());
        Ok(())
    }

    fn write(&self, session: &str, content: &str, importance: f64) -> Result<String, Refusal> {
        let mut kept = self.lock();
        let id = format!("entry-{}", kept.entries.len() + 1);
        kept.entries.push(Entry {
            id: id.clone(),
            content: content.to_string(),
            session_id: session.to_string(),
            importance,
            ..Default::default()
        });
        Ok(id)
    }

    fn search(&self, session: &str, query: &str, limit: usize) -> Result<Vec<Entry>, Refusal> {
        let asked: Vec<String> = words(query);
        let mut found = self.entries();
        found.retain_mut(|entry| {
            let have = words(&entry.content);
            let fits = asked.iter().filter(|word| have.contains(word)).count();
            entry.score = fits as f64 / asked.len().max(1) as f64;
            fits > 0 && (entry.session_id.is_empty() || entry.session_id == session)
        });
        found.sort_by(|a, b| b.score.total_cmp(&a.score));
        found.truncate(limit);
        Ok(found)
    }
}

fn words(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_lowercase).collect()
}
