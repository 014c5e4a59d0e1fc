"""Programs of other people that read a release: make readers."""
