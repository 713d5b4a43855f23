// Keeps a page fresh and copies addresses. Without it everything is still there, one reload away.
"use strict";
(() => {
  document.documentElement.classList.add("scripted");

  // The only place where text becomes elements; it comes from our own origin.
  const policy = window.trustedTypes?.createPolicy("warta", { createHTML: (html) => html });
  const parse = (html) => new DOMParser().parseFromString(policy ? policy.createHTML(html) : html, "text/html");

  const region = document.querySelector("[data-refresh]");

  const busy = (element) => {
    const selection = document.getSelection();
    const selecting = selection && !selection.isCollapsed && selection.containsNode(element, true);
    return selecting || element.contains(document.activeElement);
  };

  // An element in the answer replaces the one with its id; one that is in use, or did not change, is left alone.
  const swap = (fresh, gently = true) => {
    for (const element of [...fresh.body.children]) {
      const old = element.id && document.getElementById(element.id);
      if (!old || (gently && busy(old)) || old.outerHTML === element.outerHTML) continue;
      if (element.dataset.key && element.dataset.key === old.dataset.key) continue;
      old.replaceWith(element);
    }
  };

  let under_way = null;
  const refresh = async () => {
    if (document.hidden) return;
    under_way?.abort();
    under_way = new AbortController();
    try {
      const answer = await fetch(location.href, { headers: { "X-Fragment": "1" }, signal: under_way.signal });
      if (answer.ok) swap(parse(await answer.text()));
      else if (answer.status === 401) location.reload();
    } catch { /* gone for a moment: the next round tries again */ }
  };

  if (region) {
    setInterval(refresh, 2000);
    document.addEventListener("visibilitychange", refresh);
  }

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    const source = document.getElementById(button.dataset.copy);
    const word = button.textContent;
    const words = button.closest("[data-copied]").dataset;
    try {
      await navigator.clipboard.writeText(source.textContent);
      button.textContent = words.copied;
    } catch {
      // No clipboard on plain http: select it, so that one key copies it.
      document.getSelection().selectAllChildren(source);
      button.textContent = words.selected;
    }
    setTimeout(() => { button.textContent = word; }, 2500);
  });

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-print]")) print();
  });

  const send = (url, form, submitter) => {
    const pairs = new FormData(form, submitter);
    return fetch(url, { method: "POST", headers: { "X-Fragment": "1" }, body: new URLSearchParams(pairs) });
  };

  // What is ticked is saved at once, one after the other; what the answer says of it replaces what stood there.
  const save = async (form) => {
    try {
      const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) });
      if (!answer.ok) return location.reload();
      for (const fresh of parse(await answer.text()).querySelectorAll("[data-fresh]")) {
        document.getElementById(fresh.id)?.replaceWith(fresh);
      }
    } catch {
      form.classList.add("unsaved"); // its button comes back
    }
  };
  let saving = Promise.resolve();
  document.addEventListener("change", (event) => {
    const form = event.target.closest("[data-autosave]");
    if (form) saving = saving.then(() => save(form));
  });

  // Pictures of what is typed follow the typing.
  let pause;
  document.addEventListener("input", (event) => {
    const form = event.target.closest("[data-preview]");
    if (!form) return;
    clearTimeout(pause);
    pause = setTimeout(async () => {
      try {
        const answer = await send(form.dataset.preview, form);
        if (answer.ok) swap(parse(await answer.text()), false);
      } catch { /* gone for a moment: the next letter tries again */ }
    }, 300);
  });

  // A form that lives: it sends itself, one request after the other, and shows what came of it.
  const live = document.querySelector("[data-live]");
  if (live) {
    let waiting = 0;
    let turn = Promise.resolve();
    const go = (submitter) => {
      waiting += 1;
      turn = turn.then(async () => {
        try {
          const answer = await send(live.action, live, submitter);
          if (!answer.ok) return location.reload();
          const end = live.querySelector("ol")?.scrollHeight;
          swap(parse(await answer.text()), !submitter);
          const list = live.querySelector("ol");
          if (list && (submitter || list.scrollHeight !== end)) list.scrollTop = list.scrollHeight;
        } catch { /* gone for a moment */ } finally { waiting -= 1; }
      });
      return turn;
    };
    live.addEventListener("submit", (event) => {
      event.preventDefault();
      const { text } = live.elements;
      const said = event.submitter?.value === "say" && text.value;
      go(event.submitter).then(() => { if (text.value === said) text.value = ""; });
    });
    live.addEventListener("change", () => go());
    setInterval(() => { if (!waiting && !document.hidden) go(); }, Number(live.dataset.live));
  }
})();
