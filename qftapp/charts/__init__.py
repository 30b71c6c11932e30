"""Results in figures: estimates with honest intervals, each leading to the traces behind it."""
