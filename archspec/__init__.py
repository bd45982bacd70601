"""Design and check neural-network architectures before anyone writes framework code."""
