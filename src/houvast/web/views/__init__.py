"""One module for each sort of reader; a view asks the rooms below and fills in a page."""
