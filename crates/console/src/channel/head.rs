//! The head of every page about a channel: the agent, the tabs Published and Draft with their state, and links to the pages
//! of the current one.

use std::borrow::Cow;

use askama::Template;
use warta_core::channel::Environment;
use warta_core::permission::Permission;
use warta_gateway::app::App;
use warta_http::problem::Problem;

use crate::pill::Pill;
use crate::texts::Lang;
use crate::view::Life;
use crate::visitor::{Seat, Visitor};

/// The head of a page. Rendered by `{{ head }}`.
#[derive(Debug, Clone, Template)]
#[template(path = "channel/head.html")]
pub(crate) struct Head {
    l: Lang,
    /// `/agents/{agent}/whatsapp/{environment}`
    pub(crate) base: String,
    pub(crate) life: Life,
    agent: String,
    agent_path: String,
    tabs: Vec<Tab>,
    /// Empty where there is no channel.
    pages: Vec<Link>,
}

/// The template already escapes its output.
impl askama::filters::HtmlSafe for Head {}

/// One of the two environments.
#[derive(Debug, Clone)]
struct Tab {
    name: Cow<'static, str>,
    class: &'static str,
    path: String,
    here: bool,
    pill: Pill,
}

/// One of the pages of a channel.
#[derive(Debug, Clone)]
struct Link {
    name: Cow<'static, str>,
    path: String,
    here: bool,
}

/// A page of a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Page {
    /// `B`
    Overview,
    /// `B/connection`
    Connection,
    /// `B/handoff`
    Handoff,
    /// `B/conversations`
    Conversations,
    /// `B/revisions`
    Revisions,
}

impl Page {
    const ALL: [Self; 5] =
        [Self::Overview, Self::Connection, Self::Conversations, Self::Handoff, Self::Revisions];

    const fn path(self) -> &'static str {
        match self {
            Self::Overview => "",
            Self::Connection => "/connection",
            Self::Handoff => "/handoff",
            Self::Conversations => "/conversations",
            Self::Revisions => "/revisions",
        }
    }

    fn name(self, l: Lang) -> Cow<'static, str> {
        match self {
            Self::Overview => l.channel_overview(),
            Self::Connection => l.channel_connection(),
            Self::Handoff => l.channel_handoff(),
            Self::Conversations => l.session_conversations(),
            Self::Revisions => l.channel_revisions(),
        }
    }
}

impl Head {
    /// The head of a page about an environment, which may have no channel.
    pub(crate) async fn at(
        app: &App,
        visitor: &Visitor,
        seat: &Seat,
        (environment, page): (Environment, Page),
        l: Lang,
    ) -> Result<Self, Problem> {
        let agent_path = format!("/agents/{}", seat.agent.id);
        let base = |environment: Environment| format!("{agent_path}/whatsapp/{environment}");
        let (mut tabs, mut exists, mut drafted) = (Vec::with_capacity(2), false, false);
        for of in Environment::ALL.iter().copied() {
            let channel = app.store.channel_of(visitor.scope(), seat.agent.id, of).await?;
            let here = of == environment;
            exists |= here && channel.is_some();
            drafted |= of == Environment::Draft && channel.is_some();
            // Hand-off and revisions are there only with a channel; a switch must not end in nothing.
            let stays = channel.is_some() || matches!(page, Page::Overview | Page::Connection);
            tabs.push(Tab {
                name: match of {
                    Environment::Published => l.published(),
                    Environment::Draft => l.draft(),
                },
                class: of.as_str(),
                path: format!("{}{}", base(of), if stays { page.path() } else { "" }),
                here,
                pill: Pill::of(channel.as_ref(), app.now(), l),
            });
        }
        let sees = |page: &Page| !matches!(page, Page::Conversations) || seat.may(Permission::ChangeChannel);
        let pages = Page::ALL.into_iter().filter(|one| exists && sees(one)).map(|one| Link {
            name: one.name(l),
            path: format!("{}{}", base(environment), one.path()),
            here: one == page,
        });
        let compare = drafted.then(|| Link {
            name: l.compare(),
            path: format!("{agent_path}/whatsapp/compare"),
            here: false,
        });
        let pages = pages.chain(compare).collect();
        Ok(Self {
            l,
            base: base(environment),
            life: Life::of(environment, l),
            agent: seat.agent.name.clone(),
            pages,
            agent_path,
            tabs,
        })
    }
}
