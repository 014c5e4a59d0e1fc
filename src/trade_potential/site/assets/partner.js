"use strict";
/* Partner: one pair over the years, what its index rests on, and where every number is from. */
(function () {
  const TONES = [["huge", "huge_potential"], ["expansion", "potential_expansion"], ["reshaping", "potential_reshaping"]];

  TP.page(async (choice, data) => {
    const rows = TP.rows(data, choice.flow).filter((row) => row.partner === choice.partner);
    const now = rows.find((row) => row.year === choice.year);
    const names = { reporter: TP.country(choice.reporter), partner: TP.country(choice.partner), flow: TP.label("flow", choice.flow), year: String(choice.year) };
    TP.fill("pair", TP.text("site_script.pair_and_flow", names));
    sentence(names, now);
    chart(rows, names);
    years(rows);
    probabilities(now);
    others(choice, data);
    origins(now);
    await development(choice);
  });

  function sentence(names, row) {
    const key = row.hasClass ? `answer_${row.certainty || "unsaid"}` : "answer_none";
    TP.fill("answer", TP.text(`site_script.${key}`, {
      ...names, class: TP.said(row), k: TP.ratio(row.k), actual: TP.money(row.actual), predicted: TP.money(row.predicted),
    }));
    document.getElementById("answer").setAttribute("data-tone", TP.tone(row));
  }

  function chart(rows, names) {
    const known = rows.filter((row) => row.k > 0);
    if (!known.length) {
      TP.fill("chart", TP.el("p", {}, TP.text("site_script.no_k_in_any_year", {})));
      return;
    }
    const { lasting } = known[0];
    const years = d3.extent(rows, (row) => row.year);
    const marks = [
      Plot.ruleY([0.8, 1.2], { stroke: "currentColor", strokeDasharray: "4 4", strokeOpacity: 0.6 }),
      Plot.line(known, { x: "year", y: "k", stroke: "currentColor" }),
      Plot.dot(known, { x: "year", y: "k", r: 5, fill: (row) => `var(--${TP.tone(row)})`, stroke: "currentColor", title: (row) => `${row.year}: K ${TP.ratio(row.k)}, ${TP.said(row)}` }),
      Plot.text(known, { x: "year", y: "k", text: (row) => TP.ratio(row.k), dy: -14, fill: "currentColor" }),
    ];
    if (lasting.status === "ok") marks.unshift(Plot.rectY([lasting], { x1: years[0] - 0.4, x2: years[1] + 0.4, y1: lasting.low, y2: lasting.high, fill: "currentColor", fillOpacity: 0.08 }));
    const figure = Plot.plot({
      marks, width: 860, height: 360, marginLeft: 56, marginTop: 28,
      x: { label: null, tickFormat: String, ticks: rows.map((row) => row.year), domain: [years[0] - 0.5, years[1] + 0.5] },
      y: { label: TP.text("site_script.axis_k", {}), type: "log", grid: true, tickFormat: TP.ratio, ticks: 6 },
      ariaLabel: TP.text("site_script.chart", names),
    });
    figure.setAttribute("role", "img");
    figure.querySelectorAll("g[aria-label]").forEach((group) => group.removeAttribute("aria-label"));
    TP.fill("chart", figure);
    TP.fill("band", lasting.status === "ok" ? TP.text("site_script.band_said", { low: TP.ratio(lasting.low), high: TP.ratio(lasting.high), n: lasting.years, class: TP.label("potential_class", lasting.code) }) : TP.label("probability_status", lasting.status));
  }

  function years(rows) {
    const heads = ["year", "column_k", "column_code", "column_certainty", "column_actual", "column_predicted", "pair_out", "column_percentile", "notes"];
    const notes = (row) => [["unreported", row.unreported], ["own_trade", row.own], ["customs_union", row.union]]
      .filter(([, is]) => is).map(([key]) => TP.text(`site_script.${key}`, {})).join(" ");
    TP.fill("years", TP.table(TP.text("site_script.years_caption", {}), heads.map((key) => TP.text(`site_script.${key}`, {})),
      rows.slice().reverse().map((row) => [
        String(row.year), TP.ratio(row.k), TP.badge(row), TP.certain(row), TP.money(row.actual), TP.money(row.predicted),
        TP.ratio(row.out), row.percentile === null ? "–" : TP.number(row.percentile), notes(row),
      ]), [1, 4, 5, 6, 7]));
  }

  function probabilities(row) {
    const { lasting } = row;
    if (lasting.status !== "ok") {
      TP.fill("probabilities", TP.el("p", {}, TP.text("site_script.no_probability", { reason: TP.label("probability_status", lasting.status) })));
      return;
    }
    const bars = TONES.map(([name, code]) => TP.el("li", {},
      TP.el("span", { class: "what" }, TP.label("potential_class", code)),
      TP.el("span", { class: "bar" }, TP.el("span", { class: `fill ${name}`, style: `width: ${100 * lasting[name]}%` })),
      TP.el("span", { class: "number", "data-shows": `probability_${name}` }, TP.share(lasting[name]))));
    TP.fill("probabilities", TP.el("ul", { class: "bars" }, ...bars),
      TP.el("p", { class: "quiet" }, TP.text("site_script.probabilities_about", { low: TP.ratio(lasting.newLow), high: TP.ratio(lasting.newHigh) })));
  }

  function others(choice, data) {
    const said = data.told.filter(([flow, partner]) => flow === choice.flow && partner === choice.partner);
    if (!said.length) {
      TP.fill("others", TP.el("p", {}, TP.text("site_script.no_others", {})));
      return;
    }
    TP.fill("others", TP.table(TP.text("site_script.others_caption", {}), ["year", "others_say", "why"].map((key) => TP.text(`site_script.${key}`, {})),
      said.reverse().map(([, , year, answers, reason]) => [String(year), answers, reason || ""]), []));
  }

  function source(id) {
    const held = TP.held.world.sources[id];
    if (!held) return id;
    const [title, vintage, url] = held;
    const name = /^https?:/.test(url || "") ? TP.el("a", { href: url, rel: "noreferrer" }, title) : title;
    return TP.el("span", {}, name, vintage ? ` (${vintage})` : "");
  }

  function origin(title, value, ...from) {
    return TP.el("details", {}, TP.el("summary", {}, `${title}: ${value}`), ...from.map((of) => TP.el("p", {}, of)));
  }

  function origins(row) {
    const text = (key, values = {}) => TP.text(`site_script.${key}`, values);
    const model = TP.el("span", {}, text("from_model"), " ", TP.el("a", { href: "method.html", "data-keeps-choice": true }, text("to_method")));
    TP.fill("origins",
      origin(text("column_actual"), TP.money(row.actual), text("from_trade"), source("cepii_baci")),
      origin(text("column_predicted"), TP.money(row.predicted), model, source("cepii_geodist")),
      origin(text("column_k"), TP.ratio(row.k), text("from_ratio")),
      origin(text("class"), TP.said(row), text("from_limits")),
      origin(text("lasting"), row.lasting.status === "ok" ? TP.interval(row.lasting.low, row.lasting.high) : "–", text("from_years")));
  }

  async function development(choice) {
    if (!TP.held.world.indexed.includes(choice.partner)) {
      TP.fill("development", TP.el("p", {}, TP.text("site_script.no_index", {})));
      return;
    }
    const held = await TP.load(`country/${choice.partner}`);
    const parts = [];
    for (const [study, of] of Object.entries(held)) {
      for (const [spec, points] of Object.entries(of.index)) {
        const known = points.filter(([, value]) => value !== null).sort((a, b) => b[0] - a[0]);
        if (!known.length) continue;
        const caption = TP.text("site_script.index_caption", { study, spec });
        const table = TP.table(caption, ["year", "index", "rank", "filled"].map((key) => TP.text(`site_script.${key}`, {})),
          known.map(([year, value, rank, filled]) => [String(year), TP.number(value, 2), rank === null ? "–" : TP.number(rank), filled === null ? "–" : TP.share(filled)]), [1, 2, 3]);
        parts.push(TP.el("details", {}, TP.el("summary", {}, `${caption}: ${TP.number(known[0][1], 2)} (${known[0][0]})`), table));
      }
      if (of.figures) parts.push(drivers(choice, study, of.figures));
    }
    TP.fill("development", ...parts);
  }

  function drivers(choice, study, figures) {
    const rows = Object.entries(figures).map(([name, points]) => {
      const usable = points.filter(([year, value]) => value !== null && year <= choice.year);
      if (!usable.length) return null;
      const [year, value, note] = usable[usable.length - 1];
      const [unit, from] = TP.held.world.indicators[name] || ["", ""];
      return [name.replace(/_/g, " "), `${TP.number(value, Math.abs(value) < 100 ? 2 : 0)}`, unit || "", String(year), note ? TP.text("site_script.filled_by", { method: note.replace(/_/g, " ") }) : TP.text("site_script.as_published", {}), source(from)];
    }).filter(Boolean);
    const table = TP.table(TP.text("site_script.drivers_caption", { study, year: String(choice.year) }),
      ["indicator", "value", "unit", "year", "how", "source"].map((key) => TP.text(`site_script.${key}`, {})), rows, [1]);
    return TP.el("details", {}, TP.el("summary", {}, TP.text("site_script.drivers", { study, n: rows.length })), table);
  }
})();
