//! Frames of `u32 length | u8 kind | u32 call | payload`, little-endian.

use std::fs::File;
use std::io::{Read, Write};
use std::os::raw::{c_int, c_short, c_ulong};
use std::os::unix::io::FromRawFd;
use std::sync::{Mutex, PoisonError};

const HEAD: usize = 9;
const USUAL: usize = 64 << 10;

/// What a frame is.
pub struct Kind;

impl Kind {
    pub const INVOKE: u8 = 1;
    pub const SECRET_VALUE: u8 = 2;
    pub const CANCEL: u8 = 3;
    pub const SHUTDOWN: u8 = 4;
    pub const INPUT: u8 = 16;
    pub const INPUT_END: u8 = 17;
    pub const OUTPUT_CREDIT: u8 = 18;
    pub const ANSWER: u8 = 32;
    pub const HELLO: u8 = 65;
    pub const RESULT: u8 = 66;
    pub const ERROR: u8 = 67;
    pub const SECRET_GET: u8 = 68;
    pub const LOG: u8 = 69;
    pub const OUTPUT: u8 = 80;
    pub const INPUT_CREDIT: u8 = 81;
    pub const ASK: u8 = 96;
    pub const NOTE: u8 = 97;
}

pub struct Frame {
    pub kind: u8,
    pub call: u32,
    pub payload: Vec<u8>,
}

/// The two pipes.
pub struct Channel {
    input: Mutex<Input>,
    output: Mutex<File>,
}

/// The pipe that is read, and what was read of it and not used.
pub struct Input {
    pipe: File,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
}

impl Channel {
    /// To be called once: both descriptors belong to what it returns.
    pub fn open() -> Channel {
        // The host opened both for this program alone.
        let (input, output) = unsafe { (File::from_raw_fd(3), File::from_raw_fd(4)) };
        Channel {
            input: Mutex::new(Input {
                pipe: input,
                buffer: vec![0; USUAL],
                start: 0,
                end: 0,
            }),
            output: Mutex::new(output),
        }
    }

    /// Keeps others from reading, until what it returns is dropped.
    pub fn lock(&self) -> impl std::ops::DerefMut<Target = Input> + '_ {
        self.input.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn receive(&self) -> Frame {
        self.lock().receive()
    }

    /// A pipe that is closed ends the process.
    pub fn send(&self, kind: u8, call: u32, payload: &[u8]) {
        let mut bytes = Vec::with_capacity(HEAD + payload.len());
        bytes.extend_from_slice(&(payload.len() as u32).to_le_bytes());
        bytes.push(kind);
        bytes.extend_from_slice(&call.to_le_bytes());
        bytes.extend_from_slice(payload);
        let mut output = self.output.lock().unwrap_or_else(PoisonError::into_inner);
        if output.write_all(&bytes).is_err() {
            exit();
        }
    }
}

impl Input {
    /// The end of the pipe ends the process.
    pub fn receive(&mut self) -> Frame {
        self.fill(HEAD);
        let head = &self.buffer[self.start..self.start + HEAD];
        let number =
            |at: usize| u32::from_le_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]);
        let (length, kind, call) = (number(0) as usize, head[4], number(5));
        self.fill(HEAD + length);
        let from = self.start + HEAD;
        let payload = self.buffer[from..from + length].to_vec();
        if kind == Kind::SECRET_VALUE {
            self.buffer[from..from + length].fill(0);
        }
        self.start = from + length;
        if self.start == self.end {
            (self.start, self.end) = (0, 0);
            // A large call does not cost its memory for ever.
            if self.buffer.len() > 1 << 20 {
                self.buffer = vec![0; USUAL];
            }
        }
        Frame {
            kind,
            call,
            payload,
        }
    }

    /// Whether nothing was read that is not used yet.
    pub fn is_empty(&self) -> bool {
        self.start == self.end
    }

    /// Whether a frame is there, or on its way.
    pub fn has_more(&self) -> bool {
        let mut waiting = PollFd {
            fd: 3,
            events: POLLIN,
            revents: 0,
        };
        // One valid entry, and no time to wait.
        self.end > self.start || unsafe { poll(&mut waiting, 1, 0) } > 0
    }

    /// Reads until so many bytes are there.
    fn fill(&mut self, count: usize) {
        if self.end - self.start >= count {
            return;
        }
        if self.buffer.len() - self.start < count {
            self.buffer.copy_within(self.start..self.end, 0);
            (self.start, self.end) = (0, self.end - self.start);
            if self.buffer.len() < count {
                self.buffer.resize(count.max(2 * self.buffer.len()), 0);
            }
        }
        while self.end - self.start < count {
            match self.pipe.read(&mut self.buffer[self.end..]) {
                Ok(read) if read > 0 => self.end += read,
                Err(e) if e.kind() == std::io::ErrorKind::Interrupted => {}
                _ => exit(),
            }
        }
    }
}

pub fn exit() -> ! {
    let _ = std::io::stdout().flush();
    std::process::exit(0)
}

const POLLIN: c_short = 1;

#[repr(C)]
struct PollFd {
    fd: c_int,
    events: c_short,
    revents: c_short,
}

extern "C" {
    fn poll(fds: *mut PollFd, count: c_ulong, timeout: c_int) -> c_int;
}
