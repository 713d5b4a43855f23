//! Where a request comes from: the peer of its connection, or, when that is a proxy which the operator trusts, who the proxy says
//! it speaks for. What anybody else says of themselves is not heard.

use std::net::{IpAddr, SocketAddr};

use axum::http::{HeaderMap, HeaderValue};
use ipnet::IpNet;

/// Each proxy adds whom it spoke with to the right, so only what stands right of the last stranger was written by one we trust.
const FORWARDED_FOR: &str = "x-forwarded-for";

/// Who calls: the right-most forwarded address that is no trusted proxy, or the peer when there is none or it cannot be read.
#[must_use]
pub fn address(trusted: &[IpNet], peer: IpAddr, headers: &HeaderMap) -> IpAddr {
    let peer = peer.to_canonical();
    let is_trusted = |address: IpAddr| trusted.iter().any(|network| network.contains(&address));
    if !is_trusted(peer) {
        return peer;
    }
    let lines: Vec<&[u8]> = headers.get_all(FORWARDED_FOR).iter().map(HeaderValue::as_bytes).collect();
    // Left of the first stranger anybody may have written anything, so it is not even read.
    for hop in lines.iter().rev().flat_map(|line| line.rsplit(|byte| *byte == b',')) {
        match parsed(hop) {
            Some(address) if is_trusted(address) => {}
            Some(address) => return address,
            None => return peer,
        }
    }
    peer
}

/// An address; some proxies write the port too.
fn parsed(hop: &[u8]) -> Option<IpAddr> {
    let text = std::str::from_utf8(hop).ok()?.trim();
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    let address = bare.parse().or_else(|_| text.parse().map(|whole: SocketAddr| whole.ip()));
    address.ok().map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROXY: &str = "10.0.0.1";

    /// Who calls, when this peer sends these lines and `10.0.0.0/8` and `2001:db8:1::/48` are trusted.
    fn caller(peer: &str, lines: &[&[u8]]) -> String {
        let trusted: Vec<IpNet> = vec!["10.0.0.0/8".parse().unwrap(), "2001:db8:1::/48".parse().unwrap()];
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(FORWARDED_FOR, line.to_vec().try_into().unwrap());
        }
        address(&trusted, peer.parse().unwrap(), &headers).to_string()
    }

    #[test]
    fn a_trusted_proxy_says_who_calls() {
        for (lines, who) in [
            (&[&b"198.51.100.7"[..]][..], "198.51.100.7"),
            (&[b"198.51.100.7, 10.0.0.2"], "198.51.100.7"),
            (&[b"198.51.100.7", b"10.0.0.3 ,10.0.0.2"], "198.51.100.7"),
            (&[b"2001:db8::7, 2001:db8:1::2"], "2001:db8::7"),
            (&[b"198.51.100.7:51234"], "198.51.100.7"),
            (&[b"[2001:db8::7]:51234"], "2001:db8::7"),
            (&[b"[2001:db8::7]"], "2001:db8::7"),
            (&[b"::ffff:198.51.100.7"], "198.51.100.7"),
        ] {
            assert_eq!(caller(PROXY, lines), who, "{lines:?}");
            assert_eq!(caller("::ffff:10.0.0.1", lines), who, "a listener for both kinds of addresses");
        }
    }

    #[test]
    fn what_a_caller_wrote_before_the_proxy_is_not_read() {
        for line in [&b"192.0.2.1, 198.51.100.7"[..], b"10.0.0.9, 198.51.100.7", b"\xff<b>,, 198.51.100.7"] {
            assert_eq!(caller(PROXY, &[line]), "198.51.100.7");
            assert_eq!(caller(PROXY, &[line, b"10.0.0.2"]), "198.51.100.7");
        }
    }

    #[test]
    fn nobody_else_is_heard() {
        for peer in ["198.51.100.7", "2001:db8:2::1", "127.0.0.1"] {
            assert_eq!(caller(peer, &[b"192.0.2.1"]), peer);
            assert_eq!(caller(peer, &[b"10.0.0.1"]), peer);
        }
        let mut headers = HeaderMap::new();
        headers.append(FORWARDED_FOR, "192.0.2.1".parse().unwrap());
        assert_eq!(address(&[], PROXY.parse().unwrap(), &headers).to_string(), PROXY, "by default nobody");
    }

    #[test]
    fn what_cannot_be_read_leaves_the_proxy() {
        for lines in [
            &[][..],
            &[&b""[..]],
            &[b"unknown"],
            &[b"198.51.100.7,"],
            &[b"198.51.100.7, 10.0.0.999"],
            &[b"198.51.100.7, \xff"],
            &[b"10.0.0.2, 10.0.0.3"],
        ] {
            assert_eq!(caller(PROXY, lines), PROXY, "{lines:?}");
        }
    }
}
