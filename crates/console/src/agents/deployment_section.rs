//! A deployment on the agent's page: its fields, its last test and its last deliveries.

use std::borrow::Cow;

use askama::Template;
use warta_core::channel::Environment;
use warta_core::message::Direction;
use warta_gateway::app::App;
use warta_gateway::check::probe::Tested;
use warta_http::problem::Problem;
use warta_store::{Agent, Channel, Deployment, MessageFilter, MessageRow};

use crate::agents::deployment::{DeploymentInput, fields};
use crate::agents::test_result::TestResult;
use crate::form::Field;
use crate::texts::Lang;
use crate::view::{Instant, Life};
use crate::visitor::Visitor;

/// How many recent messages are searched for the last delivery and the last failure.
const LOOKED_AT: u32 = 50;

/// A deployment on the agent's page. Rendered by `{{ deployment }}`.
#[derive(Template)]
#[template(path = "agents/deployment.html")]
pub(super) struct DeploymentSection {
    l: Lang,
    environment: Environment,
    life: Life,
    action: String,
    url: String,
    last_four: Option<String>,
    may_change: bool,
    pub(super) fields: [Field; 2],
    /// Whether the field for a secret is expanded.
    own_secret: bool,
    tested: Option<TestResult>,
    /// Whether the result is about unsaved values.
    only_typed: bool,
    taken: Option<Delivery>,
    not_taken: Option<Delivery>,
    /// The last delivered message whose answer could not be sent whole.
    warned: Option<Delivery>,
}

/// A message that was delivered to the agent or failed.
struct Delivery {
    message: String,
    at: Instant,
    reason: String,
}

/// The template already escapes its output.
impl askama::filters::HtmlSafe for DeploymentSection {}

impl DeploymentSection {
    /// Reads one.
    pub(super) async fn read(
        app: &App,
        visitor: &Visitor,
        (agent, channel): (&Agent, Option<&Channel>),
        environment: Environment,
        (may_change, l): (bool, Lang),
    ) -> Result<Self, Problem> {
        let saved = app.store.deployment(visitor.scope(), agent.id, environment).await?;
        let (taken, not_taken, warned) = match channel {
            Some(channel) => deliveries(app, visitor, channel, l).await?,
            None => (None, None, None),
        };
        let url = saved.as_ref().map(|saved| saved.url.clone()).unwrap_or_default();
        Ok(Self {
            l,
            environment,
            life: Life::of(environment, l),
            action: format!("/agents/{}/deployments/{environment}", agent.id),
            fields: fields(l, environment, &url, saved.is_some()),
            url,
            last_four: saved.as_ref().map(|saved| saved.secret.last_four()),
            may_change,
            own_secret: false,
            tested: saved.as_ref().and_then(last_test).map(|tested| TestResult::of(&tested, l)),
            only_typed: false,
            taken,
            not_taken,
            warned,
        })
    }

    /// Whether there is one.
    pub(super) fn exists(&self) -> bool {
        self.last_four.is_some()
    }

    fn removable(&self) -> bool {
        self.exists() && self.environment == Environment::Draft
    }

    /// Shows the submitted values and their faults.
    pub(super) fn keep(&mut self, asked: &DeploymentInput, faults: [Option<Cow<'static, str>>; 2]) {
        let [url, secret] = fields(self.l, self.environment, &asked.url, self.exists());
        let [url_fault, secret_fault] = faults;
        self.own_secret = secret_fault.is_some();
        self.fields = [url.fault(url_fault), secret.fault(secret_fault)];
    }

    /// Shows the result of testing the submitted values.
    pub(super) fn show(&mut self, tested: &Tested) {
        self.tested = Some(TestResult::of(tested, self.l));
        self.only_typed = true;
    }
}

fn last_test(saved: &Deployment) -> Option<Tested> {
    // A result in the words of an older version is none.
    serde_json::from_value(saved.last_test.clone()?).ok()
}

/// The last delivered message, the last that failed and the last with an answer that could not be sent, among recent ones.
async fn deliveries(
    app: &App,
    visitor: &Visitor,
    channel: &Channel,
    l: Lang,
) -> Result<(Option<Delivery>, Option<Delivery>, Option<Delivery>), Problem> {
    let filter = MessageFilter {
        channel: Some(channel.id),
        direction: Some(Direction::Inbound),
        limit: LOOKED_AT,
        ..MessageFilter::default()
    };
    let messages = app.store.messages(visitor.scope(), &filter).await?.messages;
    let delivery = |row: &MessageRow| Delivery {
        message: row.id.to_string(),
        at: Instant::of(row.created_at, l),
        reason: row.failure.as_ref().map(|failure| failure.detail.clone()).unwrap_or_default(),
    };
    let taken = messages.iter().find(|row| row.content.status() == "delivered").map(delivery);
    let failed = messages.iter().find(|row| row.content.status() != "delivered" && row.failure.is_some());
    let warned = messages.iter().find(|row| row.content.status() == "delivered" && row.failure.is_some());
    Ok((taken, failed.map(delivery), warned.map(delivery)))
}
