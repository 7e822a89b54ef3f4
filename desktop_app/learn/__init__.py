"""Everything that computes with torch. No Qt."""
