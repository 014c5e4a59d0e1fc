# The panel suite by plm: BENCH_DATA has the columns below as doubles, one column after the other,
# BENCH_ANSWER gets one line per number.
#
# plm's variance of the effects is another one in unbalanced panels (Baltagi and Chang), so its random
# effects are computed and timed, but have names of their own. Its clustered covariances count one
# coefficient less; the factor below makes them the usual ones.

suppressMessages(library(plm))

varying <- c("ln_gdp_exporter", "ln_gdp_importer", "development_gap", "tariff_pct", "has_agreement")
regressors <- c(varying, "ln_distance", "is_contiguous", "is_language_shared")
columns <- c("pair", "year", "ln_trade", regressors)

path <- Sys.getenv("BENCH_DATA")
n <- file.size(path) / 8 / length(columns)
file <- file(path, "rb")
data <- lapply(columns, function(name) readBin(file, "double", n, endian = "little"))
close(file)
names(data) <- columns
data <- as.data.frame(data)

lines <- character()
add <- function(kind, values) {
  values <- values[names(values) != "(Intercept)"]
  lines <<- c(lines, sprintf("%s %s\t%.16g", kind, names(values), values))
}
clustered <- function(m, factor = 1) {
  sqrt(diag(vcovHC(m, method = "arellano", type = "sss", cluster = "group")) * factor)
}

panel <- pdata.frame(data, index = c("pair", "year"), drop.index = FALSE)
rm(data)
full <- reformulate(regressors, "ln_trade")
inner <- reformulate(varying, "ln_trade")

pooled <- plm(full, panel, model = "pooling")
add("pooled coefficient", coef(pooled))
add("pooled clustered", clustered(pooled))
between <- plm(full, panel, model = "between")
add("between coefficient", coef(between))
add("between classical", sqrt(diag(vcov(between))))
within <- plm(inner, panel, model = "within", effect = "individual")
add("within coefficient", coef(within))
add("within classical", sqrt(diag(vcov(within))))
k <- length(varying)
add("within clustered", clustered(within, (n - k) / (n - k - 1)))
random <- plm(full, panel, model = "random", effect = "individual", random.method = "swar")
add("random (plm) coefficient", coef(random))
add("random (plm) clustered", clustered(random))
f <- pFtest(within, plm(inner, panel, model = "pooling"))
lm_test <- plmtest(pooled, effect = "individual", type = "bp")
lines <- c(
  lines,
  sprintf("f_effects\t%.16g", f$statistic),
  sprintf("breusch_pagan_lm\t%.16g", lm_test$statistic),
  sprintf("hausman (plm)\t%.16g", phtest(within, random)$statistic)
)
writeLines(lines, Sys.getenv("BENCH_ANSWER"))
