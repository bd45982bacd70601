"""Files: discovery, exclusion patterns, the zoo, and atomic writes."""
