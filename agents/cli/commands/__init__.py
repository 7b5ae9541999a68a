"""The commands of `journeywright`, one module each."""
