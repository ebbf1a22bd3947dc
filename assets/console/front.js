// The front page renews itself each minute: only cards that changed are exchanged; focus, scroll and open parts stay.
"use strict";

(() => {
  const EVERY = 60_000; // ms
  const front = () => document.getElementById("front");
  const trouble = document.getElementById("front-trouble");
  const spoken = document.getElementById("front-spoken");
  const PARTS = ["front-head", "front-needs", "front-health", "front-money", "front-charts", "front-progress", "front-newest"];
  let timer = 0;
  let asked = Date.now();
  let told = document.getElementById("front-headline").textContent;
  let good = new Date();
  // What the server sent last, by part: the page's own marks (open details) are no change.
  const sent = new Map(PARTS.map((id) => [id, document.getElementById(id)?.innerHTML]));

  function openParts(part) {
    return new Set([...part.querySelectorAll("details[open]")].map((one) => one.id));
  }

  function exchange(old, fresh) {
    const open = openParts(old);
    const focused = old.contains(document.activeElement) ? document.activeElement : null;
    const links = focused ? [...old.querySelectorAll("a, summary")] : [];
    const href = focused?.getAttribute("href");
    const place = links.indexOf(focused);
    for (const one of fresh.querySelectorAll("details")) one.open = open.has(one.id);
    old.replaceWith(fresh);
    if (!focused) return;
    const now = [...fresh.querySelectorAll("a, summary")];
    const same = href ? now.find((one) => one.getAttribute("href") === href) : null;
    (same ?? now[Math.min(place, now.length - 1)])?.focus({ preventScroll: true });
  }

  function show(html) {
    const made = document.createElement("template");
    made.innerHTML = html;
    const fresh = made.content.querySelector("#front");
    // Cards that come or go (as rights change) need the whole of it.
    if (PARTS.some((id) => !fresh.querySelector(`#${id}`) !== !document.getElementById(id))) return exchange(front(), fresh);
    for (const id of PARTS) {
      const part = fresh.querySelector(`#${id}`);
      if (!part || part.innerHTML === sent.get(id)) continue;
      sent.set(id, part.innerHTML);
      exchange(document.getElementById(id), part);
    }
  }

  function speak() {
    const words = document.getElementById("front-headline").textContent;
    if (words !== told) spoken.textContent = words;
    told = words;
  }

  function stale(out) {
    const since = good.toISOString().slice(11, 16);
    front().classList.add("stale");
    const words = out ? "You are not signed in any more: load the page again to sign in." : "The shop cannot be reached; it is tried again each minute.";
    const all = `These are the figures of ${since} UTC. ${words}`;
    if (trouble.textContent !== all) trouble.textContent = all;
    trouble.hidden = false;
  }

  async function renew() {
    clearTimeout(timer);
    asked = Date.now();
    try {
      const answer = await fetch(front().dataset.address, { redirect: "manual", signal: AbortSignal.timeout(EVERY / 2) });
      if (!answer.headers.get("X-Front")) throw new Error(answer.type === "opaqueredirect" || answer.status === 403 ? "signed out" : "no answer");
      show(await answer.text());
      good = new Date();
      trouble.hidden = true;
      front().classList.remove("stale");
      speak();
    } catch (error) {
      stale(error.message === "signed out");
    }
    plan(EVERY);
  }

  function plan(wait) {
    clearTimeout(timer);
    if (!document.hidden) timer = setTimeout(renew, wait);
  }

  document.addEventListener("visibilitychange", () => plan(Math.max(0, EVERY - (Date.now() - asked))));
  plan(EVERY);
})();
