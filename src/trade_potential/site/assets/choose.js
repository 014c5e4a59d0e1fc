"use strict";
/* Choose: one answer, or two beside each other, of any study and specification. */
(function () {
  const WORLD = "world/structural/ppml_structural";

  TP.page(async (choice, data) => {
    const studies = await own(choice.reporter);
    specifications(choice, studies);
    const partners = [choice.partner, choice.second].filter(Boolean);
    const cards = partners.map((partner) => card(choice, data, studies, partner));
    TP.fill("cards", ...cards);
    document.getElementById("address").value = location.href.split("#")[0] + location.hash;
    document.getElementById("csv").onclick = () => save(choice, data, partners);
    document.getElementById("copy").onclick = async () => {
      const field = document.getElementById("address");
      field.select();
      try {
        await navigator.clipboard.writeText(field.value);
      } catch {
        document.execCommand("copy");
      }
      TP.fill("copied", TP.text("site_script.copied", {}));
    };
  });

  async function own(reporter) {
    if (!TP.held.world.own_studies.includes(reporter)) return {};
    return TP.load(`study/${reporter}`);
  }

  function specifications(choice, studies) {
    const names = [WORLD, ...Object.keys(studies)];
    const chosen = names.includes(choice.study) ? choice.study : WORLD;
    const title = (name) => {
      const [study, spec, estimator] = name.split("/");
      return `${study} · ${spec} · ${TP.label("estimator", estimator)}`;
    };
    TP.options("study", names.map((name) => [name, title(name)]), chosen);
    document.getElementById("study").onchange = (event) => TP.choose({ study: event.target.value === WORLD ? "" : event.target.value });
    choice.study = chosen;
  }

  function fact(name, value, shows) {
    return [TP.el("dt", {}, TP.text(`site_script.${name}`, {})), TP.el("dd", { "data-shows": shows || name }, value)];
  }

  function card(choice, data, studies, partner) {
    const title = TP.text("site_script.pair", { reporter: TP.country(choice.reporter), partner: TP.country(partner) });
    const inside = choice.study === WORLD ? ofWorld(choice, data, partner) : ofStudy(choice, studies[choice.study], partner);
    const link = TP.el("a", { href: `partner.html#${new URLSearchParams({ reporter: choice.reporter, partner, year: choice.year, flow: choice.flow })}` }, TP.text("site_script.more_of_pair", {}));
    return TP.el("section", { class: "card", "data-partner": partner }, TP.el("h2", {}, title), ...inside, TP.el("p", {}, link));
  }

  function ofWorld(choice, data, partner) {
    const row = TP.rows(data, choice.flow).find((of) => of.partner === partner && of.year === choice.year);
    const { lasting } = row;
    const facts = [
      ...fact("flow_and_year", `${TP.label("flow", choice.flow)}, ${choice.year}`),
      ...fact("class", TP.badge(row), "potential_class"),
      ...fact("column_k", TP.ratio(row.k), "k_ratio"),
      ...fact("column_actual", TP.money(row.actual), "actual_usd"),
      ...fact("column_predicted", TP.money(row.predicted), "predicted_usd"),
    ];
    if (row.hasClass) {
      facts.push(
        ...fact("column_certainty", TP.certain(row), "answer_certainty"),
        ...fact("typical", TP.text("site_script.typical_said", { k: TP.ratio(row.typical), percentile: TP.number(row.percentile) }), "k_median_of_band"),
        ...fact("pair_out", TP.ratio(row.out), "k_pair_out_ratio"),
      );
    }
    if (lasting.status === "ok") {
      facts.push(
        ...fact("lasting", TP.interval(lasting.low, lasting.high), "k_lasting_ci"),
        ...fact("probabilities", TP.text("site_script.probabilities_said", { huge: TP.share(lasting.huge), expansion: TP.share(lasting.expansion), reshaping: TP.share(lasting.reshaping) }), "probability"),
      );
    } else {
      facts.push(...fact("lasting", TP.label("probability_status", lasting.status), "probability_status"));
    }
    return [TP.el("dl", { class: "facts" }, ...facts), ...caveats(row)];
  }

  function caveats(row) {
    const said = [];
    if (row.unreported) said.push("unreported");
    if (row.own) said.push("own_trade");
    if (row.union) said.push("customs_union");
    if (row.hasClass && row.certainty !== "firm") said.push("not_firm");
    return said.map((key) => TP.el("p", { class: "warning" }, TP.text(`site_script.${key}`, {})));
  }

  function ofStudy(choice, study, partner) {
    const row = study.rows.find((of) => of[0] === partner && of[1] === choice.year);
    if (!row) return [TP.el("p", { class: "warning" }, TP.text("site_script.not_in_study", { year: String(choice.year) }))];
    const [, , code, status, certainty, k, low, high, huge, expansion, reshaping, actual, predicted, imputed] = row;
    const as = { hasClass: Boolean(code), code: code || status };
    const facts = [
      ...fact("class", TP.badge(as), "potential_class"),
      ...fact("column_k", TP.ratio(k), "k_ratio"),
      ...fact("interval_of_year", TP.interval(low, high), "k_ratio_ci"),
      ...fact("column_actual", TP.money(actual), "actual_usd"),
      ...fact("column_predicted", TP.money(predicted), "predicted_usd"),
      ...fact("column_certainty", certainty ? TP.label("answer_certainty", certainty) : "–", "answer_certainty"),
    ];
    if (huge !== null) facts.push(...fact("probabilities", TP.text("site_script.probabilities_said", { huge: TP.share(huge), expansion: TP.share(expansion), reshaping: TP.share(reshaping) }), "probability"));
    if (imputed !== null) facts.push(...fact("filled", TP.share(imputed), "imputed_share"));
    return [TP.el("p", { class: "warning" }, TP.text("site_script.study_note", {})), TP.el("dl", { class: "facts" }, ...facts)];
  }

  function save(choice, data, partners) {
    const rows = TP.rows(data, choice.flow).filter((row) => partners.includes(row.partner));
    const heads = ["reporter_iso3", "partner_iso3", "flow", "year", "potential_class", "k_status", "answer_certainty", "k_ratio", "k_pair_out_ratio", "actual_usd_mn", "predicted_usd_mn", "k_lasting_ci_low", "k_lasting_ci_high", "probability_huge", "probability_expansion", "probability_reshaping", "release_id"];
    TP.download(`trade_potential_${choice.reporter}_${partners.join("_")}_${choice.flow}.csv`, heads, rows.map((row) => [
      choice.reporter, row.partner, choice.flow, row.year, row.hasClass ? row.code : "", row.hasClass ? "ok" : row.code, row.certainty || "",
      row.k, row.out, row.actual, row.predicted, row.lasting.low, row.lasting.high, row.lasting.huge, row.lasting.expansion, row.lasting.reshaping,
      TP.held.world.release,
    ]));
  }
})();
