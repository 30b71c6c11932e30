"""What keeps a program from starting."""


class CannotStart(ValueError):
    """Configuration, data or model that nothing can be begun with; `problems` lists everything found, never empty."""

    def __init__(self, *problems: str) -> None:
        self.problems = problems
        super().__init__("\n".join(problems))
