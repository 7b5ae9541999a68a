"""Which of these tests there are on this machine."""

from intake_samples import samples_folder

collect_ignore = [] if samples_folder().is_dir() else ["test_intake_recorded_samples.py"]
"""Samples of other people's traffic are not part of the repository; the bodies in `intake_samples` always are."""
