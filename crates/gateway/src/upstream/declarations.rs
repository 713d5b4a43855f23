//! Templates that are declared here, where the provider's API knows nothing of its own: what programs say is there. The provider
//! is never asked, and a template that nobody declared may be sent all the same (facts/qontak-coster.md §6.8).

use warta_core::ids::{ApiKeyId, TemplateId};
use warta_core::message::{Invalid, OutboundContent};
use warta_protocol::template::{self, Category, Done, Listing, Page, Status, Task, Template};
use warta_store::{Declaration, DeclarationFilter, Error, Scope};

use crate::app::App;
use crate::directory::ChannelRuntime;
use crate::upstream::template_failure::TemplateFailure;

/// Does something with the declarations of a channel. `by` is the API key of who asks for it.
///
/// # Errors
///
/// When nothing came of it.
pub(super) async fn run(
    app: &App,
    runtime: &ChannelRuntime,
    by: ApiKeyId,
    task: Task<'_>,
) -> Result<Done, TemplateFailure> {
    let (scope, channel) = (scope(runtime), runtime.channel.id);
    match task {
        Task::List(listing) => Ok(Done::Page(page(app, runtime, listing).await?)),
        Task::Read { id } => {
            let found = app.store.declaration(scope, channel, self::id(id)?).await?;
            Ok(Done::Template(Box::new(declared(found.ok_or(TemplateFailure::Missing)?))))
        }
        Task::Create(new) => {
            let now = app.now();
            let new = Declaration {
                id: TemplateId::from_uuid(app.minter.uuid(now)),
                channel,
                name: new.name.clone(),
                language: new.language.clone(),
                category: new.category.to_string(),
                components: new.components.clone(),
                created_at: now,
                created_by: by,
            };
            if !app.store.declare_template(scope, new.clone()).await? {
                return Err(TemplateFailure::Exists);
            }
            Ok(Done::Template(Box::new(declared(new))))
        }
        Task::Edit { id, change } => {
            let place = (channel, self::id(id)?);
            let category = change.category.as_ref().map(ToString::to_string);
            let there =
                app.store.change_declaration(scope, place, category, change.components.clone()).await?;
            if there { Ok(Done::Changed) } else { Err(TemplateFailure::Missing) }
        }
        Task::Delete { id, name: _ } => {
            let there = app.store.delete_declaration(scope, (channel, self::id(id)?)).await?;
            if there { Ok(Done::Changed) } else { Err(TemplateFailure::Missing) }
        }
    }
}

/// What is wrong with a message whose template is declared; nothing where it is not, or where it is the provider's to say.
///
/// # Errors
///
/// When the store fails.
pub async fn parameter_faults(
    app: &App,
    runtime: &ChannelRuntime,
    content: &OutboundContent,
) -> Result<Vec<Invalid>, Error> {
    let OutboundContent::Template(sent) = content else { return Ok(Vec::new()) };
    if !warta_protocol::entry(runtime.channel.protocol).capabilities.declares_templates() {
        return Ok(Vec::new());
    }
    let name = (sent.name.as_str(), sent.language.as_str());
    let found = app.store.declaration_named(scope(runtime), runtime.channel.id, name).await?;
    Ok(found.map(|found| template::parameter_faults(&declared(found), sent)).unwrap_or_default())
}

async fn page(app: &App, runtime: &ChannelRuntime, listing: Listing<'_>) -> Result<Page, TemplateFailure> {
    let nothing = Page { templates: Vec::new(), next: None };
    if listing.status.is_some_and(|status| *status != Status::Declared) {
        return Ok(nothing);
    }
    let before = match listing.after.map(str::parse) {
        Some(Ok(id)) => Some(id),
        // A cursor from before the channel had another provider.
        Some(Err(_)) => return Ok(nothing),
        None => None,
    };
    // One more than is told, to see whether it goes on.
    let filter = DeclarationFilter { name: listing.name, before, limit: listing.limit.saturating_add(1) };
    let found = app.store.declarations(scope(runtime), runtime.channel.id, filter).await?;
    let most = usize::try_from(listing.limit).unwrap_or(usize::MAX);
    let goes_on = found.len() > most;
    let templates: Vec<_> = found.into_iter().take(most).map(declared).collect();
    let next = templates.last().filter(|_| goes_on).map(|last| last.id.clone());
    Ok(Page { templates, next })
}

fn scope(runtime: &ChannelRuntime) -> Scope {
    Scope::new(runtime.channel.organization)
}

fn id(text: &str) -> Result<TemplateId, TemplateFailure> {
    text.parse().map_err(|_| TemplateFailure::Missing)
}

fn declared(one: Declaration) -> Template {
    let Ok(category) = one.category.parse::<Category>();
    Template {
        id: one.id.to_string(),
        name: one.name,
        language: one.language,
        category,
        status: Status::Declared,
        rejected_reason: None,
        quality: None,
        components: one.components,
    }
}
