"""From text to a tree of nodes that know their place."""
