"""Studies of one's own: the own folder, what a study needs, and the class ``Study``."""
