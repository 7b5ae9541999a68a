"""Flows: stories of one app that do the same thing. A flow has one test."""
