"""Detectors of personal data in text."""
