"""Views of the API: what is stored and what goes on, one module for each kind of thing that is asked for."""
