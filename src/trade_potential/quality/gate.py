"""Placeholder."""
import pandas as pd
INPUTS=("observations",)
def check_inputs(frames):
    return pd.DataFrame({"check_id":["x"],"severity":["error"],"passed":[True]})
