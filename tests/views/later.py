"""A worker in the hands of a test."""


class Later:
    """A worker whose results wait until they are asked for."""

    def __init__(self):
        self.jobs = []

    def submit(self, compute, *, done, failed):
        self.jobs.append((compute, done, failed))

    def work(self):
        """Compute what was submitted first, and hand it over."""
        compute, done, failed = self.jobs.pop(0)
        try:
            found = compute()
        except ValueError as error:
            failed(str(error))
        else:
            done(found)
