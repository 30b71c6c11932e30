"""HTTP of releases: their list, composing one, what leaves a frozen one."""
