"""The gate: what the company's systems say -> one trusted picture, and the list of what is wrong."""
