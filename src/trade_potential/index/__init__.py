"""Development indices by principal components or fixed weights, from correlations."""
