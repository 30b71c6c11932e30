"""Training jobs: asked for here, claimed and reported by workers elsewhere."""
