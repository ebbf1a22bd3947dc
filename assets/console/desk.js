// The review desk: keys, the next design without a new page, and no verdict lost on the way. All of it works without.
"use strict";

(() => {
  const RENEW = 60_000; // ms between two words that somebody still looks
  const AWAY = 600_000; // ms without a key or a touch after which nobody does
  const SCALE = "desk-scale";
  const trouble = document.getElementById("desk-trouble");
  const help = document.getElementById("desk-keys");
  const spoken = document.getElementById("desk-spoken");
  let ground = "white";
  let busy = false;
  let unsent = null; // the verdict that did not get through
  let touched = Date.now();
  let renewing = Promise.resolve();

  const desk = () => document.getElementById("desk");
  const keyed = (key) => document.querySelector(`[data-key="${CSS.escape(key)}"]`);
  const writing = (target) => target.closest("input:not([type=radio]), textarea, select, [contenteditable]");
  const field = (name) => desk()?.querySelector(`form [name=${name}]`)?.value ?? "";

  function fillIn(data) {
    for (const name of ["csrfmiddlewaretoken", "design", "claim"]) if (field(name)) data.set(name, field(name));
    return data;
  }

  // Anything but an answer of the desk itself (a sign-in page, an error) counts as not done.
  async function ask(address, options = {}) {
    const answer = await fetch(address, { ...options, headers: { "X-Desk": "1" }, redirect: "manual" });
    if (answer.headers.get("X-Desk")) return answer.text();
    throw new Error(answer.type === "opaqueredirect" || answer.status === 403 ? "signed out" : "no answer");
  }

  function show(html) {
    const made = document.createElement("template");
    made.innerHTML = html;
    desk().replaceWith(made.content.querySelector("#desk"));
    prepare();
    history.replaceState(null, "", desk().dataset.address);
    const words = document.getElementById("desk-words")?.textContent ?? "";
    spoken.textContent = `${words} ${desk().dataset.spoken ?? ""}`;
    desk().focus({ preventScroll: true });
    if (desk().getBoundingClientRect().top < 0) desk().scrollIntoView({ block: "start" });
  }

  function complain(error, what) {
    const out = error.message === "signed out";
    const cause = out ? "You are not signed in any more" : "The shop cannot be reached";
    trouble.querySelector("[data-words]").textContent = `${cause}: “${what}” did not get through yet. Nothing is lost: try again${out ? " after signing in" : ""}.`;
    trouble.querySelector("[data-sign-in]").hidden = !out;
    trouble.hidden = false;
    document.getElementById("desk-words")?.remove();
  }

  async function send(data, what) {
    if (busy) return;
    busy = true;
    desk().setAttribute("aria-busy", "true");
    try {
      await renewing; // a claim that is being renewed has another name afterwards
      const html = await ask(location.pathname, { method: "POST", body: fillIn(data) });
      unsent = null;
      trouble.hidden = true;
      show(html);
    } catch (error) {
      unsent = { data, what };
      complain(error, what);
    } finally {
      busy = false;
      desk().removeAttribute("aria-busy");
    }
  }

  // A look first: signing in changed what a form must carry, and the verdict may have got through after all.
  async function retry() {
    if (busy || !unsent) return;
    const { data, what } = unsent;
    const meant = data.get("design");
    try {
      show(await ask(desk().dataset.address));
    } catch (error) {
      complain(error, what);
      return;
    }
    if (field("design") === (meant ?? "")) {
      await send(data, what);
    } else {
      unsent = null;
      trouble.hidden = true;
    }
  }

  function reasons(open) {
    const list = document.getElementById("desk-reasons");
    if (!list) return;
    list.hidden = !open;
    document.querySelector("[data-reasons]").setAttribute("aria-expanded", String(open));
    if (open) list.querySelector("button").focus();
  }

  function choose(name) {
    const radio = desk().querySelector(`[name=ground][value=${name}]`);
    if (radio) radio.checked = true;
    ground = name;
  }

  function turn(by) {
    const all = [...desk().querySelectorAll("[name=ground]")].map((radio) => radio.value);
    if (all.length) choose(all[(all.indexOf(ground) + by + all.length) % all.length]);
  }

  function move(by) {
    const cards = [...document.querySelectorAll(".desk-grid a")];
    const next = cards[Math.max(0, Math.min(cards.length - 1, cards.indexOf(document.activeElement) + by))];
    next?.focus();
  }

  function columns() {
    const tops = [...document.querySelectorAll(".desk-grid li")].map((card) => card.offsetTop);
    return tops.filter((top) => top === tops[0]).length;
  }

  const single = { ArrowLeft: () => turn(-1), ArrowRight: () => turn(1) };
  const grid = {
    ArrowLeft: () => move(-1), ArrowRight: () => move(1), ArrowUp: () => move(-columns()), ArrowDown: () => move(columns()),
  };

  function press(key) {
    const here = document.querySelector(".desk-grid") ? grid : single;
    const found = keyed(key);
    if (Object.hasOwn(here, key)) here[key]();
    else if (!found || found.closest("[hidden]")) return false;
    else if (found.type === "text") found.focus();
    else found.click();
    return true;
  }

  function scale(factor) {
    document.documentElement.style.setProperty("--desk-scale", factor);
  }

  function prepare() {
    for (const one of document.querySelectorAll("[data-key]")) {
      if (one.dataset.shown) continue;
      one.dataset.shown = "1";
      one.setAttribute("aria-keyshortcuts", one.dataset.key);
      const key = document.createElement("kbd");
      key.textContent = one.dataset.key;
      key.setAttribute("aria-hidden", "true");
      if (one.matches("input")) one.parentElement.insertBefore(key, one.type === "radio" ? null : one);
      else one.append(key);
    }
    for (const one of document.querySelectorAll("[data-help], [data-reasons], .desk-slider")) one.hidden = false;
    reasons(false);
    if (desk()) choose(ground);
    const slider = document.querySelector("[data-scale]");
    if (slider) slider.value = localStorage.getItem(SCALE) ?? "1";
    scale(slider?.value ?? "1");
    for (const address of desk()?.dataset.ahead.split(" ").filter(Boolean) ?? []) new Image().src = address;
  }

  async function renew() {
    const data = fillIn(new FormData());
    data.set("do", "hold");
    const answer = await fetch(location.pathname, { method: "POST", body: data, redirect: "manual" }).catch(() => null);
    if (!answer?.headers.get("content-type")?.includes("json")) return;
    const told = await answer.json();
    if (!answer.ok) {
      spoken.textContent = told.words;
      document.querySelector(".desk-count").textContent = told.words;
      return;
    }
    for (const input of desk().querySelectorAll("[name=claim]")) input.value = told.claim;
    const here = new URL(location.href);
    here.searchParams.set("claim", told.claim);
    desk().dataset.address = here.pathname + here.search;
    history.replaceState(null, "", here);
  }

  function look() {
    const looks = document.visibilityState === "visible" && Date.now() - touched < AWAY;
    if (looks && !busy && field("claim")) renewing = renew();
  }

  document.addEventListener("submit", (event) => {
    const form = event.target.closest("form[data-desk]");
    if (!form) return;
    event.preventDefault();
    const data = new FormData(form);
    const button = event.submitter ?? form.querySelector("button");
    data.set(button.name, button.value);
    send(data, button.firstChild.textContent.trim());
  });

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-help]")) help.showModal();
    else if (event.target.closest("[data-retry]")) retry();
    else if (event.target.closest("[data-reasons]")) reasons(document.getElementById("desk-reasons").hidden);
  });

  document.addEventListener("input", (event) => {
    if (event.target.matches("[name=ground]")) ground = event.target.value;
    if (!event.target.matches("[data-scale]")) return;
    localStorage.setItem(SCALE, event.target.value);
    scale(event.target.value);
  });

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (document.querySelector("dialog[open]")) return;
    if (event.key === "Escape" && event.target.closest("#desk-reasons, [data-reasons]")) {
      reasons(false);
      document.querySelector("[data-reasons]").focus();
      return;
    }
    if (writing(event.target) || event.repeat || (event.target.type === "radio" && event.key.startsWith("Arrow"))) return;
    if (press(event.key.length === 1 ? event.key.toLowerCase() : event.key)) event.preventDefault();
  });

  for (const sign of ["keydown", "pointerdown", "scroll"]) {
    document.addEventListener(sign, () => (touched = Date.now()), { passive: true, capture: true });
  }

  window.addEventListener("beforeunload", (event) => {
    if (unsent) event.preventDefault();
  });

  window.addEventListener("pagehide", () => {
    if (!field("claim")) return;
    const data = fillIn(new FormData());
    data.set("do", "leave");
    navigator.sendBeacon(location.pathname, data);
  });

  window.addEventListener("pageshow", (event) => {
    if (event.persisted) location.reload(); // what it shows was let go
  });

  prepare();
  setInterval(look, RENEW);
})();
