"use strict";
(() => {
  const tools = document.getElementById("tools");
  const field = document.getElementById("filter");
  const button = document.getElementById("open");
  const found = document.getElementById("found");
  const items = [...document.querySelectorAll(".item")].map((item) => [item, item.textContent.toLowerCase()]);
  const groups = [...document.querySelectorAll("details, .group")];
  const parts = [...document.querySelectorAll("main > section")].filter((part) => part.querySelector(".item"));
  const folds = [...document.querySelectorAll("details")];
  const titles = new Map(groups.map((group) => [group, (group.querySelector("h3")?.textContent ?? "").toLowerCase()]));
  const unfold = (open) => { for (const fold of folds) fold.open = open; };

  const filter = () => {
    const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const [item, text] of items) {
      const title = titles.get(item.closest("details, .group")) ?? "";
      const fits = words.every((word) => text.includes(word) || title.includes(word));
      item.hidden = !fits;
      shown += fits;
    }
    for (const group of groups) group.hidden = !group.querySelector(".item:not([hidden])");
    for (const part of parts) part.hidden = !part.querySelector(".item:not([hidden])");
    if (words.length) unfold(true);
    else unfold(button.getAttribute("aria-pressed") === "true");
    found.textContent = words.length ? `${shown} of ${items.length} entries` : "";
  };
  field.addEventListener("input", filter);
  field.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { field.value = ""; filter(); }
  });
  button.addEventListener("click", () => {
    const open = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", String(open));
    button.textContent = open ? "Close all" : "Open all";
    unfold(open);
  });
  const reveal = () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const fold = target?.closest("details");
    if (fold) { fold.open = true; target.scrollIntoView(); }
  };
  addEventListener("hashchange", reveal);
  button.hidden = !folds.length;
  tools.hidden = items.length < 8;  // a few entries need no filter
  reveal();
})();
