"""Access logs, read line by line: from a file that may be compressed, rotated or still growing, each line once."""
