library(DBI)
con <- dbConnect(RPostgreSQL::PostgreSQL(), host = Sys.getenv("PGHOST"), dbname = Sys.getenv("PGDATABASE"),
                 port = as.integer(Sys.getenv("PGPORT")), user = Sys.getenv("PGUSER"))
print(dbGetQuery(con, "select reporter_iso3, partner_iso3, flow, k_ratio from trade_potential.rpt_answer"))
invisible(dbDisconnect(con))
