"""`python -m houvast.cli`, for programs that Houvast starts itself."""

from houvast.cli import main

main()
