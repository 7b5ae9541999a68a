"""How good are the recorder and the tests: journeys through real apps, judged by a harness outside of this project."""
