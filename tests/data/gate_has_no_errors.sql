-- Closes the gate: every failed expectation of severity error, with the rows that break it.
{{ gate_failures('error') }}
