"""What keeping the policy costs, against plain PostgreSQL: `python -m bench`. See bench/README.md."""
