"""`python -m agents.cli`: how our own child processes are started."""

from agents.cli import main

# The embedder's process imports this module anew, under another name.
if __name__ == "__main__":
    main()
