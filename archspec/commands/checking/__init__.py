"""What ``archspec check`` does: files examined, findings printed or written, fixes made, changes watched."""
