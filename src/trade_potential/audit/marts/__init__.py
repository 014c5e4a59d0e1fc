"""What is published of a study, made again from gated figures and compared."""
