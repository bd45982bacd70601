"""Options that several commands have, a file for each kind."""
