"""Generated pages with masks and secrets at random places, used in a real Chromium: nothing of them may be sent."""
