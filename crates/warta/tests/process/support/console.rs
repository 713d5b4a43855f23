//! The console as a browser without script uses it.

use reqwest::header::{COOKIE, LOCATION, SET_COOKIE};

use super::http::Http;
use super::ready::Ready;

/// Saves the section *Session behaviour* of the first channel with these fields changed.
pub(crate) async fn session_behaviour(http: &Http, ready: &Ready, changed: &[(&str, &str)]) {
    let entered = http.0.get(&ready.console).send().await.unwrap();
    let cookie = entered.headers()[SET_COOKIE].to_str().unwrap();
    let cookie = cookie.split(';').next().unwrap().to_owned();
    let channel = &ready.channels[0];
    let origin = ready.console.split('/').take(3).collect::<Vec<_>>().join("/");
    let agent = ready.agents.iter().find(|agent| agent.id == channel.agent).unwrap();
    let page = format!("{origin}/agents/{}/whatsapp/{}/connection", agent.id, channel.environment);
    let shown = http.0.get(&page).header(COOKIE, &cookie).send().await.unwrap().text().await.unwrap();
    let (_, section) = shown.split_once("id=\"session\"").unwrap();
    let (section, _) = section.split_once("</section>").unwrap();
    let mut fields =
        vec![("ask".to_owned(), "true".to_owned()), ("agent_counts".to_owned(), "false".to_owned())];
    for input in section.split("<input ").skip(1) {
        let input = input.split('>').next().unwrap();
        let attribute = |name: &str| {
            input.split_once(&format!("{name}=\"")).map(|(_, rest)| rest.split('"').next().unwrap())
        };
        fields.push((attribute("name").unwrap().to_owned(), plain(attribute("value").unwrap_or_default())));
    }
    for (name, value) in changed {
        (*value).clone_into(&mut fields.iter_mut().find(|(known, _)| known == name).unwrap().1);
    }
    let form = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&fields).finish();
    let save = http
        .0
        .post(format!("{page}/session"))
        .header(COOKIE, &cookie)
        .header("Sec-Fetch-Site", "same-origin");
    let saved =
        save.header("Content-Type", "application/x-www-form-urlencoded").body(form).send().await.unwrap();
    let location = saved.headers().get(LOCATION).map(|to| to.to_str().unwrap().to_owned());
    assert!(location.as_ref().is_some_and(|to| to.contains("done=session_saved")), "{location:?}");
}

fn plain(escaped: &str) -> String {
    let signs = [("&#34;", "\""), ("&#39;", "'"), ("&#60;", "<"), ("&#62;", ">"), ("&#38;", "&")];
    signs.iter().fold(escaped.to_owned(), |text, (escaped, sign)| text.replace(escaped, sign))
}
