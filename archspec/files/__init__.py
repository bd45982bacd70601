"""Files: discovery, exclusion patterns, the zoo, and how files are written."""
