-- The sample of PPML: that of the logarithms, and the pair-years without trade.
{{ gravity_sample("lost_step is null or lost_reason like '" ~ zero_trade() ~ "%'") }}
