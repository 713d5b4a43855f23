//! Which addresses may be called. They are checked where names are resolved, so the address that was checked is the address
//! that is dialled (facts/promises.md S6).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use ipnet::IpNet;
use reqwest::Url;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::error::Error;

/// Decides which addresses may be called.
#[derive(Debug)]
pub(super) struct Guard {
    allow: Vec<IpNet>,
}

impl Guard {
    /// One that also lets through to the networks in `allow`.
    pub(super) const fn new(allow: Vec<IpNet>) -> Self {
        Self { allow }
    }

    /// The address, where it may be called as far as that shows before its name is looked up.
    pub(super) fn checked(&self, url: &str) -> Result<Url, Error> {
        let url = Url::parse(url).map_err(|_| Error::Forbidden)?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Error::Forbidden);
        }
        let literal = match url.host() {
            Some(url::Host::Ipv4(address)) => Some(IpAddr::V4(address)),
            Some(url::Host::Ipv6(address)) => Some(IpAddr::V6(address)),
            Some(url::Host::Domain(_)) => None,
            None => return Err(Error::Forbidden),
        };
        if literal.is_some_and(|address| !self.permits(address)) {
            return Err(Error::Forbidden);
        }
        match (url.scheme(), literal) {
            ("https", _) => Ok(url),
            // Plain HTTP only inside networks the operator opened, and to names that resolve there.
            ("http", Some(address)) if self.opened(address) => Ok(url),
            ("http", None) if url.host_str() == Some("localhost") && !self.allow.is_empty() => Ok(url),
            _ => Err(Error::Forbidden),
        }
    }

    fn opened(&self, address: IpAddr) -> bool {
        self.allow.iter().any(|network| network.contains(&canonical(address)))
    }

    fn permits(&self, address: IpAddr) -> bool {
        self.opened(address) || is_public(canonical(address))
    }
}

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let allow = self.allow.clone();
        Box::pin(async move {
            let guard = Guard { allow };
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            // One forbidden address among many is enough: a name that mixes them is not to be trusted.
            if found.iter().any(|address| !guard.permits(address.ip())) {
                return Err(Error::Forbidden.into());
            }
            let addresses: Addrs = Box::new(found.into_iter());
            Ok(addresses)
        })
    }
}

fn canonical(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V6(six) => six.to_ipv4_mapped().map_or(address, IpAddr::V4),
        IpAddr::V4(_) => address,
    }
}

/// Whether an address is one of the open internet. What IANA reserved for anything else is not.
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(four) => is_public_v4(four),
        IpAddr::V6(six) => is_public_v6(six),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    !(address.is_loopback()
        || address.is_private()
        || address.is_link_local()
        || address.is_broadcast()
        || address.is_multicast()
        || address.is_documentation()
        || a == 0
        || a >= 240
        || (a == 100 && (64..128).contains(&b)) // carrier-grade NAT
        || (a == 192 && b == 0 && c == 0) // protocol assignments
        || (a == 192 && b == 88 && c == 99) // 6to4 relays
        || (a == 198 && (b == 18 || b == 19))) // benchmarks
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let [first, second, ..] = address.segments();
    // Only 2000::/3 is given out, and of it neither documentation, Teredo nor 6to4, which can wrap private IPv4.
    (0x2000..0x4000).contains(&first)
        && !(first == 0x2001 && (second == 0x0db8 || second < 0x0200))
        && first != 0x2002
        && !(first == 0x3fff && second < 0x1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guard(allow: &[&str]) -> Guard {
        Guard { allow: allow.iter().map(|network| network.parse().unwrap()).collect() }
    }

    #[test]
    fn private_addresses_are_refused_however_they_are_written() {
        for url in [
            "https://127.0.0.1/",
            "https://127.1/",
            "https://2130706433/",
            "https://0x7f000001/",
            "https://0177.0.0.1/",
            "https://0/",
            "https://10.0.0.8/",
            "https://172.16.3.4/",
            "https://192.168.1.1/",
            "https://169.254.169.254/",
            "https://100.64.0.1/",
            "https://192.0.0.8/",
            "https://198.18.0.1/",
            "https://224.0.0.1/",
            "https://255.255.255.255/",
            "https://240.0.0.1/",
            "https://[::]/",
            "https://[::1]/",
            "https://[::ffff:127.0.0.1]/",
            "https://[::ffff:a00:1]/",
            "https://[fe80::1]/",
            "https://[fc00::1]/",
            "https://[64:ff9b::7f00:1]/",
            "https://[2002:7f00:1::]/",
            "https://[2001:db8::1]/",
            "https://[ff02::1]/",
            "https://user:pass@8.8.8.8/",
            "http://8.8.8.8/",
            "ftp://8.8.8.8/",
            "file:///etc/passwd",
            "javascript:1",
            "http://example.com/",
            "",
        ] {
            assert_eq!(guard(&[]).checked(url).err(), Some(Error::Forbidden), "{url}");
        }
    }

    #[test]
    fn public_addresses_pass() {
        for url in ["https://8.8.8.8/", "https://graph.facebook.com/v26.0/1", "https://[2a03:2880:f10c::1]/"]
        {
            assert!(guard(&[]).checked(url).is_ok(), "{url}");
        }
    }

    #[test]
    fn an_opened_network_passes_and_its_neighbour_does_not() {
        let guard = guard(&["127.0.0.0/8"]);
        assert!(guard.checked("http://127.0.0.1:8081/agent").is_ok());
        assert!(guard.checked("http://[::ffff:127.0.0.1]:8081/agent").is_ok());
        assert_eq!(guard.checked("http://10.0.0.1/").err(), Some(Error::Forbidden));
    }
}
