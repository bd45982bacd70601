"""What ``archspec run`` does: a network compiled, executed and measured, its results printed and written."""
