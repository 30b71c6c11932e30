"""Training data that leaves the house, the training jobs that use it, and the checkpoints that come back."""
