"""The files of an exported pytest project around the generated tests."""
