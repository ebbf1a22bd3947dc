// The packing bench: lines follow their order's tick, a count of what is chosen, and keys. All of it works without.
"use strict";

for (const form of document.querySelectorAll("form.bench")) {
  form.addEventListener("submit", ({ submitter }) => {
    if (submitter?.value !== "sheets") return;
    submitter.textContent = "Laying out …"; // it takes seconds
    setTimeout(() => (submitter.disabled = true)); // once its value is on the way
  });
}

(() => {
  const form = document.getElementById("bench");
  if (!form) return;
  const orders = [...form.querySelectorAll(".bench-order")];
  const which = form.querySelector("[name=which]");
  const count = document.getElementById("chosen");
  const help = document.getElementById("bench-keys");
  let here = -1;

  const tick = (order) => order.querySelector("[name=order]");
  const lines = (order) => [...order.querySelectorAll("[name=job]")];

  function show() {
    for (const order of orders) {
      const ticked = lines(order).filter((line) => line.checked).length;
      tick(order).checked = ticked === lines(order).length;
      tick(order).indeterminate = ticked > 0 && !tick(order).checked;
    }
    if (!count) return;
    const stickers = form.querySelectorAll("[name=job]:checked").length;
    const among = orders.filter((order) => tick(order).checked || tick(order).indeterminate).length;
    const told = `${among} order${among === 1 ? "" : "s"}, ${stickers} line${stickers === 1 ? "" : "s"}`;
    count.textContent = which.value === "ticked" ? (stickers ? told : "nothing yet") : "";
    form.querySelector(".bench-count").textContent = which.value === "ticked" ? (stickers ? told : "") : which.selectedOptions[0].text;
  }

  function choose(order, chosen) {
    for (const line of lines(order)) line.checked = chosen;
  }

  function go(to) {
    if (!orders.length) return;
    orders[here]?.classList.remove("here");
    here = Math.max(0, Math.min(orders.length - 1, to));
    orders[here].classList.add("here");
    orders[here].focus({ preventScroll: true });
    orders[here].scrollIntoView({ block: "nearest" });
  }

  function press(key) {
    const button = form.querySelector(`[data-key="${key}"]`);
    if (!button) return false;
    const none = !form.querySelector("[name=job]:checked");
    if (which.value === "ticked" && none && here >= 0) choose(orders[here], true);
    show();
    form.requestSubmit(button);
    return true;
  }

  const keys = {
    j: () => go(here + 1),
    k: () => go(here - 1),
    x: () => {
      if (here < 0) return;
      choose(orders[here], !tick(orders[here]).checked);
      show();
    },
    a: () => {
      const all = orders.every((order) => tick(order).checked);
      orders.forEach((order) => choose(order, !all));
      show();
    },
    o: () => orders[here]?.querySelector("[data-open]").click(),
    "?": () => help.showModal(),
  };

  const writing = (target) => target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]");

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (writing(event.target) || document.querySelector("dialog[open]")) return;
    if (Object.hasOwn(keys, event.key)) keys[event.key]();
    else if (!press(event.key)) return;
    event.preventDefault();
  });

  form.addEventListener("change", (event) => {
    const order = event.target.closest(".bench-order");
    if (event.target.name === "order") choose(order, event.target.checked);
    if (order) here = orders.indexOf(order);
    show();
  });

  for (const button of form.querySelectorAll("[data-key]")) {
    const key = document.createElement("kbd");
    key.textContent = button.dataset.key;
    key.setAttribute("aria-hidden", "true");
    button.setAttribute("aria-keyshortcuts", button.dataset.key);
    button.append(key);
  }
  const opener = form.querySelector("[data-keys-help]");
  if (opener) {
    opener.hidden = false;
    opener.addEventListener("click", () => help.showModal());
  }
  window.addEventListener("pageshow", show);
})();
