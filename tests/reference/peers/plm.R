# Panel estimators, covariances and tests by plm, sandwich and lmtest.
#
#   Rscript plm.R <folder of the panels> <output.tsv>
#
# Called by generate.py, which turns the output into plm.csv. A row's `option` is the call that made
# its value; in it `m` is the model of the row, `p` the pooled, `w` the entity effects, `b` the
# two-way effects, `t` the year effects, `r` the random effects model, and `l` an lm() of the same
# regression, effects as dummies.

suppressMessages({
  library(plm)
  library(sandwich)
  library(lmtest)
})

arguments <- commandArgs(trailingOnly = TRUE)
folder <- arguments[1]
target <- arguments[2]
lag <- 2L # floor(4 (T / 100)^(2 / 9)) for T = 20 and T = 8

version_of <- function(package) as.character(packageVersion(package))
rows <- list()

add <- function(quantity, value, term = "", covariance = "", option = "", note = "",
                estimator = get("estimator", parent.frame()),
                dataset = get("dataset", envir = globalenv()), peer = "plm") {
  if (length(value) == 0L) {
    return(invisible())
  }
  rows[[length(rows) + 1L]] <<- data.frame(
    dataset, estimator, covariance, quantity, term,
    value = sprintf("%.16g", as.numeric(value)), peer, peer_version = version_of(peer),
    option, note
  )
}

tidy_name <- function(names) sub("^\\((Intercept|overall_intercept)\\)$", "const", names)

# Standard errors of a covariance that an expression makes; what fails is recorded as such.
add_errors <- function(m, covariance, expression, estimator, peer = "plm", l = NULL, terms = NULL,
                       note = "") {
  option <- paste(deparse(expression, width.cutoff = 500L), collapse = " ")
  found <- try(eval(expression, list(m = m, l = l, data = data, lag = lag)), silent = TRUE)
  if (inherits(found, "try-error")) {
    message <- sub("\n.*", "", conditionMessage(attr(found, "condition")))
    add("error", NaN, "", covariance, option, message, estimator = estimator, peer = peer)
    return(invisible())
  }
  names <- rownames(found)
  kept <- if (is.null(terms)) names else intersect(names, terms)
  add("std_error", sqrt(diag(found)[match(kept, names)]), tidy_name(kept), covariance, option, note,
    estimator = estimator, peer = peer
  )
}

add_test <- function(test, name, option, estimator, note = "", covariance = "", peer = "plm") {
  degrees <- unname(test$parameter)
  add("statistic", test$statistic, name, covariance, option, note, estimator = estimator, peer = peer)
  add("df", degrees[1], name, covariance, option, note, estimator = estimator, peer = peer)
  if (length(degrees) > 1L) {
    add("df_denominator", degrees[2], name, covariance, option, note,
      estimator = estimator, peer = peer
    )
  }
  add("p_value", test$p.value, name, covariance, option, note, estimator = estimator, peer = peer)
}

plm_covariances <- list(
  classical = quote(vcov(m)),
  hc0 = quote(vcovHC(m, method = "white1", type = "HC0")),
  hc1 = quote(vcovHC(m, method = "white1", type = "HC1")),
  entity = quote(vcovHC(m, method = "arellano", type = "HC0", cluster = "group")),
  entity = quote(vcovHC(m, method = "arellano", type = "HC1", cluster = "group")),
  entity = quote(vcovHC(m, method = "arellano", type = "sss", cluster = "group")),
  time = quote(vcovHC(m, method = "arellano", type = "HC0", cluster = "time")),
  time = quote(vcovHC(m, method = "arellano", type = "sss", cluster = "time")),
  entity_time = quote(vcovDC(m, type = "HC0")),
  entity_time = quote(vcovDC(m, type = "sss")),
  driscoll_kraay = quote(vcovSCC(m)),
  driscoll_kraay = quote(vcovSCC(m, type = "HC0", maxlag = 2)),
  driscoll_kraay = quote(vcovSCC(m, type = "HC1", maxlag = 2)),
  driscoll_kraay = quote(vcovSCC(m, type = "sss", maxlag = 2))
)

lm_covariances <- list(
  classical = quote(vcov(l)),
  hc0 = quote(vcovHC(l, type = "HC0")),
  hc1 = quote(vcovHC(l, type = "HC1")),
  entity = quote(vcovCL(l, cluster = data$entity, type = "HC1")),
  time = quote(vcovCL(l, cluster = data$year, type = "HC1")),
  entity_time = quote(vcovCL(l, cluster = data[c("entity", "year")], type = "HC1")),
  driscoll_kraay = quote(vcovPL(l, cluster = data$entity, order.by = data$year, lag = "NW1994")),
  driscoll_kraay = quote(
    vcovPL(l, cluster = data$entity, order.by = data$year, lag = 2, adjust = FALSE)
  )
)

add_model <- function(m, estimator, option) {
  add("coefficient", coef(m), tidy_name(names(coef(m))), "", option, estimator = estimator)
  add("df", df.residual(m), "residual", "classical", "df.residual(m)", estimator = estimator)
  add("ssr", deviance(m), "", "", "deviance(m)", estimator = estimator)
  add("r_squared", r.squared(m), "", "", "r.squared(m)", estimator = estimator)
  if (estimator == "between") {
    add_errors(m, "classical", quote(vcov(m)), estimator)
  } else {
    for (k in seq_along(plm_covariances)) {
      add_errors(m, names(plm_covariances)[k], plm_covariances[[k]], estimator)
    }
  }
}

add_lm <- function(l, estimator, terms, only = names(lm_covariances)) {
  kept <- intersect(names(coef(l)), terms)
  add("coefficient", coef(l)[kept], tidy_name(kept), "", deparse(formula(l), 500L),
    estimator = estimator, peer = "sandwich", note = "lm"
  )
  for (k in which(names(lm_covariances) %in% only)) {
    add_errors(NULL, names(lm_covariances)[k], lm_covariances[[k]], estimator,
      peer = "sandwich", l = l, terms = terms
    )
  }
}

add_components <- function(m, estimator) {
  parts <- ercomp(m)
  add("sigma_u", sqrt(parts$sigma2[["id"]]), option = "sqrt(ercomp(m)$sigma2)", estimator = estimator)
  add("sigma_e", sqrt(parts$sigma2[["idios"]]),
    option = "sqrt(ercomp(m)$sigma2)", estimator = estimator
  )
  theta <- parts$theta
  sizes <- if (length(theta) == 1L) pdim(m)$nT$T else ave(data$year, data$entity, FUN = length)
  first <- !duplicated(sizes)
  add("theta", as.numeric(theta)[first], paste0("T=", sizes[first]),
    option = "ercomp(m)$theta", estimator = estimator
  )
}

studies <- list(
  grunfeld = list(y = "invest", fixed = character(), varying = c("value", "capital"),
                  trend = character()),
  wage = list(y = "lwage", fixed = c("black", "hisp", "educ"),
              varying = c("exper", "expersq", "married", "union"), trend = "exper")
)

for (dataset in c("grunfeld_balanced", "grunfeld_unbalanced", "wage_balanced", "wage_unbalanced")) {
  study <- studies[[sub("_.*", "", dataset)]]
  data <- read.csv(file.path(folder, paste0(dataset, ".csv")))
  means <- paste0("mean_", study$varying)
  for (k in seq_along(means)) data[[means[k]]] <- ave(data[[study$varying[k]]], data$entity)
  panel <- pdata.frame(data, index = c("entity", "year"))
  of <- function(...) reformulate(c(...), study$y)
  full <- of(study$fixed, study$varying)
  inner <- of(study$varying)
  twoway <- of(setdiff(study$varying, study$trend))

  p <- plm(full, panel, model = "pooling")
  p_inner <- plm(inner, panel, model = "pooling")
  p_twoway <- plm(twoway, panel, model = "pooling")
  between <- plm(full, panel, model = "between")
  w <- plm(inner, panel, model = "within", effect = "individual")
  w_twoway <- plm(twoway, panel, model = "within", effect = "individual")
  t <- plm(twoway, panel, model = "within", effect = "time")
  b <- plm(twoway, panel, model = "within", effect = "twoways")
  r <- plm(full, panel, model = "random", effect = "individual", random.method = "swar")

  add_model(p, "pooled", "plm(model = \"pooling\")")
  add_model(between, "between", "plm(model = \"between\")")
  add_model(w, "within", "plm(model = \"within\", effect = \"individual\")")
  add_model(b, "twoway", "plm(model = \"within\", effect = \"twoways\")")
  add_model(r, "random", "plm(model = \"random\", random.method = \"swar\")")
  add_components(r, "random")
  for (name in c("within", "twoway")) {
    m <- list(within = w, twoway = b)[[name]]
    constant <- within_intercept(m)
    add("coefficient", constant, "const", "", "within_intercept(m)", estimator = name)
    add("std_error", attr(constant, "se"), "const", "classical", "within_intercept(m)",
      estimator = name
    )
  }

  mundlak <- try(plm(of(study$fixed, study$varying, means), panel,
    model = "random", random.method = "swar"
  ), silent = TRUE)
  if (inherits(mundlak, "try-error")) {
    add("error", NaN, "", "", "plm(y ~ x + means, model = \"random\", random.method = \"swar\")",
      sub("\n.*", "", conditionMessage(attr(mundlak, "condition"))),
      estimator = "mundlak"
    )
  } else {
    add_model(mundlak, "mundlak", "plm(y ~ x + means, model = \"random\", random.method = \"swar\")")
    add_components(mundlak, "mundlak")
    for (covariance in c("classical", "entity")) {
      v <- if (covariance == "classical") vcov(mundlak) else vcovHC(mundlak, type = "sss")
      value <- drop(coef(mundlak)[means] %*% solve(v[means, means], coef(mundlak)[means]))
      option <- if (covariance == "classical") "vcov(m)" else
        "vcovHC(m, method = \"arellano\", type = \"sss\")"
      test <- list(statistic = value, parameter = length(means),
                   p.value = pchisq(value, length(means), lower.tail = FALSE))
      add_test(test, "mundlak", paste("Wald of the means,", option), "mundlak",
        covariance = covariance
      )
    }
  }

  # lm(): pooled, the means, effects as dummies.
  l <- lm(full, data)
  add_lm(l, "pooled", names(coef(l)))
  averages <- aggregate(data[c(study$y, study$fixed, study$varying)], data["entity"], mean)
  l_between <- lm(full, averages)
  add_lm(l_between, "between", names(coef(l_between)), only = c("classical", "hc0", "hc1"))
  l_within <- lm(update(inner, . ~ . + factor(entity)), data)
  add_lm(l_within, "within", study$varying)
  l_twoway <- lm(update(twoway, . ~ . + factor(entity) + factor(year)), data)
  add_lm(l_twoway, "twoway", study$varying)

  # Tests.
  add_test(pFtest(w, p), "f_entity", "pFtest(w, p)", "within",
    note = if (length(study$fixed)) "p has the regressors that w absorbs" else ""
  )
  if (length(study$fixed)) {
    add_test(pFtest(w, p_inner), "f_entity", "pFtest(w, p_varying)", "within",
      note = "p without the regressors that w absorbs"
    )
  }
  add_test(pFtest(b, p_twoway), "f_twoway", "pFtest(b, p)", "twoway")
  add_test(pFtest(b, w_twoway), "f_time_given_entity", "pFtest(b, w)", "twoway")
  add_test(pFtest(b, t), "f_entity_given_time", "pFtest(b, t)", "twoway")
  add_test(pFtest(t, p_twoway), "f_time", "pFtest(t, p)", "time")
  for (effect in c("individual", "time", "twoways")) {
    name <- c(individual = "breusch_pagan_lm", time = "breusch_pagan_lm_time",
              twoways = "breusch_pagan_lm_twoway")[[effect]]
    add_test(plmtest(p, effect = effect, type = "bp"), name,
      sprintf("plmtest(p, effect = \"%s\", type = \"bp\")", effect), "pooled"
    )
  }
  honda <- plmtest(p, effect = "individual", type = "honda")
  add("statistic", honda$statistic, "honda", "", "plmtest(p, type = \"honda\")", "one-sided",
    estimator = "pooled"
  )
  add("p_value", honda$p.value, "honda", "", "plmtest(p, type = \"honda\")", "one-sided",
    estimator = "pooled"
  )
  add_test(phtest(w, r), "hausman", "phtest(w, r)", "random", covariance = "classical",
    note = "plm takes the absolute value of the statistic"
  )
  # phtest() looks for the deviations behind as many regressors as there are deviations: with
  # regressors that never vary it tests other coefficients. Its constant is 1, not 1 - theta_i.
  sss <- function(x) vcovHC(x, type = "sss")
  formulas <- list(full)
  if (length(study$fixed)) formulas <- list(full, inner)
  for (formula in formulas) {
    note <- if (length(study$fixed) == 0L) "" else if (identical(formula, full))
      "tests the wrong coefficients: regressors that never vary" else
      "formula without the regressors that never vary"
    add_test(phtest(formula, data = panel, method = "aux"), "hausman_auxiliary",
      "phtest(method = \"aux\")", "random",
      covariance = "classical", note = note
    )
    add_test(phtest(formula, data = panel, method = "aux", vcov = vcovHC), "hausman_auxiliary",
      "phtest(method = \"aux\", vcov = vcovHC)", "random",
      covariance = "entity", note = note
    )
    add_test(phtest(formula, data = panel, method = "aux", vcov = sss), "hausman_auxiliary",
      "phtest(method = \"aux\", vcov = vcovHC(type = \"sss\"))", "random",
      covariance = "entity", note = note
    )
  }
  add_test(resettest(l, power = 2:3, type = "fitted"), "reset",
    "resettest(l, power = 2:3, type = \"fitted\")", "pooled",
    covariance = "classical", peer = "lmtest"
  )
  entity <- data$entity
  robust <- resettest(l, power = 2:3, type = "fitted",
                      vcov = function(x) vcovCL(x, cluster = entity, type = "HC1"))
  add_test(robust, "reset", "resettest(l, vcov = vcovCL(cluster = entity, type = \"HC1\"))", "pooled",
    covariance = "entity", peer = "lmtest"
  )
}

write.table(do.call(rbind, rows), target, sep = "\t", quote = FALSE, row.names = FALSE)
