//! `sanfuwu healthcheck`: asks `/healthz` as a container's health check does, in one HTTP/1.1 request over plain TCP,
//! for which a client library would be too much.

use std::io::{self, Read as _, Write as _};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::time::Duration;

use super::Failure;
use super::output::say;
use super::settings::Flags;

/// How long the server may take for each step.
const PATIENCE: Duration = Duration::from_secs(2);

pub(super) fn check(flags: &Flags) -> Result<(), Failure> {
    let address = reachable(flags.settings()?.listen);
    match ask(address) {
        Ok(status) if status.contains(" 200 ") => {
            say(&format!("{address} lives"));
            Ok(())
        }
        Ok(status) => Err(Failure::of(format!("{address} answers: {status}"))),
        Err(fault) => Err(Failure::of(format!("{address} does not answer: {fault}"))),
    }
}

/// An address that stands for all of the machine's is reached at the loopback one.
fn reachable(listen: SocketAddr) -> SocketAddr {
    let ip = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    SocketAddr::new(ip, listen.port())
}

/// The status line of the answer.
pub(super) fn ask(address: SocketAddr) -> io::Result<String> {
    let mut connection = TcpStream::connect_timeout(&address, PATIENCE)?;
    connection.set_read_timeout(Some(PATIENCE))?;
    connection.set_write_timeout(Some(PATIENCE))?;
    write!(
        connection,
        "GET /healthz HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n"
    )?;
    let mut answer = Vec::new();
    // A server that never ends its answer is none that lives.
    connection.take(64 * 1024).read_to_end(&mut answer)?;
    let text = String::from_utf8_lossy(&answer);
    Ok(text.lines().next().unwrap_or_default().to_owned())
}

#[cfg(test)]
mod tests {
    use super::reachable;

    #[test]
    fn an_address_that_stands_for_all_is_asked_at_the_loopback_one() {
        let of = |listen: &str| reachable(listen.parse().expect("an address")).to_string();
        assert_eq!(of("0.0.0.0:8080"), "127.0.0.1:8080");
        assert_eq!(of("[::]:8080"), "[::1]:8080");
        assert_eq!(of("192.0.2.7:80"), "192.0.2.7:80");
    }
}
