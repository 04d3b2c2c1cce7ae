"""The log on the pages: what the pages' login may read of it, what its store holds, and both in words and pictures."""
