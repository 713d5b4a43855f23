//! What the page does: checks, mends on the provider's side, sends the loop-back test.

use axum::response::{IntoResponse, Redirect, Response};
use warta_core::audit::Action;
use warta_core::checkup::Fix;
use warta_gateway::check::checkup::{self, NotMended};
use warta_gateway::check::loopback::{self, NotRun};
use warta_http::problem::Problem;

use crate::channel::Desk;
use crate::doctor::page::{self, Note};
use crate::form::Typed;

/// `POST B/checkup`: checks everything; with `fix`, back to that check.
pub(crate) async fn check(desk: Desk, typed: Typed) -> Result<Response, Problem> {
    checkup::run(&desk.app, desk.channel()?, &desk.l.sample_said()).await?;
    let place = typed.text("fix").parse::<warta_core::checkup::Check>();
    let place = place.map_or_else(|_| "doctor".to_owned(), |check| format!("check-{check}"));
    Ok(Redirect::to(&format!("{}?done=checked#{place}", desk.base())).into_response())
}

/// `POST B/mend`: has the provider send the number's events here; with the fix `subscribe` the account's, too.
pub(crate) async fn mend(desk: Desk, typed: Typed) -> Result<Response, Problem> {
    let channel = desk.channel()?;
    let subscribe = match typed.text("fix").parse::<Fix>() {
        Ok(Fix::Subscribe) => true,
        Ok(Fix::LeadHere) => false,
        Ok(_) | Err(_) => return Err(Problem::not_found()),
    };
    let note = match checkup::mend(&desk.app, channel, subscribe).await {
        Ok(()) => {
            let entry = desk.entry(Action::ChannelChanged, typed.text("fix"), Vec::new());
            desk.app.store.record(desk.scope(), &entry).await?;
            checkup::run(&desk.app, channel, &desk.l.sample_said()).await?;
            return Ok(Redirect::to(&format!("{}?done=mended#doctor", desk.base())).into_response());
        }
        Err(NotMended::Incomplete) => desk.l.doctor_incomplete(),
        Err(NotMended::Refused(why)) => desk.l.doctor_not_mended(&why),
        Err(NotMended::Silent(error)) => desk.l.doctor_not_mended(desk.l.silence(error.into())),
    };
    page::show(&desk, channel, Some(Note { tone: "bad", text: note })).await
}

/// `POST B/loopback`
pub(crate) async fn loop_back(desk: Desk) -> Result<Response, Problem> {
    let (channel, l) = (desk.channel()?, desk.l);
    let note = match loopback::run(&desk.app, channel, &l.loopback_said()).await {
        Ok(_) => {
            let entry = desk.entry(Action::LoopBackRun, "", Vec::new());
            desk.app.store.record(desk.scope(), &entry).await?;
            return Ok(Redirect::to(&format!("{}#loopback", desk.base())).into_response());
        }
        Err(NotRun::NotLive) if channel.state == warta_core::channel::State::Paused => l.loopback_paused(),
        Err(NotRun::NotLive) => l.loopback_not_live(),
        Err(NotRun::Incomplete) => l.loopback_no_secret(),
        Err(NotRun::Store(error)) => return Err(error.into()),
    };
    page::show(&desk, channel, Some(Note { tone: "bad", text: note })).await
}
