"""Decisions: the trusted picture and the demand paths -> an order plan (Pyomo, solved with HiGHS)."""
