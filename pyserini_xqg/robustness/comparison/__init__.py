"""What perturbed queries cost: from runs to figures."""
