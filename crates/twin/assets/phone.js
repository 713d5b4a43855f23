// The phone of one person in one chat. Platform features only; text from outside becomes text nodes, never HTML.

const $ = (id) => document.getElementById(id);
const query = new URLSearchParams(location.search);
const me = { as: query.get("as") ?? "", name: query.get("name") ?? "" };
const base = location.pathname.replace(/\/+$/, "");
const at = (path, more = {}) => `${base}/${path}?${new URLSearchParams({ ...me, ...more })}`;
const articles = new Map(); // message id → its article
const items = new Map(); // message id → the item as the twin gave it
const reactions = new Map(); // message id → { me, them }
let quoted = null; // id of the message the next one answers
let lastDay = "";
let stream = null;
let typingEnds = 0;
let turn = 0; // counts the times the chat was followed anew; an older one stops

/** A new element: attributes by name, a function listens, children may be text. */
function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === "function") node.addEventListener(key, value);
    else if (value === true) node.setAttribute(key, "");
    else if (value !== undefined && value !== null && value !== false) node.setAttribute(key, value);
  }
  node.append(...children.flat(3).filter((child) => child !== undefined && child !== null && child !== ""));
  return node;
}

/** A drawing from the symbols in the page. */
function drawing(name, attributes = {}) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `#${name}`);
  for (const [key, value] of Object.entries({ class: "icon", "aria-hidden": "true", ...attributes })) svg.setAttribute(key, value);
  svg.append(use);
  return svg;
}

// WhatsApp markup: a mark opens after a non-letter and before a non-space, closes the other way round, on one line.
const MARKUP = /```([^\n]+?)```|(?<![\p{L}\p{N}])([*_~])(?=[^\s])([^\n]*?[^\s])\2(?![\p{L}\p{N}])|https?:\/\/[^\s<>"]+/gu;
const TAGS = { "*": "strong", _: "em", "~": "s" };

/** Text with WhatsApp markup as nodes. */
function rich(text) {
  const nodes = [];
  let end = 0;
  for (const match of text.matchAll(MARKUP)) {
    nodes.push(text.slice(end, match.index));
    end = match.index + match[0].length;
    if (match[1] !== undefined) nodes.push(el("code", {}, match[1]));
    else if (match[2]) nodes.push(el(TAGS[match[2]], {}, rich(match[3])));
    else {
      const href = match[0].replace(/[.,;:!?)\]'*_~]+$/, "");
      nodes.push(el("a", { href, target: "_blank", rel: "noopener noreferrer" }, href), match[0].slice(href.length));
    }
  }
  return [...nodes, text.slice(end)];
}

const words = (text, className = "words") => (text ? el("div", { class: className, dir: "auto" }, rich(String(text))) : null);
const web = (url) => (/^https?:\/\//i.test(url ?? "") ? url : undefined);
const source = (media) => web(media.link) ?? (media.id ? at(`media/${encodeURIComponent(media.id)}`) : undefined);
const minutes = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const days = new Intl.DateTimeFormat("en-GB", { weekday: "long", day: "numeric", month: "long" });
const digits = (number) => (number ? `+${String(number).replace(/\D/g, "").replace(/^(\d{2})(\d{3})(\d{4})(\d*)$/, "$1 $2-$3-$4").replace(/-$/, "")}` : "");

function picture(media, alt) {
  const src = source(media);
  return el("a", { class: "frame", href: src, target: "_blank", rel: "noopener noreferrer" }, el("img", { src, alt: media.caption || alt }));
}

function file(media) {
  const title = media.filename || "document";
  const kind = title.includes(".") ? title.split(".").pop().toUpperCase() : "FILE";
  return el("a", { class: "file", href: source(media), download: title, target: "_blank", rel: "noopener noreferrer" },
    drawing("i-file"), el("span", {}, el("b", {}, title), el("small", {}, kind)));
}

function place(spot) {
  const [latitude, longitude] = [Number(spot.latitude), Number(spot.longitude)];
  const shown = `${latitude.toFixed(4)}, ${longitude.toFixed(4)}`;
  return el("div", { class: "place" }, mapOf(latitude, longitude), el("b", {}, spot.name || "Location"),
    spot.address ? el("span", {}, spot.address) : null, el("small", {}, shown));
}

/** Streets that exist nowhere: another part of one drawing for each spot, and the same for the same one. */
function mapOf(latitude, longitude) {
  const part = (degrees, span) => Math.abs(Math.round(degrees * 7919)) % span;
  const svg = drawing("i-pin", { class: "map", viewBox: "0 0 260 118", preserveAspectRatio: "xMidYMid slice" });
  const ground = document.createElementNS(svg.namespaceURI, "rect");
  const [x, y] = [part(longitude, 240), part(latitude, 220)];
  const place = { x, y, width: 260, height: 118, fill: "url(#streets)", transform: `translate(${-x} ${-y})` };
  for (const [key, value] of Object.entries(place)) ground.setAttribute(key, value);
  for (const [key, value] of Object.entries({ class: "pin", x: 118, y: 26, width: 26, height: 32 })) svg.firstChild.setAttribute(key, value);
  svg.prepend(ground);
  return svg;
}

const card = (person) => el("div", { class: "card" }, el("span", { class: "avatar", "aria-hidden": "true" }, initials(person.name?.formatted_name)),
  el("span", {}, el("b", {}, person.name?.formatted_name ?? "Contact"), (person.phones ?? []).map((one) => el("small", {}, one.phone ?? one.wa_id))));

/** The header of an interactive message or template: text or a medium. */
function heading(header) {
  if (!header) return null;
  if (header.type === "text") return words(header.text, "words heading");
  return (kinds[header.type] ?? (() => null))(header[header.type] ?? {}, {});
}

function interactive(content, item) {
  const reply = content[content.type];
  if (content.type === "button_reply" || content.type === "list_reply") return [words(reply.title), reply.description ? words(reply.description, "words small") : null];
  const { action = {} } = content;
  const foot = [];
  for (const { reply: button } of action.buttons ?? []) foot.push(tap(button.title, "i-reply", () => send("interactive", { type: "button_reply", button_reply: button }, item.id)));
  if (action.sections) foot.push(tap(action.button ?? "Choose", "i-list", () => choose(content, item)));
  if (content.type === "cta_url") foot.push(outward(action.parameters?.display_text, action.parameters?.url));
  if (content.type === "location_request_message") foot.push(tap("Send location", "i-place", () => { quote(item.id); open("place"); }));
  if (foot.length === 0) return unknown(`interactive ${content.type}`, content);
  return [heading(content.header), words(content.body?.text), words(content.footer?.text, "words small"), el("div", { class: "taps" }, foot)];
}

function template(content, item) {
  const shown = item.shown ?? { body: content.name };
  const foot = (shown.buttons ?? []).map((button) => (button.url ? outward(button.text, button.url)
    : tap(button.text, "i-reply", () => send("button", { payload: button.payload ?? button.text, text: button.text }, item.id))));
  return [heading(shown.header), words(shown.body), words(shown.footer, "words small"), foot.length ? el("div", { class: "taps" }, foot) : null];
}

const tap = (title, icon, act) => el("button", { type: "button", click: act }, drawing(icon), title);
const outward = (title, url) => el("a", { href: web(url), target: "_blank", rel: "noopener noreferrer" }, drawing("i-open"), title ?? "Open");
const unknown = (kind, content) => [el("div", { class: "unknown" }, el("b", {}, `Not shown by this phone: ${kind}`), el("code", {}, JSON.stringify(content)?.slice(0, 300) ?? ""))];

const kinds = {
  text: (content) => [words(content.body)],
  image: (content) => [picture(content, "Picture"), words(content.caption)],
  video: (content) => [el("video", { src: source(content), controls: true, preload: "metadata" }), words(content.caption)],
  audio: (content) => [el("audio", { src: source(content), controls: true, preload: "metadata" })],
  document: (content) => [file(content), words(content.caption)],
  sticker: (content) => [picture(content, "Sticker")],
  location: (content) => [place(content)],
  contacts: (content) => [].concat(content).map(card),
  button: (content) => [words(content.text)],
  interactive,
  template,
};

/** One line that stands for a message where it is quoted. */
function gist({ type, content = {}, shown } = {}) {
  const inner = content[content.type];
  return shown?.body ?? content.body?.text ?? content.body ?? content.text ?? content.caption ?? inner?.title ?? content.filename ?? content.name ?? type ?? "An earlier message";
}

const TICKS = { sent: ["i-one", "Sent"], delivered: ["i-two", "Delivered"], read: ["i-two", "Read"], failed: ["i-failed", "Not sent"] };

function ticks({ from, status, error }) {
  const known = from === "me" && TICKS[status];
  if (!known) return null;
  const label = error ? `${known[1]}: ${error}` : known[1];
  return el("span", { class: "ticks", "data-ticks": status, role: "img", "aria-label": label, title: label }, drawing(known[0]));
}

/** Draws a message that is new; of a known one only the ticks change. */
function draw(item) {
  if (item.type === "reaction") return react(item);
  const lost = item.from === "them" && item.status === "failed";
  const old = articles.get(item.id);
  items.set(item.id, item);
  if (old && lost) return old.replaceWith(note(item));
  if (old) return old.querySelector(".ticks")?.replaceWith(ticks(item) ?? "");
  if (item.from === "them") typing(false);
  const when = new Date(item.at);
  const article = el("article", { "data-from": item.from, "data-type": item.type, "data-id": item.id, tabindex: "-1", contextmenu: (event) => {
    if (event.pointerType === "touch") { event.preventDefault(); menu(item.id, article); }
  } },
    el("h2", { class: "away" }, item.from === "me" ? "You" : $("business").textContent),
    item.context ? quotation(item.context) : null,
    (kinds[item.type] ?? ((content) => unknown(item.type, content)))(item.content ?? {}, item),
    el("footer", {}, el("time", { datetime: when.toISOString(), title: when.toLocaleString("en-GB") }, minutes.format(when)), ticks(item)),
    el("button", { class: "more", type: "button", "aria-label": "Reply or react", click: () => menu(item.id, article) }, drawing("i-more")));
  articles.set(item.id, article);
  const stuck = atEnd();
  $("opening").hidden = true;
  const day = days.format(when);
  if (day !== lastDay) $("log").append(el("p", { class: "day" }, day === days.format(new Date()) ? "Today" : day));
  lastDay = day;
  $("log").append(lost ? note(item) : article, $("typing"));
  showReactions(item.id);
  if (stuck || item.from === "me") toEnd();
  else $("newer").hidden = false;
}

/** In place of a message that did not reach this phone. */
const note = (item) => el("p", { class: "note" }, `A message of the business did not arrive: ${item.error ?? "failed"}`);

function quotation(id) {
  const original = items.get(id);
  return el("button", { class: "quotation", type: "button", click: () => articles.get(id)?.scrollIntoView({ block: "center" }) || articles.get(id)?.focus() },
    el("b", {}, original?.from === "me" ? "You" : $("business").textContent), el("span", {}, String(gist(original)).slice(0, 120)));
}

function react({ from, content }) {
  reactions.set(content.message_id, { ...reactions.get(content.message_id), [from]: content.emoji || undefined });
  showReactions(content.message_id);
}

function showReactions(id) {
  const article = articles.get(id);
  const shown = Object.values(reactions.get(id) ?? {}).filter(Boolean);
  article?.querySelector(".reaction")?.remove();
  if (article && shown.length) article.append(el("span", { class: "reaction", role: "img", "aria-label": `Reactions: ${shown.join(" ")}` }, [...new Set(shown)].join("")));
}

const atEnd = () => $("log").scrollHeight - $("log").scrollTop - $("log").clientHeight < 80;
const toEnd = () => { $("log").scrollTop = $("log").scrollHeight; $("newer").hidden = true; };
const initials = (name) => (name ?? "?").split(/\s+/).slice(0, 2).map((word) => word[0]).join("").toUpperCase();

/** Shows whether the other side writes; WhatsApp takes it back after 25 seconds by itself. */
function typing(now) {
  clearTimeout(typingEnds);
  if (now) typingEnds = setTimeout(typing, 25_000, false);
  const stuck = atEnd();
  $("typing").hidden = !now;
  if (stuck) toEnd();
  state();
}

function state() {
  const connected = stream?.readyState === EventSource.OPEN;
  $("state").textContent = !connected ? "connecting…" : $("typing").hidden ? "business account" : "typing…";
}

/** Posts to the twin; a refusal is thrown as a sentence. */
async function post(path, body, type, more) {
  const answer = await fetch(at(path, more), { method: "POST", body, headers: { "content-type": type } })
    .catch(() => { throw new Error("The twin does not answer. Is it running?"); });
  if (!answer.ok) throw new Error((await answer.json().catch(() => ({}))).error ?? `The twin answered ${answer.status}.`);
}

/** Says beside the composer what went wrong; nothing to say takes it away. */
function problem(text) {
  $("problem").textContent = text;
  $("problem").hidden = !text;
}

async function attempt(doing, undo) {
  try {
    await doing();
    problem("");
  } catch (error) {
    problem(error.message);
    undo?.();
  }
}

let line = Promise.resolve(); // messages leave in the order they were written
function send(type, content, context, undo) {
  const body = JSON.stringify({ type, [type]: content, ...(context ? { context: { id: context } } : {}) });
  line = line.then(() => attempt(() => post("send", body, "application/json"), undo));
  return line;
}

function quote(id) {
  quoted = id;
  $("quoting").hidden = !id;
  if (id) $("quoting").firstElementChild.replaceChildren(quotation(id));
  $("composer").focus();
}

function takeQuote() {
  const id = quoted;
  if (id) quote(null);
  return id;
}

/** The menu of a bubble, beside it and inside the window. */
function menu(id, article) {
  const box = $("actions");
  const theirs = article.dataset.from === "them";
  $("reply").onclick = () => { box.hidePopover(); quote(id); };
  box.querySelector(".emojis").hidden = !theirs;
  box.querySelector(".emojis").replaceChildren(...["👍", "❤️", "😂", "😮", "😢", "🙏"].map((emoji) => {
    const mine = reactions.get(id)?.me === emoji;
    return el("button", { type: "button", "aria-pressed": String(mine), click: () => { box.hidePopover(); send("reaction", { message_id: id, emoji: mine ? "" : emoji }); } }, emoji);
  }));
  box.showPopover();
  const bubble = article.getBoundingClientRect();
  box.style.left = `${Math.max(8, Math.min(theirs ? bubble.left : bubble.right - box.offsetWidth, innerWidth - box.offsetWidth - 8))}px`;
  box.style.top = `${Math.max(8, Math.min(bubble.bottom + 4, innerHeight - box.offsetHeight - 8))}px`;
  box.querySelector("button:not([hidden] *)").focus();
}

/** Opens a dialog and runs `act` when it was closed by its own Send. */
function open(id, act = forms[id]) {
  const dialog = $(id);
  dialog.returnValue = "";
  dialog.onclose = () => (dialog.returnValue === "send" ? act?.(dialog.querySelector("form").elements) : undefined);
  dialog.showModal();
}

const forms = {
  place: ({ name, latitude, longitude }) => send("location", { latitude: Number(latitude.value), longitude: Number(longitude.value), ...(name.value ? { name: name.value } : {}) }, takeQuote()),
  person: ({ name, phone }) => send("contacts", [{ name: { formatted_name: name.value, first_name: name.value.split(" ")[0] }, phones: [{ phone: phone.value, wa_id: phone.value.replace(/\D/g, ""), type: "CELL" }] }], takeQuote()),
};

function choose({ action, header }, item) {
  $("sheet-title").textContent = header?.text ?? action.button;
  $("rows").replaceChildren(...action.sections.map((section) => el("fieldset", {}, section.title ? el("legend", {}, section.title) : null,
    section.rows.map((row) => el("label", {}, el("span", {}, el("b", {}, row.title), row.description ? el("small", {}, row.description) : null), el("input", { type: "radio", name: "row", value: row.id, required: true }))))));
  open("sheet", ({ row }) => {
    const chosen = action.sections.flatMap((section) => section.rows).find(({ id }) => id === row.value);
    if (chosen) send("interactive", { type: "list_reply", list_reply: chosen }, item.id);
  });
}

function offer(image) {
  if (!image) return;
  $("preview").src = URL.createObjectURL(image);
  $("caption").value = $("composer").value;
  open("picture", () => {
    const context = takeQuote();
    const caption = $("caption").value;
    $("composer").value = "";
    const more = { ...(caption ? { caption } : {}), ...(context ? { context } : {}) };
    attempt(() => post("picture", image, image.type, more), () => { $("composer").value = caption; });
  });
}

/** Reads the chat as it is, then follows it; again from the start of this after any loss. */
async function follow() {
  const mine = ++turn;
  stream?.close();
  stream = null;
  state();
  if (document.hidden) return;
  const answer = await fetch(at("chat")).catch(() => null);
  if (mine !== turn) return;
  if (answer?.status === 404 || answer?.status === 400) {
    return problem((await answer.json().catch(() => ({}))).error ?? "This phone does not exist.");
  }
  if (!answer?.ok) return void setTimeout(follow, 1000);
  const chat = await answer.json();
  if (mine !== turn) return;
  $("business").textContent = chat.name;
  $("initials").textContent = initials(chat.name);
  $("number").textContent = digits(chat.number);
  $("them").textContent = `${chat.name} ${digits(chat.number)}`;
  document.title = `${chat.name} · phone of ${me.name || digits(me.as)}`;
  chat.items.forEach(draw);
  $("opening").hidden = articles.size > 0;
  stream = new EventSource(at("events", { after: chat.revision }));
  stream.onopen = state;
  stream.addEventListener("items", (event) => JSON.parse(event.data).forEach(draw));
  stream.addEventListener("typing", (event) => typing(event.data === "true"));
  stream.onerror = ({ target }) => { state(); if (target.readyState === EventSource.CLOSED) setTimeout(follow, 1000); };
}

function begin() {
  const person = [["Rina", "6281255507310"], ["Sari", "6281255502468"], ["Agus", "6281255509034"], ["Dewi", "6281255506617"], ["Putu", "6281255504422"], ["Joko", "6281255508151"]];
  const others = person.filter(([, number]) => number !== me.as);
  const [name, as] = others[Math.floor(Math.random() * others.length)];
  for (const id of ["another", "another-narrow"]) $(id).href = `?${new URLSearchParams({ as, name })}`;
  $("me").textContent = `${me.name} ${digits(me.as)}`;
  $("compose").addEventListener("submit", (event) => {
    event.preventDefault();
    const text = $("composer").value.trim();
    if (!text) return;
    $("composer").value = "";
    const context = takeQuote();
    send("text", { body: text }, context, () => { $("composer").value = [text, $("composer").value].filter(Boolean).join("\n"); });
  });
  $("composer").addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); $("compose").requestSubmit(); }
    if (event.key === "Escape" && quoted) quote(null);
  });
  $("composer").addEventListener("paste", (event) => offer([...event.clipboardData.files].find((one) => one.type.startsWith("image/"))));
  $("quoting").lastElementChild.addEventListener("click", () => quote(null));
  $("newer").addEventListener("click", toEnd);
  $("log").addEventListener("scroll", () => { if (atEnd()) $("newer").hidden = true; });
  $("log").addEventListener("load", (event) => { if (event.target.closest("article:nth-last-of-type(-n+2)")) toEnd(); }, true);
  $("file").addEventListener("change", () => { offer($("file").files[0]); $("file").value = ""; });
  for (const button of document.querySelectorAll("[data-open]")) button.addEventListener("click", () => {
    $("attachments").hidePopover();
    if (button.dataset.open === "file") $("file").click();
    else open(button.dataset.open);
  });
  for (const button of $("opening").querySelectorAll("button")) button.addEventListener("click", () => send("text", { body: button.textContent }));
  const field = $("place").querySelector("form").elements;
  for (const spot of document.querySelectorAll("[data-spot]")) spot.addEventListener("click", () => {
    field.name.value = spot.textContent;
    [field.latitude.value, field.longitude.value] = spot.dataset.spot.split(" ");
  });
  document.addEventListener("visibilitychange", follow);
  follow();
  if (matchMedia("(hover: hover)").matches) $("composer").focus();
}

begin();
