//! Whether the server that runs here is ready, for containers and scripts that have nothing else to ask it with.

use std::io::{Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::time::Duration;

use crate::failure::Failure;
use crate::phrase;
use crate::terminal::say;

use super::both;

/// Longer than a server takes that has not stopped answering.
const PATIENCE: Duration = Duration::from_secs(5);

/// Asks the server that listens there.
///
/// # Errors
/// Nobody answers, or the answer is that it cannot serve.
pub fn run(listen: SocketAddr) -> Result<(), Failure> {
    let asked = SocketAddr::new(reachable(listen.ip()), listen.port());
    let silent = |cause: std::io::Error| {
        Failure::Fault(
            phrase!("Aucun serveur ne répond sur {asked}.", "No server answers on {asked}."),
            cause.into(),
        )
    };
    let status = ask(asked).map_err(silent)?;
    // Under HTTPS it answers a request in clear by showing the way to itself: it lives, and nobody's trust is asked for.
    if matches!(status, 200..400) {
        say(both(&phrase!("Le serveur répond", "The server answers")));
        return Ok(());
    }
    Err(Failure::Refused(phrase!(
        "Le serveur ne peut pas servir (HTTP {status}).",
        "The server cannot serve (HTTP {status})."
    )))
}

/// An address of this machine for one that listens to all of them.
fn reachable(ip: IpAddr) -> IpAddr {
    match ip {
        IpAddr::V4(v4) if v4.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(v6) if v6.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    }
}

/// The status of `/health/ready`.
fn ask(address: SocketAddr) -> std::io::Result<u16> {
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    write!(stream, "GET /health/ready HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n")?;
    let mut head = [0; "HTTP/1.1 200".len()];
    stream.read_exact(&mut head)?;
    let status = std::str::from_utf8(&head).ok().and_then(|line| line.rsplit(' ').next()?.parse().ok());
    status.ok_or_else(|| std::io::Error::new(std::io::ErrorKind::InvalidData, "not an HTTP server"))
}
