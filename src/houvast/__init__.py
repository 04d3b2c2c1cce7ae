"""Houvast: a privacy policy you can run."""
