"""One module per program: its jobs by name, each from a file to named estimates."""
