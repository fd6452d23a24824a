class RefusedFile(Exception):
    """A file that is not taken.

    ``reason`` says why: ``damaged`` (or not what its name says), ``incomplete``, ``mixed`` (several
    files in one), ``active`` (holds something that runs), ``locked``, ``large`` when unpacked,
    ``pixels`` (too many) or ``heic``.
    """

    def __init__(self, reason):
        super().__init__(reason)
        self.reason = reason
