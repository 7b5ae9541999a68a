"""A sample app in many versions: what is done about its tests when it changes."""
