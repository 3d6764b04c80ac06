"""Stand-in."""


def verdicts_on(problem, course, last, config=None):
    return ()
