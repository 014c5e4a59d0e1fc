"""The adapter ``tradespark``: dbt finds it by this name."""

from dbt.adapters.base import AdapterPlugin

from dbt.include import tradespark
from trade_potential.engines.spark import TradeSparkAdapter, TradeSparkCredentials

Plugin = AdapterPlugin(
    adapter=TradeSparkAdapter,
    credentials=TradeSparkCredentials,
    include_path=tradespark.PACKAGE_PATH,
    dependencies=["spark"],
)
