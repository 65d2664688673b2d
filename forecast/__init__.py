"""Demand: history and known drivers -> sample paths per SKU, location and week."""
