//! The actions of the page: run a check-up, repair a setting at the provider, send the loop-back test.

use axum::response::{IntoResponse, Redirect, Response};
use warta_core::audit::Action;
use warta_core::checkup::Fix;
use warta_gateway::check::checkup::{self, NotMended};
use warta_gateway::check::loopback::{self, NotRun};
use warta_http::problem::Problem;

use crate::channel::ChannelContext;
use crate::doctor::page::{self, Note};
use crate::form::Typed;

/// `POST B/checkup`: runs all checks; with `fix`, returns to that check.
pub(crate) async fn check(context: ChannelContext, typed: Typed) -> Result<Response, Problem> {
    checkup::run(&context.app, context.channel()?, &context.l.sample_said()).await?;
    let place = typed.text("fix").parse::<warta_core::checkup::Check>();
    let place = place.map_or_else(|_| "doctor".to_owned(), |check| format!("check-{check}"));
    Ok(Redirect::to(&format!("{}?done=checked#{place}", context.base())).into_response())
}

/// `POST B/mend`: makes the provider send the number's events here; with the fix `subscribe` also the account's events.
pub(crate) async fn mend(context: ChannelContext, typed: Typed) -> Result<Response, Problem> {
    let channel = context.channel()?;
    let subscribe = match typed.text("fix").parse::<Fix>() {
        Ok(Fix::Subscribe) => true,
        Ok(Fix::LeadHere) => false,
        Ok(_) | Err(_) => return Err(Problem::not_found()),
    };
    let note = match checkup::mend(&context.app, channel, subscribe).await {
        Ok(()) => {
            let entry = context.entry(Action::ChannelChanged, typed.text("fix"), Vec::new());
            context.app.store.record(context.scope(), &entry).await?;
            checkup::run(&context.app, channel, &context.l.sample_said()).await?;
            return Ok(Redirect::to(&format!("{}?done=mended#doctor", context.base())).into_response());
        }
        Err(NotMended::Incomplete) => context.l.doctor_incomplete(),
        Err(NotMended::Refused(why)) => context.l.doctor_not_mended(&why),
        Err(NotMended::Silent(error)) => context.l.doctor_not_mended(context.l.silence(error.into())),
    };
    page::show(&context, channel, Some(Note { tone: "bad", text: note })).await
}

/// `POST B/loopback`
pub(crate) async fn loop_back(context: ChannelContext) -> Result<Response, Problem> {
    let (channel, l) = (context.channel()?, context.l);
    let note = match loopback::run(&context.app, channel, &l.loopback_said()).await {
        Ok(_) => {
            let entry = context.entry(Action::LoopBackRun, "", Vec::new());
            context.app.store.record(context.scope(), &entry).await?;
            return Ok(Redirect::to(&format!("{}#loopback", context.base())).into_response());
        }
        Err(NotRun::NotLive) if channel.state == warta_core::channel::State::Paused => l.loopback_paused(),
        Err(NotRun::NotLive) => l.loopback_not_live(),
        Err(NotRun::Incomplete) => l.loopback_no_secret(),
        Err(NotRun::Store(error)) => return Err(error.into()),
    };
    page::show(&context, channel, Some(Note { tone: "bad", text: note })).await
}
