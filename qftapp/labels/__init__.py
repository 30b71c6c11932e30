"""What people saw in traces: categories, campaigns, annotations with their marks, and how far people agree."""
