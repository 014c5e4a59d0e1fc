rows <- read.csv(commandArgs(TRUE)[1], na.strings = "", encoding = "UTF-8")
str(rows, vec.len = 2)
cat(nrow(rows), "rows, sum", sum(rows$k_ratio, na.rm = TRUE), "\n")
