"""What holds for all tests."""

from hypothesis import settings

# Examples take as long as the machine is busy: time is no reason to fail.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
