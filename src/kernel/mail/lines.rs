//! A connection that is read no further than the line that is wanted.
//!
//! STARTTLS begins in clear, where anyone between us and the server may add lines of their own after the server's
//! « 220 ready ». Read ahead, they would lie in the buffer and pass for what the server says once TLS stands
//! (CVE-2021-33515 and its kin). Left in the socket, they break the handshake instead.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use lettre::transport::smtp::client::AsyncTokioStream;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// A stream whose reads end at a line feed. TLS does not mind: it takes its records in any pieces.
#[derive(Debug)]
pub(super) struct LineByLine(pub TcpStream);

impl AsyncRead for LineByLine {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let stream = &mut self.get_mut().0;
        let mut ahead = [0; 4096];
        let most = buffer.remaining().min(ahead.len());
        let mut peeked = ReadBuf::new(&mut ahead[..most]);
        ready!(stream.poll_peek(cx, &mut peeked))?;
        let seen = peeked.filled();
        let wanted = seen.iter().position(|byte| *byte == b'\n').map_or(seen.len(), |place| place + 1);
        let mut line = ReadBuf::new(&mut ahead[..wanted]);
        ready!(Pin::new(stream).poll_read(cx, &mut line))?;
        buffer.put_slice(line.filled());
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for LineByLine {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().0).poll_write(cx, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().0).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().0).poll_shutdown(cx)
    }
}

impl AsyncTokioStream for LineByLine {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.0.peer_addr()
    }
}
