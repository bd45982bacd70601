"""What findings offer: candidates for a repair, and which of them help when they are tried with the shape inference."""
