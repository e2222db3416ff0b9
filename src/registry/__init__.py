"""The credit-and-rating register for elderly care."""
