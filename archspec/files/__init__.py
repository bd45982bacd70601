"""Files: which are checked, patterns that exclude some, the zoo's, and writing one in a single step."""
