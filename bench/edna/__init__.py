"""Two applications of the shape and size of those with which Edna (SOSP 2023) was measured, written anew."""
