//! Where a request comes from, when there are proxies between.
//!
//! Each proxy adds the address of its peer to the right of `X-Forwarded-For`, and anyone may send the header with
//! whatever he likes to the left of it. So the header counts only where the peer is a proxy that the installation
//! trusts, and of its entries the right-most that is no trusted proxy is the client.

use std::net::IpAddr;

use actix_web::HttpRequest;

use crate::config::Settings;

/// The address of whoever sent the request; `None` only where there is no network peer (a test).
pub fn client_address(request: &HttpRequest, settings: &Settings) -> Option<IpAddr> {
    let peer = request.peer_addr().map(|peer| peer.ip().to_canonical())?;
    let trusted = |address: IpAddr| settings.trusted_proxies.iter().any(|network| network.contains(address));
    if !trusted(peer) {
        return Some(peer);
    }
    let headers: Vec<&str> = request
        .headers()
        .get_all("x-forwarded-for")
        .filter_map(|value| value.to_str().ok())
        .collect();
    let mut client = peer;
    for entry in headers.iter().rev().flat_map(|value| value.rsplit(',')) {
        // What is no address was not written by a proxy of ours: the last one that was is all that is known.
        let Some(address) = address_of(entry.trim()) else { break };
        client = address;
        if !trusted(address) {
            break;
        }
    }
    Some(client)
}

/// An entry's address; some proxies add a port.
fn address_of(entry: &str) -> Option<IpAddr> {
    let with_port = || entry.parse::<std::net::SocketAddr>().ok().map(|address| address.ip());
    entry
        .parse::<IpAddr>()
        .ok()
        .or_else(with_port)
        .map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::client_address;
    use crate::config::Settings;

    fn address_behind(peer: &str, forwarded: &[&str]) -> String {
        let mut settings = Settings::load(None, &serde_json::Map::new()).expect("defaults");
        settings.trusted_proxies = vec![
            "10.0.0.0/8".parse().expect("a network"),
            "fd00::1".parse().expect("an address"),
        ];
        let mut request = actix_web::test::TestRequest::get().peer_addr(peer.parse().expect("an address"));
        for value in forwarded {
            request = request.append_header(("X-Forwarded-For", *value));
        }
        client_address(&request.to_http_request(), &settings).map_or_else(String::new, |ip| ip.to_string())
    }

    #[test]
    fn the_header_of_an_untrusted_peer_is_not_believed() {
        assert_eq!(address_behind("203.0.113.9:5000", &["198.51.100.1"]), "203.0.113.9");
    }

    #[test]
    fn the_right_most_untrusted_address_is_the_client() {
        assert_eq!(
            address_behind("10.0.0.1:5000", &["1.1.1.1, 198.51.100.1, 10.2.3.4"]),
            "198.51.100.1"
        );
        assert_eq!(
            address_behind("10.0.0.1:5000", &["1.1.1.1", "198.51.100.1:4711, 10.2.3.4"]),
            "198.51.100.1"
        );
        assert_eq!(address_behind("[fd00::1]:5000", &["2001:db8::5"]), "2001:db8::5");
        assert_eq!(
            address_behind("[::ffff:10.0.0.1]:5000", &["198.51.100.1"]),
            "198.51.100.1"
        );
    }

    #[test]
    fn what_is_no_address_ends_the_search() {
        assert_eq!(
            address_behind("10.0.0.1:5000", &["198.51.100.1, unknown, 10.2.3.4"]),
            "10.2.3.4"
        );
        assert_eq!(address_behind("10.0.0.1:5000", &[]), "10.0.0.1");
    }
}
