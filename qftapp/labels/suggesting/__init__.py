"""Language models that label: what they are asked, how their replies are read, and the work in the background."""
