//! `warta`: the WhatsApp channel of conversational agents, self-hosted. Commands and composition; the work is in the crates.

mod commands;
mod config;
mod lifecycle;
mod print;
mod telemetry;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The self-hosted WhatsApp channel for conversational agents.
#[derive(Debug, Parser)]
#[command(version, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Try everything on this machine: a gateway, a stand-in for WhatsApp, phones and sample agents
    Demo(commands::demo::Demo),
    /// Run the gateway
    Serve(commands::serve::Serve),
    /// Bring the store's tables up to date, and say so
    Migrate(commands::migrate::Migrate),
    /// Run the stand-ins for WhatsApp providers, the phone and the sample agents on their own
    Twin(commands::twin::Twin),
    /// Read webhooks in quarantine once more, or hand dead letters to their agents once more
    Replay(commands::replay::Replay),
    /// API keys: create, list, revoke
    Key(commands::key::Key),
    /// People who use the console: add, reset
    User(commands::user::User),
    /// Print the API description (`OpenAPI` 3.1)
    Openapi,
}

#[tokio::main]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    // One TLS provider for the whole process; a second installation is impossible here.
    drop(rustls::crypto::ring::default_provider().install_default());
    let result = match cli.command {
        Command::Demo(demo) => Box::pin(commands::demo::run(demo)).await,
        Command::Serve(serve) => Box::pin(commands::serve::run(serve)).await,
        Command::Migrate(migrate) => commands::migrate::run(migrate).await,
        Command::Twin(twin) => commands::twin::run(twin).await,
        Command::Replay(replay) => commands::replay::run(replay).await,
        Command::Key(key) => commands::key::run(key).await,
        Command::User(user) => commands::user::run(user).await,
        Command::Openapi => {
            print::line(warta_gateway::web::openapi());
            Ok(())
        }
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("warta: {error:#}");
            ExitCode::FAILURE
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn help_is_as_it_was() {
        insta::assert_snapshot!(Cli::command().render_long_help());
    }

    #[test]
    fn arguments_are_consistent() {
        Cli::command().debug_assert();
    }
}
