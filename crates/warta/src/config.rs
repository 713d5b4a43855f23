//! What an operator can set: `warta.toml`, then `WARTA_…` over it, then the defaults.
//!
//! One table says it all: the reader, the environment and the generated `config.example.toml` come from it.

use std::fmt::Write as _;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};
use warta_core::secret::Secret;

/// What a key takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Number,
    List,
    /// A text that must not stand in the open: `<key>_file` names a file that holds it.
    Secret,
}

/// One thing that can be set.
struct Key {
    name: &'static str,
    kind: Kind,
    /// Shown in the example; the value used when nothing is set, where there is one.
    example: &'static str,
    has_default: bool,
    doc: &'static str,
}

const KEYS: &[Key] = &[
    Key {
        name: "listen",
        kind: Kind::Text,
        example: "127.0.0.1:8080",
        has_default: true,
        doc: "Address and port to listen on. Put a proxy with TLS in front; it must pass Host and Origin through unchanged.",
    },
    Key {
        name: "public_url",
        kind: Kind::Text,
        example: "https://wa.example.com",
        has_default: false,
        doc: "Where the world reaches this gateway. Providers call <public_url>/hooks/…\nRequired.",
    },
    Key {
        name: "store",
        kind: Kind::Text,
        example: "warta.db",
        has_default: true,
        doc: "Where everything durable is kept: a path of an SQLite file, or postgres://user@host/database.",
    },
    Key {
        name: "secret_key",
        kind: Kind::Secret,
        example: "secret.key",
        has_default: false,
        doc: "The key that seals credentials in the store: 32 bytes as 64 hex digits, such as `openssl rand -hex 32` prints.\n\
              Keep a copy apart from the store: without it the credentials cannot be opened again.\nRequired.",
    },
    Key {
        name: "trusted_proxies",
        kind: Kind::List,
        example: "[]",
        has_default: true,
        doc: "Addresses and networks of the proxies in front, such as [\"127.0.0.1\", \"10.1.0.0/16\"]. Only what they say in X-Forwarded-For\n\
              is believed; without them whoever calls through a proxy counts as one caller in the console's sign-in limits.",
    },
    Key {
        name: "egress_allow",
        kind: Kind::List,
        example: "[]",
        has_default: true,
        doc: "Networks with private addresses that agents may live in, such as [\"10.1.0.0/16\"]. All others are refused.",
    },
    Key {
        name: "agent_timeout_s",
        kind: Kind::Number,
        example: "15",
        has_default: true,
        doc: "How many seconds an agent may take to answer.",
    },
    Key {
        name: "send_timeout_s",
        kind: Kind::Number,
        example: "20",
        has_default: true,
        doc: "How many seconds a provider may take to answer a send. After that the send is uncertain.",
    },
    Key {
        name: "messages_per_second",
        kind: Kind::Number,
        example: "75",
        has_default: true,
        doc: "How many messages one number may send each second. Meta's ordinary limit is 80, what comes in included.",
    },
    Key {
        name: "metrics_listen",
        kind: Kind::Text,
        example: "127.0.0.1:9090",
        has_default: false,
        doc: "Address and port of /metrics, in Prometheus' format. Not served when not set.",
    },
    Key {
        name: "log",
        kind: Kind::Text,
        example: "info",
        has_default: true,
        doc: "What is logged: error, warn, info, debug, or directives such as \"info,warta_gateway=debug\".",
    },
    Key {
        name: "log_format",
        kind: Kind::Text,
        example: "text",
        has_default: true,
        doc: "text for people, json for machines.",
    },
];

/// The settings of a gateway, read and checked.
#[derive(Debug, Clone)]
pub(crate) struct Config {
    /// Address to listen on.
    pub listen: SocketAddr,
    /// Where the world reaches us, without a trailing slash.
    pub public_url: String,
    /// SQLite path or `PostgreSQL` URL.
    pub store: String,
    /// Seals credentials.
    pub secret_key: Secret,
    /// Proxies that say whom they speak for.
    pub trusted_proxies: Vec<ipnet::IpNet>,
    /// Private networks that may be called.
    pub egress_allow: Vec<ipnet::IpNet>,
    /// How long an agent may take.
    pub agent_timeout: Duration,
    /// How long a provider may take.
    pub send_timeout: Duration,
    /// Pace of one number.
    pub messages_per_second: u32,
    /// Where metrics are served, if anywhere.
    pub metrics_listen: Option<SocketAddr>,
    /// What is logged.
    pub log: String,
    /// How.
    pub log_format: LogFormat,
}

/// How log lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LogFormat {
    /// For people.
    Text,
    /// For machines.
    Json,
}

/// Where the settings are when nobody says.
pub(crate) const FILE: &str = "warta.toml";

/// Reads `path`, which may be missing where it is [`FILE`], and the environment.
///
/// # Errors
///
/// A sentence that names the key and says what is right: unknown key, missing key, value of the wrong form.
pub(crate) fn read(path: &Path, environment: impl Fn(&str) -> Option<String>) -> Result<Config> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        // Without a file of its own everything may come from the environment; one that is named must be there.
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && path == Path::new(FILE) => {
            String::new()
        }
        Err(error) => return Err(error).with_context(|| format!("cannot read {}", path.display())),
    };
    let file: toml::Table = toml::from_str(&text).map_err(|error| not_toml(path, &text, &error))?;
    for name in file.keys() {
        let known = KEYS.iter().any(|key| {
            name == key.name || (key.kind == Kind::Secret && name.strip_suffix("_file") == Some(key.name))
        });
        if !known {
            bail!("{}: there is no key {name}; known are {}", path.display(), names());
        }
    }
    let folder = path.parent().map(Path::to_path_buf).unwrap_or_default();
    Reader { file, environment, folder }.config()
}

/// Where it stops being TOML and why, without the line itself: a key may stand there.
fn not_toml(path: &Path, text: &str, error: &toml::de::Error) -> anyhow::Error {
    let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    anyhow!("{} is not TOML: line {line}, column {column}: {}", path.display(), error.message())
}

fn names() -> String {
    let name = |key: &Key| match key.kind {
        Kind::Secret => format!("{0} (or {0}_file)", key.name),
        Kind::Text | Kind::Number | Kind::List => key.name.to_owned(),
    };
    KEYS.iter().map(name).collect::<Vec<_>>().join(", ")
}

struct Reader<E> {
    file: toml::Table,
    environment: E,
    /// Relative paths in the file start here.
    folder: PathBuf,
}

impl<E: Fn(&str) -> Option<String>> Reader<E> {
    fn config(&self) -> Result<Config> {
        let public_url = self.required("public_url")?.trim_end_matches('/').to_owned();
        if !(public_url.starts_with("https://") || public_url.starts_with("http://")) {
            bail!("public_url must start with https:// (or http:// for trying out), not {public_url}");
        }
        let log_format = match self.text("log_format")?.as_deref() {
            Some("text") | None => LogFormat::Text,
            Some("json") => LogFormat::Json,
            Some(other) => bail!("log_format must be text or json, not {other}"),
        };
        let config = Config {
            listen: parsed(
                "listen",
                &self.required("listen")?,
                "an address and port such as 127.0.0.1:8080",
            )?,
            public_url,
            store: self.required("store")?,
            secret_key: self.secret("secret_key")?,
            trusted_proxies: self.networks("trusted_proxies")?,
            egress_allow: self.networks("egress_allow")?,
            agent_timeout: Duration::from_secs(u64::from(self.number("agent_timeout_s", 1, 120)?)),
            send_timeout: Duration::from_secs(u64::from(self.number("send_timeout_s", 1, 120)?)),
            messages_per_second: self.number("messages_per_second", 1, 1_000)?,
            metrics_listen: self
                .text("metrics_listen")?
                .map(|text| parsed("metrics_listen", &text, "an address and port such as 127.0.0.1:9090"))
                .transpose()?,
            log: self.required("log")?,
            log_format,
        };
        Ok(config)
    }

    /// The value as it was written: environment, then file, then default.
    fn text(&self, name: &str) -> Result<Option<String>> {
        if let Some(value) = (self.environment)(&variable(name)) {
            return Ok(Some(value));
        }
        match self.file.get(name) {
            Some(toml::Value::String(text)) => Ok(Some(text.clone())),
            Some(toml::Value::Integer(number)) => Ok(Some(number.to_string())),
            Some(toml::Value::Array(items)) => {
                let items: Option<Vec<&str>> = items.iter().map(toml::Value::as_str).collect();
                items
                    .map(|items| Some(items.join(",")))
                    .with_context(|| format!("{name} must be a list of texts"))
            }
            Some(_) => bail!("{name} must be a text, a whole number or a list of texts"),
            None => Ok(KEYS
                .iter()
                .find(|key| key.name == name && key.has_default)
                .map(|key| if key.kind == Kind::List { String::new() } else { key.example.to_owned() })),
        }
    }

    fn required(&self, name: &str) -> Result<String> {
        match self.text(name)? {
            Some(text) if !text.trim().is_empty() => Ok(text.trim().to_owned()),
            _ => bail!("{name} is not set: write it into warta.toml or set {}", variable(name)),
        }
    }

    fn number(&self, name: &str, least: u32, most: u32) -> Result<u32> {
        let text = self.required(name)?;
        let number: u32 = parsed(name, &text, "a whole number")?;
        if !(least..=most).contains(&number) {
            bail!("{name} must be between {least} and {most}, not {number}");
        }
        Ok(number)
    }

    fn networks(&self, name: &str) -> Result<Vec<ipnet::IpNet>> {
        let text = self.text(name)?.unwrap_or_default();
        text.split(',')
            .map(str::trim)
            .filter(|part| !part.is_empty())
            .map(|part| match part.parse() {
                Ok(address) => Ok(IpAddr::into(address)),
                Err(_) => parsed(name, part, "networks such as 10.1.0.0/16, or addresses"),
            })
            .collect()
    }

    fn secret(&self, name: &str) -> Result<Secret> {
        if let Some(text) = self.text(name)? {
            return Ok(Secret::new(&text));
        }
        let file_key = format!("{name}_file");
        let path = match (self.environment)(&variable(&file_key)) {
            Some(path) => PathBuf::from(path),
            None => match self.file.get(&file_key).and_then(toml::Value::as_str) {
                Some(path) => self.folder.join(path),
                None => {
                    bail!("{name} is not set: write {file_key} into warta.toml or set {}", variable(name))
                }
            },
        };
        let text = std::fs::read_to_string(&path)
            .with_context(|| format!("{file_key}: cannot read {}", path.display()))?;
        Ok(Secret::new(&text))
    }
}

fn variable(name: &str) -> String {
    format!("WARTA_{}", name.to_uppercase())
}

fn parsed<T: std::str::FromStr>(name: &str, text: &str, right: &str) -> Result<T> {
    text.parse().ok().with_context(|| format!("{name} must be {right}, not {text:?}"))
}

/// The file that documents every key, with its default or an example behind `#`.
#[must_use]
pub(crate) fn example() -> String {
    let mut text = String::from(
        "# Warta's settings. Each key can also be set as WARTA_<KEY> in the environment, which wins.\n\
         # Written by `warta serve --print-example`; lines behind # show defaults and examples.\n",
    );
    for key in KEYS {
        text.push('\n');
        for line in key.doc.lines() {
            writeln!(text, "# {line}").unwrap_or_default();
        }
        let (name, value) = match key.kind {
            Kind::Text => (key.name.to_owned(), format!("{:?}", key.example)),
            Kind::Number | Kind::List => (key.name.to_owned(), key.example.to_owned()),
            Kind::Secret => (format!("{}_file", key.name), format!("{:?}", key.example)),
        };
        let mark = if key.doc.ends_with("Required.") { "" } else { "# " };
        writeln!(text, "{mark}{name} = {value}").unwrap_or_default();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_text(text: &str, environment: &[(&str, &str)]) -> Result<Config> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("warta.toml");
        std::fs::write(&path, text).unwrap();
        std::fs::write(folder.path().join("secret.key"), "ab".repeat(32)).unwrap();
        read(&path, |name| {
            environment.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn the_example_is_a_working_configuration() {
        let config = read_text(&example(), &[]).unwrap();
        assert_eq!(config.public_url, "https://wa.example.com");
        assert_eq!(config.secret_key.expose(), "ab".repeat(32));
        assert_eq!(config.listen.port(), 8080);
    }

    #[test]
    fn the_committed_example_is_the_generated_one() {
        let committed = include_str!("../../../config.example.toml");
        assert_eq!(
            committed,
            example(),
            "run: cargo run -p warta -- serve --print-example > config.example.toml"
        );
    }

    #[test]
    fn a_slip_of_the_pen_is_told_by_its_place_and_shows_no_secret() {
        for line in [
            "secret_key = 3f9ac4n4ry",
            "secret_key = \"c4n4ry",
            "secret_key = c4n4ry",
            "store = postgres://warta:c4n4ry@db/warta",
            "secret_key c4n4ry",
        ] {
            let error = read_text(&format!("listen = \"127.0.0.1:8080\"\n{line}\n"), &[]).unwrap_err();
            let told = format!("{error:#} {error:?}");
            assert!(told.contains("warta.toml is not TOML: line 2, column "), "{told}");
            assert!(!told.contains("c4n4ry") && !told.contains("3f9a"), "{told}");
        }
    }

    #[test]
    fn a_file_that_is_named_must_be_there() {
        let error = read(Path::new("/nowhere/nope.toml"), |_| None).unwrap_err();
        assert!(format!("{error:#}").starts_with("cannot read /nowhere/nope.toml"), "{error:#}");
        let error = read(Path::new(FILE), |_| None).unwrap_err();
        assert!(format!("{error:#}").contains("is not set"), "{error:#}");
        let error = read_text("pubic_url = 1", &[]).unwrap_err();
        assert!(format!("{error:#}").contains("secret_key (or secret_key_file)"), "{error:#}");
    }

    #[test]
    fn the_environment_wins() {
        let config = read_text(
            &example(),
            &[
                ("WARTA_PUBLIC_URL", "https://other.example/"),
                ("WARTA_EGRESS_ALLOW", "10.0.0.0/8, 127.0.0.0/8"),
                ("WARTA_TRUSTED_PROXIES", "2001:db8::1"),
            ],
        )
        .unwrap();
        assert_eq!(config.public_url, "https://other.example");
        assert_eq!(config.egress_allow.len(), 2);
        assert_eq!(config.trusted_proxies, ["2001:db8::1/128".parse().unwrap()]);
    }

    #[test]
    fn no_proxy_is_trusted_unless_it_is_named() {
        assert!(read_text(&example(), &[]).unwrap().trusted_proxies.is_empty());
        let text = format!("trusted_proxies = [\"127.0.0.1\", \"10.1.0.0/16\"]\n{}", example());
        let networks = ["127.0.0.1/32".parse().unwrap(), "10.1.0.0/16".parse().unwrap()];
        assert_eq!(read_text(&text, &[]).unwrap().trusted_proxies, networks);
    }

    #[test]
    fn every_fault_names_its_key_and_what_is_right() {
        let good = example();
        for (text, words) in [
            (format!("listn = \"x\"\n{good}"), "there is no key listn"),
            (good.replace("https://wa.example.com", "wa.example.com"), "public_url must start with https://"),
            (format!("{good}\nagent_timeout_s = 0"), "agent_timeout_s must be between 1 and 120"),
            (format!("{good}\nlisten = \"8080\""), "listen must be an address and port"),
            (format!("{good}\ntrusted_proxies = [\"proxy.local\"]"), "trusted_proxies must be networks"),
            (format!("{good}\negress_allow = [\"ten\"]"), "egress_allow must be networks"),
            (format!("{good}\nlog_format = \"xml\""), "log_format must be text or json"),
            (good.replace("secret.key", "nowhere.key"), "secret_key_file: cannot read"),
            ("store = \"x.db\"".to_owned(), "public_url is not set"),
        ] {
            let error = format!("{:#}", read_text(&text, &[]).unwrap_err());
            assert!(error.contains(words), "{error:?} should say {words:?}");
        }
    }
}
