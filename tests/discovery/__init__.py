"""What nobody declared."""
