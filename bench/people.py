"""Customers that rows of the table name: each has a company and one portal user."""

PASSWORD = "Measure-Portal-2026!"
USERS = ("two", "eighty", "large")
