// Says while one types what a save would say, and fills boxes from a pasted block. Without it the server says the same after
// the form was sent.
"use strict";
(() => {
  const post = (url, form) => fetch(url, {
    method: "POST",
    headers: { "X-Fragment": "1", "Content-Type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams(new FormData(form)).toString(),
  });

  // Only what was touched is judged: an empty form is not at fault before anybody has begun.
  const touched = new WeakSet();
  const show = (form, faults) => {
    for (const input of form.elements) {
      const place = input.name && touched.has(input) && form.querySelector(`#${CSS.escape(input.name)}-fault`);
      if (!place) continue;
      const fault = faults[input.name] ?? "";
      if (place.textContent !== fault) place.textContent = fault;
      place.hidden = !fault;
      place.parentElement.classList.toggle("at-fault", Boolean(fault));
      if (fault) input.setAttribute("aria-invalid", "true");
      else input.removeAttribute("aria-invalid");
    }
  };

  const pauses = new WeakMap();
  const check = (form) => {
    clearTimeout(pauses.get(form));
    pauses.set(form, setTimeout(async () => {
      try {
        const answer = await post(form.dataset.check, form);
        if (answer.ok) show(form, await answer.json());
      } catch { /* gone for a moment: the save will say it */ }
    }, 300));
  };

  document.addEventListener("input", (event) => {
    const form = event.target.closest("[data-check]");
    if (!form) return;
    touched.add(event.target);
    check(form);
  });

  // A save draws the page anew, and with it the boxes of the other sections. So what one paste filled is saved together, whichever
  // of their buttons is pressed; the buttons say so.
  const together = new Set();
  const join = (forms) => {
    if (forms.size > 1) forms.forEach((form) => together.add(form));
    for (const form of together) form.querySelector("button.primary").textContent = form.dataset.together;
    return together.size > 1;
  };
  const faulty = async (form) => {
    const answer = await post(form.dataset.check, form);
    const faults = answer.ok ? await answer.json() : {};
    for (const input of form.elements) touched.add(input);
    show(form, faults);
    const first = [...form.elements].find((input) => input.name in faults);
    first?.focus();
    return Boolean(first);
  };
  const save = async (pressed) => {
    const forms = [...together].filter((form) => form !== pressed).concat(pressed);
    for (const form of forms) if (!form.reportValidity() || await faulty(form)) return;
    for (const form of forms) {
      if (form === pressed) return form.submit();
      const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) });
      // It was not saved: let it be seen why.
      if (!answer.redirected) return form.submit();
    }
  };

  const fill = async (form) => {
    const status = form.querySelector("[role=status]");
    const answer = await post(form.action, form);
    if (!answer.ok) return form.submit();
    const found = Object.entries(await answer.json());
    const filled = new Set();
    for (const [name, value] of found) {
      const input = document.getElementById(name);
      if (!input || input.value === value) continue;
      input.value = value;
      input.closest("details")?.setAttribute("open", "");
      input.dispatchEvent(new Event("input", { bubbles: true }));
      if (input.form.dataset.together) filled.add(input.form);
    }
    const joined = join(filled);
    status.textContent = !found.length ? form.dataset.nothing : joined ? form.dataset.filledTogether : form.dataset.filled;
    if (found.length) form.reset();
  };

  document.addEventListener("submit", (event) => {
    if (together.has(event.target)) {
      event.preventDefault();
      return save(event.target).catch(() => event.target.submit());
    }
    const form = event.target.closest("[data-paste]");
    if (!form) return;
    event.preventDefault();
    fill(form).catch(() => form.submit());
  });
  // The block is read as soon as it is pasted.
  document.addEventListener("paste", (event) => {
    const form = event.target.closest("[data-paste]");
    if (form) setTimeout(() => form.requestSubmit());
  });
})();
