//! Leads from the loopback of this sandbox, where clients look for a proxy (`HTTPS_PROXY`), to the one socket that leads
//! out of it.

use std::env;
use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::thread;

const PROXY: &str = "127.0.0.1:3128";

/// Does nothing for a package without a grant.
pub fn start() {
    let path = match env::var("SLUICE_EGRESS") {
        Ok(path) => path,
        Err(_) => return,
    };
    let listener = TcpListener::bind(PROXY).expect("the proxy's address is free");
    thread::spawn(move || {
        for inner in listener.incoming().flatten() {
            // A connection that cannot be led on is closed.
            let _ = bridge(inner, &path);
        }
    });
}

fn bridge(inner: TcpStream, path: &str) -> io::Result<()> {
    let outer = UnixStream::connect(path)?;
    let (from, to) = (inner.try_clone()?, outer.try_clone()?);
    thread::spawn(move || {
        pass(from, &to);
        let _ = to.shutdown(Shutdown::Write);
    });
    thread::spawn(move || {
        pass(outer, &inner);
        let _ = inner.shutdown(Shutdown::Write);
    });
    Ok(())
}

/// Copies to the end of one side.
fn pass(mut from: impl Read, mut to: impl Write) {
    // What breaks is over for both.
    let _ = io::copy(&mut from, &mut to);
}
