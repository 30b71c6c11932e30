"""HTTP of labelling: the desk, somebody's own work, agreement, adjudication."""
