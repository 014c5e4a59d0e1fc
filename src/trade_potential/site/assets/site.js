"use strict";
/* What every page needs: rows that scripts hand over, the choice in the address, texts and numbers. */
const TP = { held: {}, waiting: {} };
window.TP = TP;

(function () {
  const page = document.body.dataset.page;
  const up = document.body.dataset.up;
  const language = document.documentElement.lang;
  const MINUS = "–";
  const FLOWS = ["total", "exports", "imports"];

  TP.receive = function (name, held) {
    TP.held[name] = held;
    (TP.waiting[name] || []).forEach((go) => go.resolve(held));
    delete TP.waiting[name];
  };

  /* A page that is opened as a file may load scripts and nothing else. */
  TP.load = function (name) {
    if (name in TP.held) return Promise.resolve(TP.held[name]);
    return new Promise((resolve, reject) => {
      const first = !(name in TP.waiting);
      (TP.waiting[name] = TP.waiting[name] || []).push({ resolve, reject });
      if (!first) return;
      const script = document.createElement("script");
      script.src = `${up}data/${name}.js`;
      script.onerror = () => {
        (TP.waiting[name] || []).forEach((go) => go.reject(new Error(script.src)));
        delete TP.waiting[name];
      };
      document.body.append(script);
    });
  };

  /* Texts. */
  const plurals = new Intl.PluralRules(language);
  TP.text = function (key, values) {
    let held = TP.held.texts[key];
    if (typeof held === "object") held = held[plurals.select(values.n)];
    return held.replace(/\{(\w+)\}/g, (_, slot) => {
      const value = values[slot];
      return typeof value === "number" ? TP.number(value) : value;
    });
  };
  TP.label = (kind, code) => (TP.held[`labels.${language}`][kind] || {})[code] || code;
  TP.country = (code) => TP.label("country", code);

  /* Numbers, as Words of the library prints them. */
  const formats = {};
  function format(options) {
    const key = JSON.stringify(options);
    return (formats[key] = formats[key] || new Intl.NumberFormat(language, { roundingMode: "halfEven", ...options }));
  }
  /* A division leaves 8907.349999999999 where people, and the library, have 8907.35. */
  TP.number = (value, digits = 0) =>
    format({ minimumFractionDigits: digits, maximumFractionDigits: digits }).format(Number(value.toPrecision(12)));
  TP.ratio = function (value) {
    if (value === null || value === undefined) return MINUS;
    if (value >= 0.095 || value === 0) return TP.number(value, 2);
    return format({ minimumSignificantDigits: 2, maximumSignificantDigits: 2 }).format(value);
  };
  TP.share = (value) =>
    value === null || value === undefined ? MINUS : TP.number(value, 2);
  TP.interval = (low, high) =>
    low === null || low === undefined ? MINUS : TP.text("site_script.interval", { low: TP.ratio(low), high: TP.ratio(high) });
  TP.money = function (millions) {
    if (millions === null || millions === undefined) return MINUS;
    const [large, small] = language === "zh" ? [100, 0.01] : [1000, 1];
    if (millions >= large) return TP.text("units.large_usd", { amount: TP.number(millions / large, 1) });
    if (millions >= small) return TP.text("units.small_usd", { amount: TP.number(millions / small, 1) });
    return TP.text("units.usd", { amount: TP.number(millions * 1e6) });
  };

  /* The choice: in the address, so that it can be sent. */
  TP.choice = function () {
    const world = TP.held.world;
    const asked = new URLSearchParams(location.hash.slice(1));
    const wrong = [];
    function take(name, fallback, known) {
      const value = asked.get(name);
      if (value === null || value === "") return fallback;
      if (known.includes(value)) return value;
      wrong.push(TP.text("site_script.unknown", { what: TP.text(`site_script.${name}`, {}), value }));
      return fallback;
    }
    const reporters = world.reporters;
    const first = reporters.includes("CHN") ? "CHN" : reporters[0];
    const reporter = take("reporter", first, reporters);
    const others = reporters.filter((code) => code !== reporter);
    const usual = ["KAZ", "CHN"].find((code) => others.includes(code)) || others[0];
    const choice = {
      reporter,
      partner: take("partner", usual, others),
      second: take("second", "", others),
      year: Number(take("year", String(world.newest), world.years.map(String))),
      flow: take("flow", FLOWS[0], FLOWS),
      study: asked.get("study") || "",
    };
    return { choice, wrong };
  };
  TP.choose = function (change) {
    const choice = { ...TP.choice().choice, ...change };
    if (change.reporter && choice.partner === change.reporter) choice.partner = "";
    if (choice.second === choice.reporter || choice.second === choice.partner) choice.second = "";
    const said = new URLSearchParams();
    for (const [name, value] of Object.entries(choice)) if (value) said.set(name, value);
    history.replaceState(null, "", `#${said}`);
    TP.show();
  };
  function keepChoice() {
    document.querySelectorAll("header nav a, a[data-keeps-choice]").forEach((link) => {
      link.href = link.getAttribute("href").split("#")[0] + location.hash;
    });
  }

  /* Rows of a reporter: letters and lists become one row for each partner and year. */
  TP.rows = function (data, flow) {
    const held = data.flows[flow];
    const codes = TP.held.world.codes;
    const at = { k: 0, a: 0, p: 0, o: 0 };
    const rows = [];
    data.partners.forEach((partner, i) => {
      data.years.forEach((year, j) => {
        const place = i * data.years.length + j;
        const letter = held.c[place];
        if (letter === ".") return;
        const code = codes[letter];
        const hasClass = "her".includes(letter);
        const hasTrade = hasClass || letter === "b";
        const hasK = hasTrade || letter === "n";
        const flags = hasTrade ? Number(held.f[at.k]) : 0;
        const row = {
          partner, year, code, hasClass,
          k: hasTrade ? held.k[at.k] : hasK ? 0 : null,
          actual: hasTrade ? held.a[at.k] : hasK ? 0 : null,
          predicted: hasK ? held.p[at.p] : null,
          certainty: hasClass ? TP.held.world.certainties[held.s[at.o]] || null : null,
          out: hasClass ? held.o[at.o] : null,
          typical: hasClass ? TP.held.world.typical[`${flow}/${year}/${held.b[at.o]}`] : null,
          percentile: hasClass ? held.q[at.o] : null,
          unreported: letter === "n" || Boolean(flags & 1), own: Boolean(flags & 2), union: Boolean(flags & 4),
          lasting: lasting(held.l[i]),
        };
        if (hasTrade) at.k += 1;
        if (hasK) at.p += 1;
        if (hasClass) at.o += 1;
        rows.push(row);
      });
    });
    return rows;
  };
  function lasting(said) {
    if (!Array.isArray(said)) return { status: said };
    const [code, median, low, high, huge, expansion, reshaping, newLow, newHigh, years] = said;
    return { status: "ok", code, median, low, high, huge, expansion, reshaping, newLow, newHigh, years };
  }
  TP.said = (row) => TP.label(row.hasClass ? "potential_class" : "k_status", row.code);
  TP.tone = (row) =>
    ({ huge_potential: "huge", potential_expansion: "expansion", potential_reshaping: "reshaping" })[row.code] || "none";

  /* Elements: text is text, whatever it holds. */
  TP.el = function (name, attributes, ...inside) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes || {}))
      if (value !== false && value !== null && value !== undefined) made.setAttribute(key, value === true ? "" : value);
    made.append(...inside.filter((of) => of !== null && of !== undefined));
    return made;
  };
  TP.fill = (id, ...inside) => document.getElementById(id).replaceChildren(...inside);
  TP.options = function (id, entries, chosen) {
    const made = entries.map(([value, text]) => TP.el("option", { value, selected: value === String(chosen) }, text));
    const select = document.getElementById(id);
    select.replaceChildren(...made);
    select.value = String(chosen);
  };
  TP.byName = (codes) =>
    codes.map((code) => [code, TP.country(code)]).sort((a, b) => a[1].localeCompare(b[1], language));
  TP.controls = function (choice) {
    const world = TP.held.world;
    const held = {
      reporter: () => TP.byName(world.reporters),
      partner: () => TP.byName(world.reporters.filter((code) => code !== choice.reporter)),
      second: () => [["", TP.text("site_script.nobody", {})],
        ...TP.byName(world.reporters.filter((code) => code !== choice.reporter && code !== choice.partner))],
      year: () => world.years.map((year) => [String(year), String(year)]).reverse(),
      flow: () => FLOWS.map((flow) => [flow, TP.label("flow", flow)]),
    };
    for (const [name, entries] of Object.entries(held)) {
      const select = document.getElementById(name);
      if (!select) continue;
      TP.options(name, entries(), choice[name]);
      select.onchange = () => TP.choose({ [name]: name === "year" ? Number(select.value) : select.value });
    }
  };
  TP.table = function (caption, heads, rows, numbers) {
    const cell = (inside, i) =>
      TP.el(i === 0 ? "th" : "td", { scope: i === 0 ? "row" : null, class: numbers.includes(i) ? "number" : null }, inside);
    return TP.el("div", { class: "scroll", role: "region", tabindex: "0", "aria-label": caption },
      TP.el("table", {}, TP.el("caption", {}, caption),
        TP.el("thead", {}, TP.el("tr", {}, ...heads.map((head, i) => TP.el("th", { scope: "col", class: numbers.includes(i) ? "number" : null }, head)))),
        TP.el("tbody", {}, ...rows.map((row) => TP.el("tr", {}, ...row.map(cell))))));
  };
  TP.badge = (row) => TP.el("span", { class: `badge ${TP.tone(row)}` }, TP.said(row));
  TP.certain = (row) => (row.certainty ? TP.label("answer_certainty", row.certainty) : MINUS);

  /* Rows as CSV: a text that a spreadsheet would run is made harmless. */
  TP.download = function (name, heads, rows) {
    const cell = function (value) {
      if (value === null || value === undefined) return "";
      if (typeof value === "number") return String(value);
      const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
      return /[",\n\r]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text;
    };
    const text = [heads, ...rows].map((row) => row.map(cell).join(",")).join("\r\n") + "\r\n";
    const link = TP.el("a", { href: URL.createObjectURL(new Blob([text], { type: "text/csv" })), download: name });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  };

  /* A page shows itself as often as the choice changes. */
  TP.page = function (draw) {
    let turn = 0;
    TP.show = async function () {
      const mine = ++turn;
      const { choice, wrong } = TP.choice();
      keepChoice();
      try {
        const data = await TP.load(`reporter/${choice.reporter}`);
        if (mine !== turn) return;
        TP.controls(choice);
        await draw(choice, data);
        TP.fill("message", ...wrong.map((text) => TP.el("p", { class: "warning" }, text)));
      } catch (error) {
        TP.fill("message", TP.el("p", { class: "warning" }, TP.text("site_script.not_loaded", { file: String(error.message || error) })));
      }
      document.documentElement.dataset.ready = String(mine);
    };
    addEventListener("hashchange", () => TP.show());
    Promise.all(["world", `labels.${language}`, `texts.${language}`].map(TP.load)).then(() => {
      TP.held.texts = TP.held[`texts.${language}`];
      TP.show();
    });
  };
  if (!["index", "choose", "partner"].includes(page)) {
    keepChoice();
    document.documentElement.dataset.ready = "0";
  }
})();
