"""What stands alone on paper and screen: the page of a run without scripts or requests, a statement as PDF."""
