// What a hook is given has a newer name, which 1.63 does not know.
#![allow(deprecated)]

//! Serves one package's nodes over the two pipes 3 and 4, one call at a time.

mod ask;
mod call;
mod channel;
mod egress;
mod stream;

use std::any::Any;
use std::io::Write;
use std::panic::{self, AssertUnwindSafe, PanicInfo};
use std::sync::{Mutex, PoisonError};
use std::thread;

use service::codec::Writer;
use service::dispatch;
use service::failure::Failure;

use call::{clip, Call, Cancelled};
use channel::{Channel, Kind};

const MAX_PAYLOAD: usize = 16 << 20;
const MAX_TEXT: usize = 60 << 10;

/// Where the thread that serves calls last panicked.
static PLACE: Mutex<String> = Mutex::new(String::new());

fn main() {
    let channel = Channel::open();
    panic::set_hook(hook(thread::current().id()));
    egress::start();
    channel.send(
        Kind::HELLO,
        0,
        &hello("rust", dispatch::NODES, dispatch::FINGERPRINT),
    );
    loop {
        let frame = channel.receive();
        match frame.kind {
            Kind::INVOKE => serve(&channel, frame.call, &frame.payload),
            Kind::SHUTDOWN => channel::exit(),
            // A Cancel whose call has ended.
            _ => {}
        }
    }
}

fn hello(language: &str, nodes: &[&str], fingerprint: &str) -> Vec<u8> {
    Writer::encoded(|writer| {
        writer.varint(1 << 3);
        writer.varint(1);
        text(writer, 2, language);
        for node in nodes {
            text(writer, 3, node);
        }
        text(writer, 4, fingerprint);
    })
}

fn serve(channel: &Channel, number: u32, payload: &[u8]) {
    let call = Call::read(channel, number, payload);
    PLACE.lock().unwrap_or_else(PoisonError::into_inner).clear();
    let ended = panic::catch_unwind(AssertUnwindSafe(|| {
        if call.streams {
            dispatch::stream(&call.node, &call, &call).map(|()| Vec::new())
        } else {
            dispatch::call(&call.node, &call, &call.input)
        }
    }));
    let too_large = call.stream().too_large.take();
    let answer = match ended {
        Ok(_) if too_large.is_some() => Err(error("too_large", &too_large.unwrap_or_default(), "")),
        Err(_) if call.was_cancelled() => Err(error("cancelled", "it was stopped", "")),
        Ok(Ok(output)) if output.len() > MAX_PAYLOAD => {
            let message = format!(
                "the output has {} bytes, more than {}",
                output.len(),
                MAX_PAYLOAD
            );
            Err(error("too_large", &message, ""))
        }
        Ok(Ok(output)) => Ok(output),
        Ok(Err(Failure::UnknownNode)) => Err(error(
            "unknown_node",
            &format!("the package has no node {}", call.node),
            "",
        )),
        Ok(Err(Failure::WrongKind(message))) => Err(error("wrong_type", &message, "")),
        Ok(Err(Failure::Error { message, details })) => {
            // The details of a plain text are the text once more.
            let stack = if details == format!("{:?}", message) {
                String::new()
            } else {
                details
            };
            Err(error("exception", &message, &stack))
        }
        Err(payload) => {
            let place = PLACE.lock().unwrap_or_else(PoisonError::into_inner);
            Err(error(
                "exception",
                &format!("panic: {}", said(payload.as_ref())),
                &place,
            ))
        }
    };
    let _ = std::io::stdout().flush();
    match answer {
        Ok(output) => channel.send(Kind::RESULT, number, &output),
        Err(error) => channel.send(Kind::ERROR, number, &error),
    }
}

/// Notes where a handler panics. What other threads of a node have to say is printed, as ever.
fn hook(serving: thread::ThreadId) -> Box<dyn Fn(&PanicInfo<'_>) + Send + Sync> {
    let print = panic::take_hook();
    Box::new(move |info| {
        if thread::current().id() != serving {
            return print(info);
        }
        let mut place = PLACE.lock().unwrap_or_else(PoisonError::into_inner);
        *place = match info.location() {
            Some(at) => format!("at {}:{}:{}", within(at.file()), at.line(), at.column()),
            None => String::new(),
        };
    })
}

/// The path of a source file as the package's author knows it: `/app/src/../gen/../nodes/greet.rs` is `nodes/greet.rs`.
fn within(path: &str) -> String {
    let mut parts = Vec::new();
    for part in path.strip_prefix("/app/").unwrap_or(path).split('/') {
        match part {
            ".." => {
                parts.pop();
            }
            _ => parts.push(part),
        }
    }
    parts.join("/")
}

fn said(payload: &(dyn Any + Send)) -> &str {
    if let Some(text) = payload.downcast_ref::<&str>() {
        text
    } else if let Some(text) = payload.downcast_ref::<String>() {
        text
    } else if payload.is::<Cancelled>() {
        "it was stopped"
    } else {
        "no text"
    }
}

fn error(kind: &str, message: &str, stack: &str) -> Vec<u8> {
    Writer::encoded(|writer| {
        text(writer, 1, kind);
        text(writer, 2, clip(message, MAX_TEXT).as_ref());
        text(writer, 3, clip(stack, MAX_TEXT).as_ref());
    })
}

/// A field of text; an empty one is left out.
fn text(writer: &mut Writer, number: u64, text: &str) {
    if !text.is_empty() {
        writer.varint(number << 3 | 2);
        writer.string(text);
    }
}
