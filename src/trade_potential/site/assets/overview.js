"use strict";
/* Overview: the sentence, the map, the ranking and how sure it is, for one reporter. */
(function () {
  const SHOWN = 20;
  const WIDTH = 960, HEIGHT = 470;
  const state = { sort: "k", down: false, all: false };
  const COLUMNS = {
    partner: (row) => TP.country(row.partner),
    k: (row) => row.k,
    low: (row) => row.lasting.low,
    code: (row) => row.code,
    certainty: (row) => row.certainty,
    percentile: (row) => row.percentile,
    actual: (row) => row.actual,
    predicted: (row) => row.predicted,
  };

  TP.page(async (choice, data) => {
    const rows = TP.rows(data, choice.flow).filter((row) => row.year === choice.year);
    sentence(choice, rows);
    sure(rows);
    filters(choice, rows);
    ranking(choice, rows);
    map(choice, rows, await TP.load("shapes"));
  });

  const count = (rows, test) => rows.filter(test).length;

  function sentence(choice, rows) {
    const classed = rows.filter((row) => row.hasClass);
    const where = { reporter: TP.country(choice.reporter), flow: TP.label("flow", choice.flow), year: String(choice.year) };
    if (!classed.length) {
      TP.fill("answer", TP.text("site_script.no_answer", where));
      return;
    }
    const said = {};
    for (const [tone, code] of [["huge", "huge_potential"], ["expansion", "potential_expansion"], ["reshaping", "potential_reshaping"]])
      said[tone] = count(classed, (row) => row.code === code);
    TP.fill("answer", TP.text("site_script.answer", { ...where, n: classed.length, ...said, firm: count(classed, (row) => row.certainty === "firm") }));
    const firm = classed.filter((row) => row.code === "huge_potential" && row.certainty === "firm");
    const gap = d3.greatest(firm, (row) => row.predicted - row.actual);
    TP.fill("largest", gap ? TP.text("site_script.largest", { partner: TP.country(gap.partner), k: TP.ratio(gap.k), actual: TP.money(gap.actual), predicted: TP.money(gap.predicted) }) : TP.text("site_script.none_firm", {}));
  }

  function sure(rows) {
    const classed = rows.filter((row) => row.hasClass);
    const cells = ["firm", "leaning", "undecided"].map((code) => [
      TP.label("answer_certainty", code),
      ...["huge_potential", "potential_expansion", "potential_reshaping"].map((of) =>
        TP.number(count(classed, (row) => row.certainty === code && row.code === of))),
    ]);
    cells.push([TP.text("site_script.not_said", {}),
      ...["huge_potential", "potential_expansion", "potential_reshaping"].map((of) =>
        TP.number(count(classed, (row) => !row.certainty && row.code === of)))]);
    const heads = [TP.text("site_script.certainty", {}), ...["huge_potential", "potential_expansion", "potential_reshaping"].map((of) => TP.label("potential_class", of))];
    TP.fill("sure", TP.table(TP.text("site_script.sure_caption", {}), heads, cells, [1, 2, 3]));
    const median = d3.median(classed, (row) => row.k);
    TP.fill("median", median === undefined ? "" : TP.text("site_script.median", { k: TP.ratio(median), n: classed.length }));
  }

  function filters(choice, rows) {
    const economies = TP.held.world.economies;
    const regions = [...new Set(rows.map((row) => (economies[row.partner] || [])[0]).filter(Boolean))];
    const select = document.getElementById("region");
    const kept = select.value;
    TP.options("region", [["", TP.text("site_script.every_region", {})],
      ...regions.map((code) => [code, TP.label("un_region", code)]).sort((a, b) => a[1].localeCompare(b[1]))],
      regions.includes(kept) ? kept : "");
    for (const id of ["region", "least"]) document.getElementById(id).onchange = () => ranking(choice, rows);
  }

  function ranking(choice, rows) {
    const region = document.getElementById("region").value;
    const least = Number(document.getElementById("least").value);
    const kept = rows.filter((row) => row.hasClass && row.predicted >= least &&
      (!region || (TP.held.world.economies[row.partner] || [])[0] === region));
    const by = COLUMNS[state.sort];
    const order = (a, b) => (typeof by(a) === "string" ? by(a).localeCompare(by(b) || "", document.documentElement.lang) : d3.ascending(by(a), by(b)));
    kept.sort((a, b) => (by(a) === null || by(a) === undefined) - (by(b) === null || by(b) === undefined) || (state.down ? -order(a, b) : order(a, b)));
    const shown = state.all ? kept : kept.slice(0, SHOWN);
    const link = (row) => TP.el("a", { href: `partner.html#${new URLSearchParams({ reporter: choice.reporter, partner: row.partner, year: choice.year, flow: choice.flow })}` }, TP.country(row.partner));
    const cells = shown.map((row) => [
      link(row), TP.ratio(row.k), TP.interval(row.lasting.low, row.lasting.high), TP.badge(row), TP.certain(row),
      row.percentile === null ? "–" : TP.number(row.percentile), TP.money(row.actual), TP.money(row.predicted),
    ]);
    const heads = Object.keys(COLUMNS).map((name) => {
      const mark = state.sort === name ? (state.down ? " ▼" : " ▲") : "";
      const button = TP.el("button", { type: "button", class: "sort", "data-sort": name }, TP.text(`site_script.column_${name}`, {}) + mark);
      button.onclick = () => {
        state.down = state.sort === name && !state.down;
        state.sort = name;
        ranking(choice, rows);
        document.querySelector(`[data-sort="${name}"]`).focus();
      };
      return button;
    });
    const table = TP.table(TP.text("site_script.ranking", { reporter: TP.country(choice.reporter), flow: TP.label("flow", choice.flow), year: String(choice.year), n: kept.length }), heads, cells, [1, 2, 5, 6, 7]);
    table.querySelectorAll("thead th").forEach((head, i) => {
      if (Object.keys(COLUMNS)[i] === state.sort) head.setAttribute("aria-sort", state.down ? "descending" : "ascending");
    });
    table.querySelectorAll("tbody tr").forEach((row, i) => row.setAttribute("data-partner", shown[i].partner));
    TP.fill("ranking", table);
    const more = document.getElementById("more");
    more.hidden = kept.length <= SHOWN;
    more.textContent = TP.text(state.all ? "site_script.show_fewer" : "site_script.show_all", { n: kept.length });
    more.onclick = () => {
      state.all = !state.all;
      ranking(choice, rows);
    };
  }

  function map(choice, rows, shapes) {
    const found = new Map(rows.map((row) => [row.partner, row]));
    const features = topojson.feature(shapes, shapes.objects.countries).features;
    const path = d3.geoPath(d3.geoEqualEarth().fitSize([WIDTH, HEIGHT], { type: "Sphere" }));
    const svg = d3.create("svg").attr("viewBox", `0 0 ${WIDTH} ${HEIGHT}`).attr("role", "img")
      .attr("aria-label", TP.text("site_script.map", { reporter: TP.country(choice.reporter), year: String(choice.year) }));
    const shape = (code) => {
      if (code === choice.reporter) return "shape own";
      const row = found.get(code);
      return `shape ${row ? TP.tone(row) : "none"} ${row && row.certainty ? row.certainty : ""}`;
    };
    const about = (code) => {
      const row = found.get(code);
      return row ? `${TP.country(code)}: ${TP.said(row)}${row.k === null ? "" : `, K ${TP.ratio(row.k)}`}` : TP.country(code);
    };
    svg.selectAll("path").data(features.filter((of) => of.properties.a3 !== "ATA")).join("path")
      .attr("class", (of) => shape(of.properties.a3)).attr("d", path)
      .append("title").text((of) => about(of.properties.a3));
    const drawn = new Set(features.map((of) => of.properties.a3));
    const projection = path.projection();
    const small = [...found.keys()].filter((code) => !drawn.has(code) && (TP.held.world.economies[code] || [])[2] !== null && TP.held.world.economies[code]);
    svg.selectAll("circle").data(small).join("circle")
      .attr("class", shape).attr("r", 3)
      .attr("transform", (code) => `translate(${projection([TP.held.world.economies[code][2], TP.held.world.economies[code][3]])})`)
      .append("title").text(about);
    TP.fill("map", svg.node());
  }
})();
