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

  const fill = async (form) => {
    const status = form.querySelector("[role=status]");
    const answer = await post(form.action, form);
    if (!answer.ok) return form.submit();
    const found = Object.entries(await answer.json());
    for (const [name, value] of found) {
      const input = document.getElementById(name);
      if (!input || input.value === value) continue;
      input.value = value;
      input.closest("details")?.setAttribute("open", "");
      input.dispatchEvent(new Event("input", { bubbles: true }));
    }
    status.textContent = found.length ? form.dataset.filled : form.dataset.nothing;
    if (found.length) form.reset();
  };

  document.addEventListener("submit", (event) => {
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
