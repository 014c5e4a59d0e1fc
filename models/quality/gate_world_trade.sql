{{ gated() }}
