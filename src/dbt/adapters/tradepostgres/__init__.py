"""The adapter ``tradepostgres``: dbt finds it by this name."""

from dbt.adapters.base import AdapterPlugin

from dbt.include import tradepostgres
from trade_potential.engines.postgres import TradePostgresAdapter, TradePostgresCredentials

Plugin = AdapterPlugin(
    adapter=TradePostgresAdapter,
    credentials=TradePostgresCredentials,
    include_path=tradepostgres.PACKAGE_PATH,
    dependencies=["postgres"],
)
