//! A throw-away PostgreSQL server: own folder, own port, own password, gone when its owner is gone.
//!
//! A small shell script keeps the server and waits for the end of its input. That input is a pipe held by this
//! process, so the server stops and its folder goes on a return, a panic, Ctrl-C and `kill -9` alike. A folder left
//! by a power cut is never met again: names and ports are fresh each time.

use std::{
    env,
    fs::{self, DirBuilder, File},
    io::{BufRead, BufReader, Read, Write},
    net::TcpListener,
    os::unix::{
        fs::{DirBuilderExt, chown},
        process::CommandExt,
    },
    path::{Path, PathBuf},
    process::{Child, ChildStdin, Command, Stdio},
};

use crate::{
    command::Outcome,
    machine::{is_root, number},
};

/// Nothing here outlives a run, so the server skips what makes a commit survive a power cut.
const KEEPER: &str = r#"
trap 'rm -rf "$folder"' EXIT
{
    "$bin/initdb" --pgdata="$folder/data" --username=postgres --pwfile="$folder/password" \
        --auth=scram-sha-256 --encoding=UTF8 --locale=C --no-sync &&
    printf '%s\n' "listen_addresses = '127.0.0.1'" "port = $port" "unix_socket_directories = ''" \
        "max_connections = 200" "fsync = off" "synchronous_commit = off" "full_page_writes = off" \
        >>"$folder/data/postgresql.conf" &&
    "$bin/pg_ctl" start --pgdata="$folder/data" --log="$folder/log" --wait --silent
} >"$folder/start" 2>&1 || { cat "$folder/start" "$folder/log" >&2; exit 1; }
echo ready
cat >/dev/null
"$bin/pg_ctl" stop --pgdata="$folder/data" --mode=immediate --silent >/dev/null 2>&1
"#;

/// A running server.
pub(crate) struct Cluster {
    url: String,
    keeper: Child,
    /// Taken to end the keeper's input.
    alive: Option<ChildStdin>,
}

impl Cluster {
    /// Starts a server with the programs in `bin`; as root under the user `postgres`.
    ///
    /// # Errors
    /// When the server does not come up at the third port tried; its own words stand in the output.
    pub(crate) fn start(bin: &Path) -> Outcome<Self> {
        let owner =
            if is_root() { Some((number(&["-u", "postgres"])?, number(&["-g", "postgres"])?)) } else { None };
        // Between finding a free port and taking it somebody else may take it.
        let mut last = Err(String::new());
        for _ in 0..3 {
            last = Self::start_once(bin, owner).map_err(|error| format!("PostgreSQL did not start: {error}"));
            if last.is_ok() {
                break;
            }
        }
        last
    }

    /// A superuser's address of the database `postgres`.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    fn start_once(bin: &Path, owner: Option<(u32, u32)>) -> Outcome<Self> {
        let words = |error: std::io::Error| error.to_string();
        let password = token().map_err(words)?;
        let folder = new_folder(&password, owner).map_err(words)?;
        let port = free_port().map_err(words)?;
        let mut command = Command::new("sh");
        command.args(["-eu", "-c", KEEPER]).current_dir("/");
        command.env_clear().env("PATH", env::var_os("PATH").unwrap_or_default());
        command.env("bin", bin).env("folder", &folder).env("port", port.to_string());
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        command.process_group(0); // out of reach of the terminal's Ctrl-C, which ends us, which ends it in order
        if let Some((user, group)) = owner {
            command.uid(user).gid(group);
        }
        let mut keeper = command.spawn().map_err(words)?;
        let alive = keeper.stdin.take();
        let output = keeper.stdout.take();
        let url = format!("postgres://postgres:{password}@127.0.0.1:{port}/postgres");
        let cluster = Self { url, keeper, alive };
        let mut line = String::new();
        if let Some(output) = output {
            BufReader::new(output).read_line(&mut line).map_err(words)?;
        }
        if line.trim() == "ready" { Ok(cluster) } else { Err(format!("see above (port {port})")) }
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        drop(self.alive.take());
        if let Err(error) = self.keeper.wait() {
            crate::command::say(&format!("xtask: PostgreSQL's keeper cannot be waited for: {error}"));
        }
    }
}

/// A folder only the server's user can open, with the superuser's password in it.
fn new_folder(password: &str, owner: Option<(u32, u32)>) -> std::io::Result<PathBuf> {
    let folder = env::temp_dir().join(format!("warta-postgres-{}", token()?));
    DirBuilder::new().mode(0o700).create(&folder)?;
    let file = folder.join("password");
    File::create(&file)?.write_all(password.as_bytes())?;
    if let Some((user, group)) = owner {
        chown(&file, Some(user), Some(group))?;
        chown(&folder, Some(user), Some(group))?;
    }
    fs::canonicalize(folder)
}

/// 96 random bits as hexadecimal digits.
fn token() -> std::io::Result<String> {
    let mut bytes = [0; 16];
    let (_, random) = bytes.split_at_mut(4);
    File::open("/dev/urandom")?.read_exact(random)?;
    Ok(format!("{:024x}", u128::from_be_bytes(bytes)))
}

fn free_port() -> std::io::Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::machine::{Machine, Needs};
    use std::net::TcpStream;

    #[test]
    fn a_cluster_listens_while_it_is_held_and_then_is_gone() {
        if env::var_os(crate::test::REQUIRE).is_none() {
            return; // a plain `cargo test` installs nothing
        }
        let machine = Machine::set_up(Needs { postgres: true, browser: false }).unwrap();
        let cluster = Cluster::start(&machine.postgres.unwrap()).unwrap();
        let address =
            cluster.url().split(['@', '/']).find(|part| part.starts_with("127.")).unwrap().to_owned();
        TcpStream::connect(&address).unwrap();

        drop(cluster);

        TcpStream::connect(&address).unwrap_err();
    }
}
