"""What the engines of moments share: the rows as views, fits as tables, and refined estimates."""
