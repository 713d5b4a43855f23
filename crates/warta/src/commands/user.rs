//! `warta user`.

use anyhow::{Context, Result, bail};
use clap::{Args, Subcommand};
use warta_console::door;
use warta_core::audit::Action as Done;
use warta_core::ids::{AuditId, OrganizationId, PersonId};
use warta_core::permission::OrganizationRole;
use warta_gateway::app::{App, Settings};
use warta_store::{Entry, Error, NewPerson, Newcomer, Purpose, Scope};

use super::settings::SettingsFile;
use crate::{lifecycle, print};

/// People who use the console.
#[derive(Debug, Args)]
pub(crate) struct User {
    #[command(flatten)]
    settings: SettingsFile,
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Add a person to an organization and print a one-time link by which they choose a password
    Add {
        /// Their e-mail, by which they sign in
        #[arg(long)]
        email: String,
        /// Their name
        #[arg(long)]
        name: String,
        /// The organization's name; may be left out where there is one only
        #[arg(long)]
        organization: Option<String>,
        /// owner, admin or member
        #[arg(long, default_value = "member")]
        role: OrganizationRole,
    },
    /// Print a one-time link by which a person chooses a new password
    Reset {
        /// Their e-mail
        #[arg(long)]
        email: String,
    },
}

/// Carries it out.
///
/// # Errors
///
/// When the person or organization is not there, or the store fails.
pub(crate) async fn run(user: User) -> Result<()> {
    let config = user.settings.read()?;
    let store = lifecycle::open(&config.store, &config.secret_key).await?;
    let settings = Settings { public_url: config.public_url, ..Settings::default() };
    let app = lifecycle::assemble(store, settings, Vec::new(), &config.secret_key, None).await?.app;
    let result = act(&app, user.action).await;
    app.store.close().await;
    print::line(result?);
    Ok(())
}

async fn act(app: &App, action: Action) -> Result<String> {
    let person = match action {
        Action::Add { email, name, organization, role } => {
            let organization = find(app, organization.as_deref()).await?;
            add(app, (&email, &name), (organization, role)).await?
        }
        Action::Reset { email } => {
            let found = app.store.person_by_email(&email).await?;
            found.with_context(|| format!("nobody here has the e-mail {email}"))?.id
        }
    };
    Ok(door::link(app, Purpose::Reset { person }, &entry(app, Done::LinkMade)).await?)
}

async fn find(app: &App, name: Option<&str>) -> Result<OrganizationId> {
    let all = app.store.organizations().await?;
    let mut named = all.iter().filter(|(_, other)| name.is_none_or(|name| name == other));
    match (named.next(), named.next()) {
        (Some((id, _)), None) => Ok(*id),
        (None, _) => bail!("there is no such organization; start `warta serve` and open the link it prints"),
        (Some(_), Some(_)) => {
            let known: Vec<_> = all.iter().map(|(_, name)| name.as_str()).collect();
            bail!("say which organization by --organization: {}", known.join(", "))
        }
    }
}

async fn add(
    app: &App,
    (email, name): (&str, &str),
    (organization, role): (OrganizationId, OrganizationRole),
) -> Result<PersonId> {
    let known = app.store.person_by_email(email).await?.map(|person| person.id);
    let id = known.unwrap_or_else(|| PersonId::from_uuid(app.minter.uuid(app.now())));
    let new =
        NewPerson { id, email: email.to_owned(), name: name.to_owned(), password_hash: None, language: None };
    let newcomer = known.map_or(Newcomer::New(new), Newcomer::Known);
    let entry = entry(app, Done::PersonAdded);
    match app.store.create_member(Scope::new(organization), newcomer, role, &entry).await {
        Ok(()) => Ok(id),
        Err(Error::AlreadyMember) => {
            bail!("{email} belongs to the organization already; see `warta user reset`")
        }
        Err(error) => Err(error.into()),
    }
}

fn entry(app: &App, action: Done) -> Entry {
    Entry::by_command(AuditId::from_uuid(app.minter.uuid(app.now())), action, app.now())
}
